"""A file of operators that stops halfway."""

rates = [100.0, 0.0]
periods = [1 / rate for rate in rates]
