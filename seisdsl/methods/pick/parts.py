"""Long stretches told in parts that are the same wherever the record at hand begins."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.pick.runs import reaching


def parts(values: Tensor, mask: Tensor, on: float, off: float, longest: int, first: int) -> Tensor:
    """Runs of [trace, time] that keep to `off`, from where they reach `on`.

    One that is longer than `longest` samples is cut at whole multiples of so many, counted as the
    number of the first sample is, and each part begins where it reaches `on`.
    """
    kept = _cut(reaching(values, mask, off), longest, first)
    loud = reaching(values, mask, on)
    if not len(loud):
        return loud
    length = values.shape[-1] + 1
    row, start, end = kept[:, 0] * length, kept[:, 1], kept[:, 2]
    next_loud = torch.searchsorted(loud[:, 0] * length + loud[:, 2], row + start, right=True)
    begin = (loud[:, 0] * length + loud[:, 1])[next_loud.clamp(max=len(loud) - 1)] - row
    begin = torch.maximum(begin, start)
    found = (next_loud < len(loud)) & (begin < end)
    return torch.stack([kept[:, 0], begin, end], 1)[found]


def _cut(found: Tensor, longest: int, first: int) -> Tensor:
    start, end = found[:, 1] + first, found[:, 2] + first
    cell = start // longest
    many = torch.where(end - start > longest, (end - 1) // longest - cell + 1, 1)
    run = torch.arange(len(many), device=found.device).repeat_interleave(many)
    part = torch.arange(len(run), device=found.device) - (many.cumsum(0) - many)[run]
    edge = (cell[run] + part) * longest
    low = torch.where(part > 0, edge, start[run])
    high = torch.where(part < many[run] - 1, edge + longest, end[run])
    return torch.stack([found[run, 0], low - first, high - first], 1)
