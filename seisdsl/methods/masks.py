"""What masks and other truth values say, found by numpy on a processor: several times as fast as by torch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def complete(mask: Tensor) -> bool:
    """Whether all are true."""
    return bool(mask.numpy().all()) if mask.device.type == "cpu" else bool(mask.all())


def edges(mask: Tensor) -> Tensor:
    """Of each row of [row, time], where stretches of true begin and where they end, one row behind the other.

    Pairs of places in a row that is one longer than the mask's: [stretch, 2].
    """
    padded = torch.nn.functional.pad(mask, (1, 1)).flatten()
    changes = padded[1:] != padded[:-1]
    if changes.device.type == "cpu":
        found = torch.from_numpy(np.flatnonzero(changes.numpy()))
    else:
        found = changes.nonzero()[:, 0]
    row = found.div(mask.shape[1] + 2, rounding_mode="floor")
    return (found - row).view(-1, 2)
