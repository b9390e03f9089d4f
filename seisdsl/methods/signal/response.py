"""Ground motion from what an instrument made of it: the inverse of its response as a finite filter."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from seisdsl.methods.signal.convolution import convolved


def passed(frequencies: Tensor, corners: tuple[float, float, float, float]) -> Tensor:
    """The weight of each frequency: none outside the outer corners, all between the inner, cosine sides."""
    low, full, end, high = corners
    rising = ((frequencies - low) / (full - low)).clamp(0, 1)
    falling = ((high - frequencies) / (high - end)).clamp(0, 1)
    return (0.5 - 0.5 * (math.pi * rising).cos()) * (0.5 - 0.5 * (math.pi * falling).cos())


def inverse(response: Tensor, water_level: float) -> Tensor:
    """One over a response, which counts as no lower than `water_level` (dB) below its greatest.

    Where it is lifted it keeps its phase; where it is nothing, so is its inverse.
    """
    size = response.abs()
    least = size.max() * 10 ** (-water_level / 20)
    lifted = response * torch.where((size < least) & (size > 0), least / size.clamp(min=1e-300), 1.0)
    return torch.where(size > 0, 1 / torch.where(size > 0, lifted, 1.0), 0.0)


def impulse(spectrum: Tensor, reach: int) -> Tensor:
    """The filter of `2 reach + 1` samples, time zero in the middle, that has about this spectrum.

    The spectrum is given from zero to the Nyquist frequency, at `2 reach` equal steps or more. The
    outer half of either side is led to zero, and an offset is taken out entirely.
    """
    whole = torch.fft.irfft(spectrum)
    kernel = torch.cat([whole[-reach:], whole[: reach + 1]])
    away = torch.arange(-reach, reach + 1, dtype=torch.float64, device=kernel.device).abs() / reach
    window = 0.5 + 0.5 * (2 * math.pi * (away - 0.5).clamp(min=0)).cos()
    kernel = kernel * window
    return kernel - window * (kernel.sum() / window.sum())


def deconvolved(samples: Tensor, runs: Tensor, kernels: Tensor, margin: int) -> tuple[Tensor, Tensor]:
    """Each run under its filter, and the mask of what is to be trusted: [trace, time] both.

    Beyond its ends a run is taken to go on at the mean of its last `margin` samples; its first and
    last `margin` samples, which hang most on that, are not given. Other arguments as in `convolved`.
    """
    runs = runs[runs[:, 2] - runs[:, 1] > 2 * margin]
    mask = torch.zeros(samples.shape[0], samples.shape[1] + 1, dtype=torch.int32, device=samples.device)
    mask.index_put_((runs[:, 0], runs[:, 1] + margin), mask.new_ones(len(runs)), accumulate=True)
    mask.index_put_((runs[:, 0], runs[:, 2] - margin), -mask.new_ones(len(runs)), accumulate=True)
    ends = torch.stack(
        [_level(samples, runs[:, 0], at, margin) for at in (runs[:, 1], runs[:, 2] - margin)], 1
    )
    return convolved(samples, runs, kernels, ends, margin), mask.cumsum(-1)[:, :-1] > 0


def _level(samples: Tensor, trace: Tensor, start: Tensor, length: int) -> Tensor:
    place = start[:, None] + torch.arange(length, device=samples.device)
    return samples[trace[:, None], place].double().mean(-1)
