"""A file in which no operator is defined."""

GAIN = 3.0
