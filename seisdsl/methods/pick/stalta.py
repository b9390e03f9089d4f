"""Short-term and long-term averages of energy, after Allen (1978) and Withers et al. (1998)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor

from seisdsl.methods.pick.runs import runs

Method = Literal["classic", "recursive"]

BLOCK = 16  # samples that the recursion takes in one product
IN_CACHE = 2**19  # samples averaged at a time: a processor's cache holds their intermediate results


def averages(
    samples: Tensor, mask: Tensor, short: int, long: int, method: Method = "classic"
) -> tuple[Tensor, Tensor]:
    """Mean energy [trace, time] of the `short` and of the `long` window that end at each sample.

    In double precision. Both are zero until `long` samples have been recorded without a gap.
    """
    if not samples.sum().isfinite():
        mask = mask & samples.isfinite()
    sta = torch.zeros(samples.shape, dtype=torch.float64, device=samples.device)
    lta = torch.zeros_like(sta)
    mean, first = (moving_mean, long - 1) if method == "classic" else (leaky_mean, long)
    for rows, start, end in _alike(mask):
        if end - start <= first:
            continue
        energy = samples[rows, start:end].double().square()
        if method == "recursive":
            energy[:, 0] = 0  # it starts from rest on the first sample
        sta[rows, start + first : end] = mean(energy, short)[:, first:]
        lta[rows, start + first : end] = mean(energy, long)[:, first:]
    return sta, lta


def _alike(mask: Tensor) -> Iterator[tuple[Tensor | slice, int, int]]:
    """Rows, start and end of recorded runs; those that begin and end alike come together."""
    recorded = runs(mask)
    bounds, which = torch.unique(recorded[:, 1:], dim=0, return_inverse=True)
    for number, (start, end) in enumerate(bounds.tolist()):
        rows = recorded[which == number, 0]
        size = max(1, IN_CACHE // (end - start)) if mask.device.type == "cpu" else len(rows)
        for first in range(0, len(rows), size):
            some = rows[first : first + size]
            lowest, highest = int(some[0]), int(some[-1])
            together = highest - lowest + 1 == len(some)
            yield slice(lowest, highest + 1) if together else some, start, end


def ratio(sta: Tensor, lta: Tensor) -> Tensor:
    """Zero where there is no long-term energy."""
    return sta / lta.clamp(min=torch.finfo(lta.dtype).tiny)


def together(values: Tensor, group: Tensor) -> Tensor:
    """Sum of the traces of each group, [trace, time] to [group, time]; groups are numbered in order."""
    return values.new_zeros(int(group[-1]) + 1, values.shape[-1]).index_add(0, group, values)


def leapt_most(leap: Tensor, group: Tensor, of: Tensor, sample: Tensor) -> Tensor:
    """The trace of group `of` whose [trace, time] is largest at a sample."""
    sizes = group.bincount()
    members = torch.arange(int(sizes.max()), device=group.device)
    rows = (sizes.cumsum(0) - sizes)[of, None] + members
    exists = members < sizes[of, None]
    values = leap[rows.clamp(max=len(leap) - 1), sample[:, None]].masked_fill(~exists, -torch.inf)
    return rows.gather(1, values.argmax(1, keepdim=True))[:, 0]


def moving_mean(values: Tensor, length: int) -> Tensor:
    """Mean of the `length` values that end at each; those before the first count as zero.

    A window is the end of one block of `length` and the beginning of the next: two sums and no
    difference, so that a large event leaves no rounding error behind.
    """
    blocks = _blocks(values, length)
    sums = blocks.cumsum(-1)
    to_end = blocks.flip(-1).cumsum(-1).flip(-1)
    sums[..., 1:, :-1] += to_end[..., :-1, 1:]
    return sums.flatten(-2)[..., : values.shape[-1]].div_(length)


def leaky_mean(values: Tensor, length: int) -> Tensor:
    """y[n] = y[n-1] + (x[n] - y[n-1]) / length, from rest."""
    return _decaying_sum(values, 1 - 1 / length).div_(length)


def _decaying_sum(values: Tensor, keep: float) -> Tensor:
    """y[n] = keep y[n-1] + x[n]: within blocks by a triangular product, across them by itself."""
    size = min(BLOCK, values.shape[-1])
    steps = torch.arange(size, device=values.device)
    lag = steps[:, None] - steps
    powers = keep ** torch.arange(size + 1, dtype=values.dtype, device=values.device)
    sums = _blocks(values, size) @ torch.where(lag >= 0, powers[lag.clamp(min=0)], 0.0).T
    if sums.shape[-2] > 1:
        carried = _decaying_sum(sums[..., :-1, -1], keep**size)
        sums[..., 1:, :] += carried[..., None] * powers[1:]
    return sums.flatten(-2)[..., : values.shape[-1]]


def _blocks(values: Tensor, length: int) -> Tensor:
    padded = torch.nn.functional.pad(values, (0, -values.shape[-1] % length))
    return padded.reshape(*values.shape[:-1], -1, length)
