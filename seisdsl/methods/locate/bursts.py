"""Envelopes without what bursts out of them: an earthquake in the midst of tremor."""

from __future__ import annotations

import torch
from torch import Tensor

AROUND = 121  # seconds of the running median: what lasts less than half of it is a burst


def capped(values: Tensor, mask: Tensor, most: float, around: int = AROUND) -> Tensor:
    """Envelopes [..., second] that rise no higher than `most` times their own running median."""
    flat, known = values.flatten(0, -2), mask.flatten(0, -2)
    blank = flat.masked_fill(~known, torch.nan)
    half = around // 2
    padded = torch.nn.functional.pad(blank, (half, half), value=torch.nan)
    middle = padded.unfold(-1, around, 1).nanmedian(-1).values
    limit = torch.where(middle.isnan(), torch.inf, most * middle)
    return torch.minimum(flat, limit).masked_fill(~known, 0).view_as(values)
