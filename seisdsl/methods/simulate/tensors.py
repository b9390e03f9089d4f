"""Moment tensors, and the pattern that each of their elements radiates.

Elements come in the order nn, ee, dd, ne, nd, ed (north, east, down).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))


def double_couples(strike: np.ndarray, dip: np.ndarray, rake: np.ndarray) -> np.ndarray:
    """Of unit moment, [event, 6]; angles in degrees."""
    s, d, r = (np.deg2rad(angle) for angle in (strike, dip, rake))
    normal = np.stack([-np.sin(d) * np.sin(s), np.sin(d) * np.cos(s), -np.cos(d)])
    slip = np.stack([
        np.cos(r) * np.cos(s) + np.cos(d) * np.sin(r) * np.sin(s),
        np.cos(r) * np.sin(s) - np.cos(d) * np.sin(r) * np.cos(s),
        -np.sin(r) * np.sin(d),
    ])  # fmt: skip
    return np.stack([normal[i] * slip[j] + normal[j] * slip[i] for i, j in PAIRS], axis=-1)


def patterns(azimuth: Tensor, takeoff: Tensor) -> dict[str, Tensor]:
    """What unit elements radiate (both of a pair off the diagonal), [6, station], as P, SV and SH."""
    sin_i, cos_i, sin_a, cos_a = (f(x) for x in (takeoff, azimuth) for f in (torch.sin, torch.cos))
    away = torch.stack([sin_i * cos_a, sin_i * sin_a, cos_i])
    along = {
        "P": away,
        "SV": torch.stack([cos_i * cos_a, cos_i * sin_a, -sin_i]),
        "SH": torch.stack([-sin_a, cos_a, torch.zeros_like(sin_a)]),
    }
    return {
        wave: torch.stack([
            way[i] * away[j] + (way[j] * away[i] if i != j else 0.0) for i, j in PAIRS
        ])
        for wave, way in along.items()
    }  # fmt: skip
