"""Networks to group stations of."""

from __future__ import annotations

import numpy as np
import torch

from seisdsl.methods.tremor.graph import EARTH, Network, network

DEGREE = np.deg2rad(1) * EARTH  # km


def at(km: np.ndarray) -> Network:
    """Stations so many km east and north of 0 degrees."""
    return network(km[:, 1] / DEGREE, km[:, 0] / DEGREE)


def scattered(count: int = 40, seed: int = 0) -> Network:
    return at(np.random.default_rng(seed).uniform(0, 300, (count, 2)))


def grid(rows: int = 9, columns: int = 9, spacing: float = 30.0) -> np.ndarray:
    """Places in km, each a little off its own, so that no four are on one circle."""
    places = np.mgrid[0:rows, 0:columns].reshape(2, -1).T[:, ::-1] * spacing
    return places + np.random.default_rng(5).normal(0, 0.02 * spacing, places.shape)


def everywhere(count: int, windows: int = 1) -> torch.Tensor:
    return torch.ones(windows, count, dtype=torch.bool)
