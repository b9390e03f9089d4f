"""Short-term and long-term averages of energy, after Allen (1978) and Withers et al. (1998)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import torch
from torch import Tensor

from seisdsl.methods.masks import complete
from seisdsl.methods.pick.runs import runs
from seisdsl.methods.room import zeros

Method = Literal["classic", "recursive"]

FADING = 24  # lengths of its window after which the recursion forgets: to a part in 10^10
IN_CACHE = 2**17  # samples at once on a processor, whose cache holds what is made of them
LONG = 2**13  # samples of a run that is averaged on its own; shorter ones go together
GROWTH = 230.0  # e to this is as large as a weight gets: the square of any sample has room above it


def averages(
    samples: Tensor, mask: Tensor, short: int, long: int, method: Method = "classic"
) -> tuple[Tensor, Tensor]:
    """Mean energy [trace, time] of the `short` and of the `long` window that end at each sample.

    In double precision. Both are zero until `long` samples have been recorded without a gap.
    """
    sta, lta = (zeros(tuple(samples.shape), torch.float64, samples.device) for _ in range(2))
    for index, some_sta, some_lta in _averages(samples, mask, short, long, method):
        sta[index], lta[index] = some_sta, some_lta
    return sta, lta


def ratios(samples: Tensor, mask: Tensor, short: int, long: int, method: Method = "classic") -> Tensor:
    """The ratio of the two, as precise as the samples are."""
    found = zeros(tuple(samples.shape), samples.dtype, samples.device)
    for index, sta, lta in _averages(samples, mask, short, long, method):
        found[index] = ratio(sta, lta).to(found.dtype)
    return found


def _averages(
    samples: Tensor, mask: Tensor, short: int, long: int, method: Method
) -> Iterator[tuple[tuple[Any, ...], Tensor, Tensor]]:
    """Part by part: where it is, and both means there."""
    if not samples.sum().isfinite():
        mask = mask & samples.isfinite()
    means, warm = (_classic, long - 1) if method == "classic" else (_recursive, long)
    length, at_once = samples.shape[1], _at_once(samples.device)
    if complete(mask):
        many = max(1, at_once // max(1, length))
        whole = [(row, row + many, 0, length) for row in range(0, len(samples), many)]
        recorded = runs(mask[:0])
    else:
        recorded = runs(mask)
        lengths = recorded[:, 2] - recorded[:, 1]
        alone = recorded[(lengths > warm) & (lengths >= LONG)].tolist()
        whole = [(row, row + 1, start, end) for row, start, end in alone]
        recorded = recorded[(lengths > warm) & (lengths < LONG)]
    for row, stop, start, end in whole:
        for time, sta, lta in means(samples[row:stop, start:end], short, long):
            yield (slice(row, stop), slice(start + time.start, start + time.stop)), sta, lta
    recorded = recorded[(recorded[:, 2] - recorded[:, 1]).argsort()]
    many = max(1, at_once // LONG)
    for first in range(0, len(recorded), many):
        trace, start, end = recorded[first : first + many].T[..., None]
        column = torch.arange(int((end - start).max()), device=samples.device)
        values = samples[trace, (start + column).clamp(max=length - 1)]
        for time, sta, lta in means(values, short, long):
            run, sample = (column[time] < end - start).nonzero().T
            yield (trace[run, 0], start[run, 0] + time.start + sample), sta[run, sample], lta[run, sample]


def _at_once(device: torch.device) -> int:
    return IN_CACHE if device.type == "cpu" else 2**8 * IN_CACHE


Part = tuple[slice, Tensor, Tensor]  # some columns of runs, [run, time], and both means there


def _classic(samples: Tensor, short: int, long: int) -> Iterator[Part]:
    """From where there are `long` samples on."""
    size = max(4 * long, _at_once(samples.device) // max(1, len(samples)))
    size -= (size + long - 1) % short  # whole blocks
    for at in range(long - 1, samples.shape[1], size):
        energy = _energy(samples[:, at - long + 1 : at + size])
        sta, lta = moving_means(energy, short, long)
        yield slice(at, at + sta.shape[1]), sta, lta


def _recursive(samples: Tensor, short: int, long: int) -> Iterator[Part]:
    """From rest on the first sample; told once `long` have gone by."""
    means = [torch.empty_like(samples, dtype=torch.float64) for _ in range(2)]
    size = max(1, _at_once(samples.device) // max(1, len(samples)))
    for at in range(0, samples.shape[1], size):
        energy = _energy(samples[:, at : at + size])
        if at == 0:
            energy[:, 0] = 0
        end = at + energy.shape[1]
        for mean, length in zip(means, (short, long), strict=True):
            leaky_mean(energy, length, mean[:, at - 1] if at else None, out=mean[:, at:end])
        if end > long:
            told = slice(max(at, long), end)
            yield told, forgetful(means[0], short, told), forgetful(means[1], long, told)


def _energy(samples: Tensor) -> Tensor:
    return samples.to(torch.float64, copy=True).square_()


def ratio(sta: Tensor, lta: Tensor) -> Tensor:
    """Zero where there is no long-term energy."""
    return sta / lta.clamp(min=torch.finfo(lta.dtype).tiny)


def together(values: Tensor, group: Tensor) -> Tensor:
    """Sum of the traces of each group, [trace, time] to [group, time]; groups are numbered in order."""
    if int(group[-1]) + 1 == len(values):
        return values
    return values.new_zeros(int(group[-1]) + 1, values.shape[-1]).index_add(0, group, values)


def leapt_most(sta: Tensor, lta: Tensor, group: Tensor, of: Tensor, sample: Tensor) -> Tensor:
    """The trace of group `of` whose short-term energy is furthest above its long-term energy at a sample."""
    sizes = group.bincount()
    members = torch.arange(int(sizes.max()), device=group.device)
    rows = (sizes.cumsum(0) - sizes)[of, None] + members
    exists = members < sizes[of, None]
    at = rows.clamp(max=len(sta) - 1), sample[:, None]
    values = (sta[at] - lta[at]).masked_fill(~exists, -torch.inf)
    return rows.gather(1, values.argmax(1, keepdim=True))[:, 0]


def moving_means(values: Tensor, short: int, long: int) -> tuple[Tensor, Tensor]:
    """Means of the `short` and of the `long` windows of [run, time], from the first whole long one on.

    The values lie in blocks as long as the short window. A window is the end of one block, blocks
    between, and the beginning of another: sums and no difference, so that a large event leaves no
    rounding error behind.
    """
    end, step = values.shape[-1], short
    if over := end % step:
        values = torch.nn.functional.pad(values, (0, step - over))
    values = values.contiguous()
    begun = values.view(len(values), -1, step).cumsum(-1)
    to_end = values.flip(-1).view_as(begun).cumsum_(-1).flatten(-2).flip(-1).view_as(begun)
    all_begun, all_to_end = begun.flatten(-2), to_end.flatten(-2)
    sta = all_begun[:, long - 1 : end] + all_to_end[:, long - step : end - step + 1]
    first_whole = -long % step  # where the window is one block
    sta[:, first_whole::step] = all_begun[:, long - 1 + first_whole : end : step]
    back, over = divmod(long - 1, step)
    blocks = to_end[..., 0]
    between = torch.zeros_like(blocks)  # sum of the blocks between, for the later columns of a block
    if back > 1:
        between[:, 1:] = moving_sum(blocks[:, :-1], back - 1)
    begun[..., over:] += between[..., None]
    between[:, back:] += blocks[:, :-back]
    begun[..., :over] += between[..., None]
    lta = all_begun[:, long - 1 : end].add_(all_to_end[:, : end - long + 1])
    return sta.mul_(1 / short), lta.mul_(1 / long)


def moving_sum(values: Tensor, length: int) -> Tensor:
    """Sum of the `length` values of [run, time] that end at each; those before the first count as zero."""
    sums, reach = values.clone(), 1  # so many are in a sum
    for digit in f"{length:b}"[1:]:
        sums[:, reach:] += sums[:, :-reach].clone()
        reach *= 2
        if digit == "1":
            sums = torch.nn.functional.pad(sums, (1, 0))[:, :-1] + values
            reach += 1
    return sums


def leaky_mean(
    values: Tensor, length: float, before: Tensor | None = None, out: Tensor | None = None
) -> Tensor:
    """y[n] = y[n-1] + (x[n] - y[n-1]) / length, from rest or from a mean before: [run, time].

    A running sum of values weighted by how little they have faded when it ends. All are positive,
    so that nothing cancels.
    """
    means = torch.empty_like(values) if out is None else out
    if length == 1:
        return means.copy_(values)
    rising, fading = _weights(length, min(values.shape[-1], int(GROWTH * (length - 0.5))), values.device)
    for at in range(0, values.shape[-1], len(rising)):
        part = means[:, at : at + len(rising)]
        count = part.shape[1]
        torch.mul(values[:, at : at + count], rising[:count], out=part)
        if before is not None:
            part[:, 0] += before * (length - 1)
        part.cumsum_(-1).mul_(fading[:count])
        before = part[:, -1]
    return means


@lru_cache(maxsize=8)
def _weights(length: float, count: int, device: torch.device) -> tuple[Tensor, Tensor]:
    steps = torch.arange(count, dtype=torch.float64, device=device) * -math.log1p(-1 / length)
    return steps.exp(), (-steps).exp() / length


def forgetful(means: Tensor, length: int, told: slice) -> Tensor:
    """Some of the means without what came `FADING` times `length` before: they depend on so much and no more."""
    memory = FADING * length
    first = max(told.start, memory)
    if first >= told.stop:
        return means[:, told]
    found = means[:, told].clone()
    left = (1 - 1 / length) ** memory
    faded = means[:, first - memory : told.stop - memory]
    found[:, first - told.start :].sub_(faded, alpha=left).clamp_(min=0)
    return found
