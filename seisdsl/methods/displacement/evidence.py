"""What more columns explain of a short piece of daily series, under white and flicker noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seisdsl.methods.displacement.cleaning import MAD
from seisdsl.methods.displacement.regression import flicker_response, solved

CONSTANTS = (1.0, 10.0, 100.0)  # days of logarithms that together follow any decay
TILE = 128  # pieces at a time
_YEAR = 365.25
_MEMORY = 4096  # days of flicker noise before the piece
_TOLD = 1e-7  # of a column's power that the others must leave for it to be told from them


@dataclass(frozen=True)
class Local:
    """Series [site, component, day] and the white and flicker noise of each [site, component]."""

    values: Tensor
    white: Tensor
    flicker: Tensor


@dataclass(frozen=True)
class Window:
    """Pieces [piece, component, day], which days each has, and the covariance of their noise."""

    values: Tensor
    mask: Tensor
    days: Tensor  # [piece, day]
    covariance: Tensor

    def without(self, day: Tensor) -> Window:
        return replace(self, mask=self.mask & (self.days != day[:, None])[:, None])

    def parabola(self) -> Tensor:
        share = torch.linspace(-1, 1, self.days.shape[-1], dtype=self.values.dtype, device=self.values.device)
        return torch.stack([share**power for power in range(3)], -1).expand(len(self.days), -1, -1)

    def steps(self, at: Tensor) -> Tensor:
        return (self.days[..., None] >= at[:, None]).double()

    def decays(self, since: Tensor) -> Tensor:
        return decays(self.days, since)

    def gain(self, base: Tensor, more: Tensor) -> Tensor:
        """[piece]: how much less chi-square is with more columns, over all components."""
        mask = self.mask.to(self.values)
        both = mask[..., :, None] * mask[..., None, :]
        kept = self.covariance * both + torch.diag_embed(1 - mask)
        stacked = torch.cat([base, more], -1)[:, None] * mask[..., None]
        stacked = torch.cat([stacked, (self.values * mask)[..., None]], -1)
        even = torch.linalg.solve_triangular(torch.linalg.cholesky(kept), stacked, upper=False)
        gram = even.transpose(-1, -2) @ even
        many = base.shape[-1]
        across = gram[..., many:, :many]
        _, inverse = solved(gram[..., :many, :many], across[..., 0, :])
        left = gram[..., many:, many:] - across @ inverse @ across.transpose(-1, -2)
        normal, right = left[..., :-1, :-1], left[..., :-1, -1]
        power = gram.diagonal(dim1=-2, dim2=-1)[..., many:-1]
        told = normal.diagonal(dim1=-2, dim2=-1) > _TOLD * power
        normal = normal * (told[..., :, None] & told[..., None, :])
        amount, _ = solved(normal, right * told)
        explained: Tensor = (amount * right * told).sum(-1).clamp_min(0).sum(-1)
        return explained


def decays(days: Tensor, since: Tensor) -> Tensor:
    """[piece, day, column] of the logarithms after each day of `since` [piece, most]."""
    after = (days[..., None] - since[:, None]).clamp_min(0)
    return torch.cat([torch.log1p(after / constant) for constant in CONSTANTS], -1)


def cut(local: Local, there: Tensor, rows: Tensor, first: Tensor, length: int) -> Window:
    """Pieces of `length` days of some rows, from these days on; beyond the record nothing is known."""
    days = first[:, None] + torch.arange(length, dtype=first.dtype, device=first.device)
    inside = (days >= 0) & (days < there.shape[-1])
    at = days.clamp(0, there.shape[-1] - 1).long()[:, None].expand(-1, there.shape[1], -1)
    values = torch.gather(local.values[rows], -1, at)
    mask = torch.gather(there[rows], -1, at) & inside[:, None]
    white = local.white[rows].clamp_min(1e-3)[..., None, None]
    shape = flicker_covariance(length, values)
    eye = torch.eye(length, dtype=values.dtype, device=values.device)
    noise = white**2 * eye + local.flicker[rows][..., None, None] ** 2 * shape
    return Window(values, mask, days, noise)


def flicker_covariance(length: int, like: Tensor) -> Tensor:
    """[day, day]: of flicker noise of 1 mm year**-1/4 that began long before."""
    day = torch.arange(length, device=like.device)
    matrix: Tensor = flicker_of_lag(length, like)[(day[:, None] - day).abs()]
    return matrix


def flicker_of_lag(length: int, like: Tensor) -> Tensor:
    """The same by the days between."""
    response = flicker_response(_MEMORY + length, like)
    power = torch.fft.rfft(response, 2 * len(response)).abs() ** 2
    lagged: Tensor = torch.fft.irfft(power)[:length] * (1 / _YEAR) ** 0.5
    return lagged


def glanced(values: Tensor, mask: Tensor, days: int, fewest: int, tile: int = 16) -> Tensor:
    """[site, day]: how far a step before each day stands out over all components, in a plain fit.

    A line with a step is fitted to the days around; its size is over the usual size in that series.
    """
    parts = [_jump(values[at : at + tile], mask[at : at + tile], days, fewest)
             for at in range(0, len(values), tile)]  # fmt: skip
    return torch.cat(parts)


def _jump(values: Tensor, mask: Tensor, days: int, fewest: int) -> Tensor:
    length = values.shape[-1]
    offset = torch.arange(-days, days, dtype=values.dtype, device=values.device) + 0.5
    pad = (days, days - 1)
    held = torch.nn.functional.pad(values.masked_fill(~mask, 0), pad).unfold(-1, 2 * days, 1)[..., :length, :]
    known = torch.nn.functional.pad(mask.to(values), pad).unfold(-1, 2 * days, 1)[..., :length, :]
    after = (offset > 0).to(values)
    shape = torch.stack([torch.ones_like(offset), offset / days, after])
    normal = torch.einsum("sctw,iw,jw->sctij", known, shape, shape)
    right = torch.einsum("sctw,iw->scti", held, shape)
    enough = ((known * (1 - after)).sum(-1) >= fewest) & ((known * after).sum(-1) >= fewest)
    eye = torch.eye(3, dtype=values.dtype, device=values.device)
    normal = torch.where(enough[..., None, None], normal, eye)
    size = torch.linalg.solve(normal, right)[..., 2]
    error = torch.linalg.inv(normal)[..., 2, 2].clamp_min(1e-12).sqrt()
    ratio = (size / error).masked_fill(~enough, float("nan"))
    usual = torch.nanmedian(ratio.abs(), dim=-1, keepdim=True).values * MAD
    score: Tensor = (ratio / usual.clamp_min(1e-12)).nan_to_num(0.0)
    return score.square().sum(1).sqrt()
