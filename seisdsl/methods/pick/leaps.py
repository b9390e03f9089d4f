"""Triggers of the ratio of short-term to long-term energy, over traces that are judged together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from seisdsl.methods.pick.doubt import doubtful
from seisdsl.methods.pick.runs import largest
from seisdsl.methods.pick.stalta import FADING, Method, averages, leapt_most, ratio, together
from seisdsl.methods.pick.trigger import triggers

AT_ONCE = 2**18  # samples worked on together, which the cache holds; a GPU takes more


class Leaps(NamedTuple):
    """Of each trigger: the trace whose energy leapt most, where it lasts, largest ratio and amplitude."""

    trace: Tensor
    start: Tensor
    end: Tensor
    ratio: Tensor
    amplitude: Tensor


def leaps(
    samples: Tensor,
    mask: Tensor,
    group: Tensor,
    short: int,
    long: int,
    *,
    on: float,
    off: float,
    method: Method = "classic",
) -> Leaps:
    """Where the ratio rises to `on` until it falls below `off`, or for `long` samples at most.

    The traces of a group lie side by side, groups are numbered in order; in order of group and start.
    """
    history = long - 1 if method == "classic" else FADING * long
    spans = doubtful(samples, mask, group, short, long, method, on, off)
    spans = _no_more_than_all(spans, history, samples.shape[1])
    found = [
        _leaps(part, short, long, on=on, off=off, method=method)
        for part in _parts(samples, mask, group, spans, history)
    ]
    if not found:
        nothing = samples.new_zeros(0)
        return Leaps(nothing.long(), nothing.long(), nothing.long(), nothing.double(), nothing)
    every = Leaps(*(torch.cat(columns) for columns in zip(*found, strict=True)))
    order = (group[every.trace] * samples.shape[1] + every.start).argsort()
    return Leaps(*(column[order] for column in every))


def _no_more_than_all(spans: Tensor, history: int, length: int) -> Tensor:
    """The same runs; all of a group's record instead where they and what decides them add up to more."""
    group, start, end = spans.T
    many = int(group[-1]) + 1 if len(group) else 0
    work = torch.zeros(many, dtype=torch.long, device=spans.device).index_add_(
        0, group, end - start + history
    )
    all_of = (work > length).nonzero()[:, 0]
    whole = torch.stack([all_of, torch.zeros_like(all_of), torch.full_like(all_of, length)], 1)
    return torch.cat([spans[work[group] <= length], whole])


class Part(NamedTuple):
    """Stretches of some traces, [row, time], as many for each span as its group has traces."""

    values: Tensor
    mask: Tensor
    trace: Tensor
    span: Tensor  # of each row, in order
    first: Tensor  # sample of each span's first column
    left: Tensor  # columns from which each span is asked for
    right: Tensor


def _parts(samples: Tensor, mask: Tensor, group: Tensor, spans: Tensor, history: int) -> Iterator[Part]:
    """Spans of about one length together, each with at least the history that decides it."""
    length = samples.shape[1]
    at_once = AT_ONCE if samples.device.type == "cpu" else 2**8 * AT_ONCE
    sizes = group.bincount()
    first_trace = sizes.cumsum(0) - sizes
    spans = spans[(spans[:, 2] - spans[:, 1]).argsort(stable=True)]
    rows = sizes[spans[:, 0]].tolist()
    widths = (spans[:, 2] - spans[:, 1] + history).clamp(max=length).tolist()
    begin = 0
    while begin < len(spans):
        end, many = begin, 0
        while end < len(spans) and (end == begin or (many + rows[end]) * widths[end] <= at_once):
            many += rows[end]
            end += 1
        of, left, right = spans[begin:end].T
        width = widths[end - 1]
        first = (right - width).clamp(min=0)
        span = torch.arange(end - begin, device=of.device).repeat_interleave(sizes[of])
        place = torch.arange(many, device=of.device) - (sizes[of].cumsum(0) - sizes[of])[span]
        trace = first_trace[of][span] + place
        values, recorded = (_cut(whole, trace, first[span], width) for whole in (samples, mask))
        yield Part(values, recorded, trace, span, first, left - first, right - first)
        begin = end


def _cut(values: Tensor, trace: Tensor, first: Tensor, width: int) -> Tensor:
    """So many columns of [trace, time] from some on."""
    if width == values.shape[1] and len(trace) == int(trace[-1] - trace[0]) + 1:  # without a copy
        return values[int(trace[0]) : int(trace[-1]) + 1]
    return values.unfold(1, width, 1)[trace, first]


def _leaps(part: Part, short: int, long: int, *, on: float, off: float, method: Method) -> Leaps:
    sta, lta = averages(part.values, part.mask, short, long, method)
    begin = int(part.left.min())
    ratios = ratio(*(together(mean[:, begin:], part.span) for mean in (sta, lta)))
    column = torch.arange(begin, begin + ratios.shape[1], device=ratios.device)
    told = (column >= part.left[:, None]) & (column < part.right[:, None]) & (ratios > 0)
    found = triggers(ratios, told, on, off, longest=long)
    of, start, end = found.T
    row = leapt_most(sta, lta, part.span, of, start + begin)
    amplitude = largest(part.values.abs(), torch.stack([row, start + begin, end + begin], dim=1))
    first = part.first[of] + begin
    return Leaps(part.trace[row], start + first, end + first, largest(ratios, found), amplitude)
