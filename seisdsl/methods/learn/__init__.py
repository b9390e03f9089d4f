"""Fitting networks, and what their answers are worth."""
