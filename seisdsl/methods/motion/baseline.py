"""The line that an accelerometer at rest would draw, taken out of its records."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Baseline = Literal["pre-event", "mean", "linear", "none"]


def levelled(samples: Tensor, how: Baseline, quiet: int) -> Tensor:
    """Runs without their baseline: [run, sample]. Before the event are the first `quiet` samples."""
    values = samples.double()
    if how == "none":
        return values
    if how == "pre-event":
        return values - values[:, : max(1, quiet)].mean(-1, keepdim=True)
    values = values - values.mean(-1, keepdim=True)
    count = values.shape[-1]
    if how == "mean" or count < 2:
        return values
    place = torch.arange(count, dtype=torch.float64, device=values.device) - (count - 1) / 2
    return values - (values @ place)[:, None] / place.square().sum() * place
