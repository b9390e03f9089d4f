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

AT_ONCE = 2**17  # samples worked on together, which the cache holds; a GPU takes more


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
        _leaps(*part, short, long, on=on, off=off, method=method)
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
    work = torch.zeros(many, dtype=torch.long, device=spans.device).index_add_(0, group, end - start + history)
    all_of = (work > length).nonzero()[:, 0]
    whole = torch.stack([all_of, torch.zeros_like(all_of), torch.full_like(all_of, length)], 1)
    return torch.cat([spans[work[group] <= length], whole])


class Part(NamedTuple):
    """Stretches of some traces, [row, time], with what came before."""

    values: Tensor
    mask: Tensor
    trace: Tensor
    span: Tensor  # of each row, in order
    first: Tensor  # sample of each span's first column
    told: Tensor  # [span, time]: where triggers are asked for


def _parts(samples: Tensor, mask: Tensor, group: Tensor, spans: Tensor, history: int) -> Iterator[Part]:
    """Spans of about one length together, with all the traces of their groups."""
    length = samples.shape[1]
    at_once = AT_ONCE if samples.device.type == "cpu" else 2**8 * AT_ONCE
    sizes = group.bincount()
    first_trace = sizes.cumsum(0) - sizes
    spans = spans[(spans[:, 2] - spans[:, 1]).argsort(stable=True)]
    rows = sizes[spans[:, 0]].tolist()
    widths = (spans[:, 2] - spans[:, 1] + history).tolist()
    begin = 0
    while begin < len(spans):
        end, many = begin, 0
        while end < len(spans) and (end == begin or (many + rows[end]) * widths[end] <= at_once):
            many += rows[end]
            end += 1
        of, left, right = spans[begin:end].T
        span = torch.arange(end - begin, device=of.device).repeat_interleave(sizes[of])
        place = torch.arange(many, device=of.device) - (sizes[of].cumsum(0) - sizes[of])[span]
        trace = first_trace[of][span] + place
        if end == begin + 1:  # without a copy
            low = max(0, int(left) - history)
            here = slice(int(trace[0]), int(trace[-1]) + 1), slice(low, int(right))
            first = left.new_tensor([low])
            values, recorded = samples[here], mask[here]
        else:
            first = left - history
            index = first[span, None] + torch.arange(widths[end - 1], device=of.device)
            inside = (index >= 0) & (index < right[span, None])
            index = index.clamp_(0, length - 1)
            values, recorded = samples[trace[:, None], index], mask[trace[:, None], index] & inside
        told = first[:, None] + torch.arange(values.shape[1], device=of.device) >= left[:, None]
        yield Part(values, recorded, trace, span, first, told)
        begin = end


def _leaps(
    values: Tensor,
    mask: Tensor,
    trace: Tensor,
    span: Tensor,
    first: Tensor,
    told: Tensor,
    short: int,
    long: int,
    *,
    on: float,
    off: float,
    method: Method,
) -> Leaps:
    sta, lta = averages(values, mask, short, long, method)
    ratios = ratio(together(sta, span), together(lta, span))
    found = triggers(ratios, told & (ratios > 0), on, off, longest=long)
    of, start, end = found.T
    row = leapt_most(sta, lta, span, of, start)
    amplitude = largest(values.abs(), torch.stack([row, start, end], dim=1))
    return Leaps(trace[row], start + first[of], end + first[of], largest(ratios, found), amplitude)
