"""Correlations of the envelopes of pairs of stations."""

from __future__ import annotations

import torch
from torch import Tensor

TILE = 2**24  # correlations at once
LEAST = 0.5  # of what any station recorded, that both of a pair must have


def pairs_of(stations: int, device: torch.device | str = "cpu") -> Tensor:
    """The numbers of the stations of every pair: [2, pair]."""
    return torch.triu_indices(stations, stations, offset=1, device=device)


def standardised(values: Tensor, mask: Tensor) -> Tensor:
    """[..., time] less its mean, with a sum of squares of one; zero where nothing was recorded."""
    values = values.double().masked_fill(~mask, 0)
    mean = values.sum(-1, keepdim=True) / mask.sum(-1, keepdim=True).clamp(min=1)
    values = (values - mean).masked_fill(~mask, 0)
    size = values.square().sum(-1, keepdim=True).sqrt()
    return torch.where(size > 1e-12 * mean.abs(), values / size.clamp(min=1e-300), 0)


def pair_correlations(values: Tensor, mask: Tensor, pairs: Tensor, most: int) -> Tensor:
    """How alike [window, station, time] are, at lags up to `most` samples: [window, pair, 2 most + 1].

    A pair's lag is by how much the first station comes after the second. A pair that was not recorded
    together for half of the time that any station recorded is zero.
    """
    windows, _stations, length = values.shape
    size = 1 << (length + most - 1).bit_length()
    spectra = torch.fft.rfft(standardised(values, mask), n=size)
    first, second = pairs
    out: Tensor = spectra.new_zeros(windows, pairs.shape[1], 2 * most + 1, dtype=torch.float32)
    step = max(1, TILE // size // max(windows, 1))
    for begin in range(0, pairs.shape[1], step):
        some = slice(begin, begin + step)
        product = spectra[:, first[some]] * spectra[:, second[some]].conj()
        lags = torch.fft.irfft(product, n=size)
        out[:, some] = torch.cat([lags[..., size - most :], lags[..., : most + 1]], -1).float()
    known = mask.float()
    together = torch.einsum("bst,but->bsu", known, known)[:, first, second]
    least = LEAST * mask.any(1).sum(-1)
    short = together < least[:, None]
    return out.masked_fill(short[..., None], 0)


def at_lags(correlations: Tensor, lags: Tensor) -> Tensor:
    """[window, pair, lag] between whole lags, at [window, pair, ...]: smooth, so that it can be refined.

    By cubics through four neighbours (Catmull and Rom); zero beyond the largest lag.
    """
    windows, pairs, length = correlations.shape
    most = length // 2
    place = (lags + most).clamp(1, length - 3)
    whole = place.detach().floor().clamp(max=length - 3)
    part = place - whole
    start = torch.arange(windows * pairs, device=lags.device).view(windows, pairs, *[1] * (lags.dim() - 2))
    index = whole.long() + start * length
    flat = correlations.flatten()
    before, here, there, beyond = (flat[index + step] for step in (-1, 0, 1, 2))
    slope = 0.5 * (there - before)
    curve = before - 2.5 * here + 2 * there - 0.5 * beyond
    bend = 0.5 * (beyond - before) + 1.5 * (here - there)
    value = here + part * (slope + part * (curve + part * bend))
    return torch.where(lags.abs() <= most - 2, value, 0)
