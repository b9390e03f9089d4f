"""Simulated records of a network: events in noise, the same for the same seed and time."""

from seisdsl.methods.simulate.network import simulated_waves

__all__ = ["simulated_waves"]
