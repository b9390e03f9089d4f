"""Long finite filters on recorded runs, by the Fourier transform of overlapping blocks."""

from __future__ import annotations

import torch
from torch import Tensor

TILE = 2**21  # samples transformed at once on a processor; a GPU takes more


def convolved(samples: Tensor, runs: Tensor, kernels: Tensor, ends: Tensor, margin: int = 0) -> Tensor:
    """Each run under its filter, in double precision and without the part that only wraps around.

    `samples` are [trace, time]; `runs` are rows of trace, start, end (half-open) and the number of
    a filter; `kernels` are [filter, 2 reach + 1] with time zero in the middle. Beyond its ends a run
    goes on at its two `ends`, [run, 2]; nothing of another run is seen. Given are all samples of a
    run but the first and last `margin`; everything else is zero. As every sample is the sum over
    those within `reach`, it does not matter where blocks or the record begin.
    """
    reach = kernels.shape[-1] // 2
    out = torch.zeros(samples.shape, dtype=torch.float64, device=samples.device)
    long = runs[:, 2] - runs[:, 1] > 2 * margin
    runs, ends = runs[long], ends[long]
    if not len(runs):
        return out
    longest = int((runs[:, 2] - runs[:, 1]).max()) - 2 * margin
    size = 2 ** (2 * reach + min(longest, max(6 * reach, 2**12)) - 1).bit_length()
    block = size - 2 * reach
    first, last = runs[:, 1] + margin, runs[:, 2] - margin
    count = (last - first + block - 1) // block
    run = torch.arange(len(runs), device=runs.device).repeat_interleave(count)
    number = torch.arange(len(run), device=runs.device) - (count.cumsum(0) - count)[run]
    begin = first[run] + number * block
    order = torch.argsort(runs[run, 3], stable=True)
    run, begin = run[order], begin[order]
    tile = max(1, (TILE if samples.device.type == "cpu" else 2**4 * TILE) // size)
    column = torch.arange(size, device=runs.device)
    for at in range(0, len(run), tile):
        which, here = run[at : at + tile], begin[at : at + tile, None]
        trace, start, end, kernel = (part[:, None] for part in runs[which].T)
        place = here - reach + column
        values = samples[trace, place.clamp(0, samples.shape[-1] - 1)].double()
        values = torch.where(place < start, ends[which, :1], values)
        values = torch.where(place >= end, ends[which, 1:], values)
        used, kernel = torch.unique(kernel[:, 0], return_inverse=True)
        spectra = torch.fft.rfft(kernels[used], n=size)
        values = torch.fft.irfft(torch.fft.rfft(values) * spectra[kernel], n=size)[:, 2 * reach :]
        place = here + column[:block]
        wanted = place < last[which, None]
        out[trace.expand_as(place)[wanted], place[wanted]] = values[wanted]
    return out
