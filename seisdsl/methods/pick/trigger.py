"""Triggers: where a function rises through one threshold, until it falls through another."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.pick.runs import reaching


def triggers(
    values: Tensor, mask: Tensor, on: Tensor | float, off: Tensor | float, longest: int | None = None
) -> Tensor:
    """Runs of [trace, time] that begin at a rise to `on` and last while the values keep to `off`.

    Thresholds are numbers or [trace, 1]; `off` is not above `on`. A gap ends a trigger, and so do
    `longest` samples. The next one then begins where the values rise to `on` again, if they have
    not done so for `longest` samples: nothing from longer ago matters.
    """
    kept = reaching(values, mask, off)
    rises = reaching(values, mask, on)[:, :2]
    length = values.shape[-1] + 1
    starts = kept[:, 0] * length + kept[:, 1]
    times = rises[:, 0] * length + rises[:, 1]
    within = torch.searchsorted(starts, times, right=True) - 1
    begins = torch.ones_like(within, dtype=torch.bool)
    begins[1:] = within[1:] != within[:-1]
    if longest is not None:
        begins[1:] |= times[1:] - times[:-1] >= longest
    found = begins.nonzero()[:, 0]
    end = kept[within[found], 2]
    start = rises[found, 1]
    if longest is not None:
        end = torch.minimum(end, start + longest)
    return torch.stack([rises[found, 0], start, end], dim=1)


def medians(values: Tensor, mask: Tensor) -> Tensor:
    """The median of each trace's recorded samples, [trace, 1]; zero for a trace without any."""
    found = values.new_zeros(len(values), 1)
    for number, (row, recorded) in enumerate(zip(values, mask, strict=True)):
        ordered = row[recorded].sort().values
        if count := len(ordered):
            found[number] = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return found
