"""Weighted least squares of many sites and components at once, and what coloured noise adds to its errors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_RANK = 1e-11  # of the largest eigenvalue: less is not determined by the data
_LAGS = (1, 2, 4, 8, 16, 32, 64)  # days over which noise is measured
_DAYS_A_YEAR = 365.25
_MEDIAN_SQUARE = 0.4549  # of a Gaussian of one deviation


@dataclass(frozen=True)
class Fit:
    """`values` [site, component, column], the inverse normal matrix, and where there were enough data."""

    values: Tensor
    inverse: Tensor  # [site, component, column, column]
    rms: Tensor  # [site, component], weighted
    known: Tensor  # [site, component]


def gram(columns: Tensor, values: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Normal matrix [site, component, column, column], right side, and weighted power of the data."""
    weighted = columns[:, None] * weights[..., None]
    return (
        weighted.transpose(-1, -2) @ columns[:, None],
        (weighted * values[..., None]).sum(-2),
        (weights * values**2).sum(-1),
    )


def solved(normal: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """The least solution and the pseudo-inverse; columns that the data do not tell apart share alike."""
    size = normal.diagonal(dim1=-2, dim2=-1).clamp_min(0).sqrt()
    scale = torch.where(size > 0, 1 / size.clamp_min(1e-300), 0.0)
    even = normal * scale[..., :, None] * scale[..., None, :]
    power, vectors = torch.linalg.eigh(even)
    kept = power > _RANK * power.amax(-1, keepdim=True).clamp_min(1e-300)
    inverse = (vectors * torch.where(kept, 1 / power, 0.0)[..., None, :]) @ vectors.transpose(-1, -2)
    inverse = inverse * scale[..., :, None] * scale[..., None, :]
    return (inverse @ right[..., None])[..., 0], inverse


def fitted(columns: Tensor, values: Tensor, weights: Tensor, tile: int = 32) -> Fit:
    """Fit [site, epoch, column] to [site, component, epoch]; where a weight is zero nothing is read."""
    parts = []
    for at in range(0, len(values), tile):
        own = slice(at, at + tile)
        normal, right, power = gram(columns[own], values[own], weights[own])
        found, inverse = solved(normal, right)
        count = (weights[own] > 0).sum(-1)
        left = (power - (found * right).sum(-1)).clamp_min(0)
        rms = (left / weights[own].sum(-1).clamp_min(1e-300)).sqrt()
        parts.append((found, inverse, rms, count > columns.shape[-1]))
    values_, inverse, rms, known = (torch.cat(part) for part in zip(*parts, strict=True))
    return Fit(values_, inverse, rms, known)


def predicted(columns: Tensor, values: Tensor) -> Tensor:
    """[site, component, epoch]"""
    return values @ columns.transpose(-1, -2)


def weights_of(mask: Tensor, sigma: Tensor | None) -> Tensor:
    """The inverse square of each error over its series' median; one where errors are not known."""
    if sigma is None:
        return mask.double()
    known = mask & (sigma > 0)
    middle = torch.nanmedian(sigma.masked_fill(~known, float("nan")), dim=-1, keepdim=True).values
    return torch.where(known & middle.isfinite(), (middle / sigma.clamp_min(1e-12)) ** 2, 1.0) * mask


# Noise ------------------------------------------------------------------------------------------------


def flicker_response(length: int, like: Tensor) -> Tensor:
    step = torch.arange(1, length, dtype=like.dtype, device=like.device)
    return torch.cat([like.new_ones(1), (step - 0.5) / step]).cumprod(0)


def noise(residual: Tensor, mask: Tensor, robust: bool = False, every: int = 1) -> tuple[Tensor, Tensor]:
    """White (unit) and flicker (unit times year**-1/4) of daily residuals [..., day], gaps left out.

    From the mean square of differences over 1 to 64 days, or times `every` where positions come each so
    many days, which a slow misfit does not reach; `robust` takes the median square, which breaks do not
    reach either.
    """
    length = residual.shape[-1]
    lags = [lag * every for lag in _LAGS if lag * every < length]
    found, growth, pairs = [], [], []
    response = flicker_response(4 * _LAGS[-1] * every + 4096, residual)
    for lag in lags:
        both = mask[..., lag:] & mask[..., :-lag]
        pairs.append(both.sum(-1))
        square = (residual[..., lag:] - residual[..., :-lag]) ** 2 * both
        if robust:
            middle = torch.nanmedian(square.masked_fill(~both, float("nan")), -1).values.nan_to_num(0.0)
            found.append(middle / _MEDIAN_SQUARE)
        else:
            found.append(square.sum(-1) / both.sum(-1).clamp_min(1))
        own = (response[:lag] ** 2).sum() + ((response[lag:] - response[:-lag]) ** 2).sum()
        growth.append(own * (1 / _DAYS_A_YEAR) ** 0.5)
    if not lags:
        return residual.new_zeros(residual.shape[:-1]), residual.new_zeros(residual.shape[:-1])
    seen = torch.stack(found, -1)
    grow = torch.stack(growth)
    weight = 1 / seen.clamp_min(1e-30) ** 2  # differences are as uncertain as they are large
    weight = torch.where(torch.stack(pairs, -1) > 0, weight / weight.amax(-1, keepdim=True), 0.0)
    ones = torch.full_like(grow, 2.0)
    a, b, c = ((weight * one).sum(-1) for one in (ones * ones, ones * grow, grow * grow))
    p, q = (weight * seen * ones).sum(-1), (weight * seen * grow).sum(-1)
    flat = (a * c - b * b).clamp_min(1e-300)
    white, flicker = (c * p - b * q) / flat, (a * q - b * p) / flat
    alone_white, alone_flicker = p / a.clamp_min(1e-300), q / c.clamp_min(1e-300)
    white_only, flicker_only = flicker < 0, white < 0
    white = torch.where(white_only, alone_white, white.clamp_min(0))
    flicker = torch.where(flicker_only, alone_flicker, flicker.clamp_min(0))
    white = torch.where(flicker_only & ~white_only, 0.0, white)
    flicker = torch.where(white_only, 0.0, flicker)
    return white.sqrt(), flicker.sqrt()


def covariance(
    columns: Tensor, weights: Tensor, fit: Fit, days: Tensor, white: Tensor, flicker: Tensor
) -> Tensor:
    """[site, component, column, column]: of the fitted values, under white and flicker noise.

    The exact propagation of the noise's covariance through the weighted fit; `days` are whole.
    """
    first = int(days[0])
    length = int(days[-1]) - first + 1
    at = (days - first).long()
    size = 2 * length
    response = torch.fft.rfft(flicker_response(length, columns), size)
    total = torch.zeros_like(fit.inverse)
    for row in range(len(columns)):
        weighted = columns[row][None] * weights[row][..., None]  # [component, epoch, column]
        grid = weighted.new_zeros(weights.shape[1], length, columns.shape[-1])
        grid[:, at] = weighted
        heard = torch.fft.rfft(grid, size, dim=1) * response.conj()[None, :, None]
        through = torch.fft.irfft(heard, size, dim=1)[:, :length]
        coloured = through.transpose(-1, -2) @ through * (1 / _DAYS_A_YEAR) ** 0.5
        plain = weighted.transpose(-1, -2) @ weighted
        middle = plain * white[row, :, None, None] ** 2 + coloured * flicker[row, :, None, None] ** 2
        total[row] = fit.inverse[row] @ middle @ fit.inverse[row]
    return total
