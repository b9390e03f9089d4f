"""Long finite filters on recorded runs, by the Fourier transform of overlapping blocks."""

from __future__ import annotations

import torch
from torch import Tensor

TILE = 2**19  # samples transformed at once on a processor, whose cache holds them; a GPU takes more


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
    inner = (begin - reach >= runs[run, 1]) & (begin + block + reach <= runs[run, 2])
    inner &= begin + block <= last[run]
    samples = samples.contiguous()
    tile = max(1, (TILE if samples.device.type == "cpu" else 2**6 * TILE) // size)
    for kind in (inner, ~inner):
        chosen = kind.nonzero()[:, 0]
        chosen = chosen[torch.argsort(runs[run[chosen], 3], stable=True)]  # few filters at once
        for at in range(0, len(chosen), tile):
            some = chosen[at : at + tile]
            which, here = run[some], begin[some]
            values = _around(samples, runs[which], ends[which], here - reach, size, whole=kind is inner)
            used, kernel = torch.unique(runs[which, 3], return_inverse=True)
            spectra = torch.fft.rfft(kernels[used], n=size)
            values = torch.fft.rfft(values).mul_(spectra[kernel])
            values = torch.fft.irfft(values, n=size)[:, 2 * reach :]
            trace = runs[which, 0]
            if kind is inner:
                _stretches(out, block)[trace * out.shape[-1] + here] = values
            else:
                place = here[:, None] + torch.arange(block, device=runs.device)
                wanted = place < last[which, None]
                out[trace[:, None].expand_as(place)[wanted], place[wanted]] = values[wanted]
    return out


def _around(samples: Tensor, runs: Tensor, ends: Tensor, begin: Tensor, size: int, *, whole: bool) -> Tensor:
    """So many samples of each run; those beyond its ends, where not the whole is inside, are as told."""
    if whole:
        return _stretches(samples, size)[runs[:, 0] * samples.shape[-1] + begin].double()
    trace, start, end, _ = (part[:, None] for part in runs.T)
    place = begin[:, None] + torch.arange(size, device=runs.device)
    values = samples[trace, place.clamp(0, samples.shape[-1] - 1)].double()
    values = torch.where(place < start, ends[:, :1], values)
    return torch.where(place >= end, ends[:, 1:], values)


def _stretches(samples: Tensor, size: int) -> Tensor:
    """So many samples from each one on, through all traces: a view."""
    return samples.view(-1).as_strided((samples.numel() - size + 1, size), (1, 1))
