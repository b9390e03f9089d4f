"""The energy that a source radiates as S waves, from how much stations at many distances move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from seisdsl.methods.locate.sources import lasting
from seisdsl.methods.tremor.band_power import NS, BandPower

BLOCK = 10.0  # seconds of noise that are averaged
SETTLES = 30.0  # seconds after a source within which its coda is no noise
AROUND = 150.0  # seconds before and after it in which noise is looked for
FEWEST = 6  # blocks of noise
RECORDED = 0.9  # of the time that a source lasts
CLEAR = 3.0  # standard errors of the noise, that motion must stand out by
SCATTER = 0.15  # of stations' energies, log10, that radiation patterns leave at least
ROUNDS = 10
TO_SIGMA = 1.4826  # a Gaussian's standard deviation over its median absolute deviation


@dataclass(frozen=True)
class Medium:
    """Density (kg/m3), S-wave speed (m/s), Q at 1 Hz and the power of frequency by which it grows.

    Below every station waves lose exp(-pi f kappa) more (s), and are `surface` times as large as inside.
    """

    density: float = 2700.0
    speed: float = 3500.0
    q: float = 200.0
    q_grows: float = 0.0
    kappa: float = 0.0
    surface: float = 2.0

    def loss(self, frequency: Tensor, distance: Tensor) -> Tensor:
        """By what attenuation divides power, of [band] and [...] (m): [..., band]."""
        quality = self.q * frequency**self.q_grows
        travel = distance[..., None] / (quality * self.speed) + self.kappa
        return torch.exp(2 * torch.pi * frequency * travel)

    def radiated(self, distance: Tensor) -> Tensor:
        """Joules for each m2/s of squared velocity over time."""
        return 4 * torch.pi * self.density * self.speed * distance**2 / self.surface**2


class Motion(NamedTuple):
    """Of each source at each station, [source, station, band]: squared velocity over time, less noise (m2/s)."""

    net: Tensor
    error: Tensor  # one standard deviation, of the noise
    noise: Tensor  # power of the noise, (m/s)2
    known: Tensor  # [source, station]


def motion(power: BandPower, begin: Tensor, end: Tensor) -> Motion:
    """Between times [source, station] (ns), of which the stations are those of the powers.

    Noise is the median of stretches before and after; so another source beside it is no noise.
    """
    values = torch.nn.functional.pad(power.values.masked_fill(~power.mask[:, None], 0).cumsum(-1), (1, 0))
    there = torch.nn.functional.pad(power.mask.cumsum(-1), (1, 0))
    first, last = power.place(begin), power.place(end)
    total, seen = _between(values, there, first, last)
    wanted = (last - first).clamp(min=1)
    wide = round(BLOCK / power.step)
    many = int(AROUND / BLOCK)
    away = round(SETTLES / power.step)
    steps = torch.arange(many, device=first.device) * wide
    blocks = torch.cat([first[..., None] - (steps + 2 * wide), last[..., None] + away + steps], -1)
    quiet, full = _between(values, there, blocks, blocks + wide)
    whole = (full == wide)[..., None]
    each = torch.where(whole, quiet / (wide * power.step), torch.nan)
    noise = each.nanmedian(dim=-2).values.nan_to_num(0)
    spread = TO_SIGMA * (each - noise[..., None, :]).abs().nanmedian(dim=-2).values.nan_to_num(0)
    length = (wanted * power.step)[..., None].double()
    share = (seen / wanted)[..., None].clamp(min=1e-9)
    known = (seen >= RECORDED * wanted) & (last > first) & (whole[..., 0].sum(-1) >= FEWEST)
    net = total / share - noise * length
    # as if noise wandered from one block to another for the time that the source lasts
    error = spread * (BLOCK * length).sqrt() * (1 + length / (many * BLOCK)).sqrt()
    return Motion(net.masked_fill(~known[..., None], 0), error, noise, known)


def _between(values: Tensor, there: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
    """Sums [source, station, ..., band] of windows from one to another, and how many were recorded."""
    most = there.shape[-1] - 1
    first, last = first.clamp(0, most), last.clamp(0, most)
    row = torch.arange(first.shape[1], device=first.device).view(1, -1, *[1] * (first.dim() - 2))
    by_band = values.movedim(1, -1)
    return by_band[row, last] - by_band[row, first], there[row, last] - there[row, first]


class Energies(NamedTuple):
    """Of each source; NaN where too few stations stand out of their noise."""

    log10: Tensor  # of joules
    spread: Tensor  # of its stations', one standard deviation, log10
    stations: Tensor
    quiet: Tensor  # stations near enough that do not stand out of their noise
    each: Tensor  # [source, station], log10; NaN where it is not used
    more: Tensor  # by what part attenuation is found to be stronger than the medium's


def energies(
    seen: Motion, distance: Tensor, sites: Tensor, frequency: Tensor, medium: Medium,
    *, near: float, far: float, fewest: int, q_spread: float = 0.0,
) -> Energies:  # fmt: skip
    """From motion at hypocentral distances [source, station] (m), with logarithms of site gains [station].

    The attenuation of each band is taken off before they are added up. Less its noise a station may
    have moved less than nothing: it is left out, and counted.
    """
    loss = medium.loss(frequency, distance)
    total = (seen.net * loss).sum(-1)
    error = (seen.error * loss).square().sum(-1).sqrt()
    inside = seen.known & (distance >= near) & (distance <= far)
    clear = inside & (total > CLEAR * error) & (total > 0)
    joules = torch.where(clear, total, 1) * medium.radiated(distance) / torch.exp(2 * sites)
    each = joules.log10().masked_fill(~clear, torch.nan)
    count = clear.sum(-1)
    enough = count >= fewest
    positive = seen.net.clamp(min=0)
    taken = ((positive * loss).sum(-1) / positive.sum(-1).clamp(min=1e-300)).clamp(min=1).log10()
    more = _more_loss(each, torch.where(clear, taken, 0), q_spread)
    each = each + more[:, None] * taken
    middle = _median(each)
    spread = TO_SIGMA * _median((each - middle[:, None]).abs())
    return Energies(
        middle.masked_fill(~enough, torch.nan), spread.masked_fill(~enough, torch.nan),
        count, inside.sum(-1) - count, each, more,
    )  # fmt: skip


def _more_loss(each: Tensor, taken: Tensor, spread: float) -> Tensor:
    """The part of what was taken off for attenuation, by which stations agree best; zero where `spread` is."""
    more = each.new_zeros(len(each))
    known = ~each.isnan()
    weight = known.double()
    for _ in range(ROUNDS if spread else 0):
        total = weight.sum(-1, keepdim=True).clamp(min=1e-9)
        x, y = (v - (weight * v).sum(-1, keepdim=True) / total for v in (taken, each.nan_to_num(0)))
        off = (y + more[:, None] * x).abs()
        scatter = (TO_SIGMA * _median(off.masked_fill(~known, torch.nan))).nan_to_num(0).clamp(min=SCATTER)
        weight = known * (scatter[:, None] / off.clamp(min=1e-9)).clamp(max=1)
        more = -(weight * x * y).sum(-1) / ((weight * x * x).sum(-1) + (scatter / spread).square())
    return more


def _median(values: Tensor) -> Tensor:
    """Of the last dimension, between the middle two where they are an even number; NaN of none."""
    return (
        values.nanquantile(0.5, dim=-1) if values.shape[-1] else values.new_full(values.shape[:-1], torch.nan)
    )


def half_width(
    power: BandPower, arrivals: Tensor, begin: Tensor, seconds: int, used: Tensor
) -> tuple[Tensor, Tensor]:
    """When the power of sources is first and last half of its largest, in seconds after `begin` [source] (ns).

    From the stations' powers as late as waves arrive, [source, station] (s), one upon the other.
    """
    count = int(seconds / power.step)
    first = power.place(begin)
    index = first[:, None] + torch.arange(count, device=first.device)
    inside = (index >= 0) & (index < power.mask.shape[-1])
    index = index.clamp(0, max(power.mask.shape[-1] - 1, 0))
    values = power.values.sum(1)[:, index].movedim(0, 1).sqrt()
    mask = power.mask[:, index].movedim(0, 1) & inside[:, None] & used[..., None]
    every = round(power.step)
    start, end = lasting(
        values.repeat_interleave(every, -1), mask.repeat_interleave(every, -1), arrivals, used.double()
    )
    late = (power.start + (first * power.step * NS).round().long() - begin).double() / NS - power.step / 2
    return start * power.step / every + late, end * power.step / every + late


def in_band(corner: float, band: tuple[float, float]) -> float:
    """How much of the energy of a source with Brune's spectrum lies in a band."""
    low, high = (torch.tensor(edge / corner, dtype=torch.float64) for edge in band)
    part = [torch.atan(x) - x / (1 + x**2) for x in (low, high)]
    return float((part[1] - part[0]) / (torch.pi / 2))
