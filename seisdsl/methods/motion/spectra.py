"""Response spectra and durations of horizontal motion, all records at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from seisdsl.methods.motion.directions import together
from seisdsl.methods.motion.measures import (
    Horizontal,
    Pair,
    denser,
    durations,
    largest,
    of_two,
)
from seisdsl.methods.motion.oscillator import responses
from seisdsl.methods.motion.peaks import displacements

Key = TypeVar("Key")
DIED = 3.0  # natural logarithm by which an oscillation has died away when a duration's tail ends
SMALLEST = 1e-300
TAIL = 30.0  # seconds, and no shorter


class Shares(NamedTuple):
    """Of the energy of a response between which its duration is counted."""

    low: float = 0.03
    high: float = 0.95


SHARES = Shares()


def factor(period: float, dt: float, samples: float) -> int:
    """How many times as often a record must be sampled so that a period has so many samples."""
    return max(1, math.ceil(samples * dt / period - 1e-9))


def spectral_displacement(
    pair: Pair, dt: float, periods: Sequence[float], damping: float, how: Horizontal, samples: float = 10.0
) -> Tensor:
    """The largest displacement of oscillators in horizontal motion: [record, period].

    Behind the record the ground rests for a period, in which a free oscillation is largest. Records
    are sampled more often where a period would have fewer than so many samples.
    """
    found = torch.zeros(len(pair[0]), len(periods), dtype=torch.float64, device=pair[0].device)
    size = torch.maximum(largest(pair[0]), largest(pair[1]))[:, None]  # squares of small numbers vanish
    pair = pair[0] / size.clamp(min=SMALLEST), pair[1] / size.clamp(min=SMALLEST)
    for times, own in _alike([factor(period, dt, samples) for period in periods]).items():
        some, step = [periods[at] for at in own], dt / times
        rest = math.ceil(max(some) / dt)
        first, second = (denser(torch.nn.functional.pad(one, (0, rest)), times) for one in pair)
        if how in ("geometric-mean", "larger"):
            one, other = (displacements(part, some, damping, step).double() for part in (first, second))
            found[:, own] = of_two(one, other, how)
        else:
            found[:, own] = together((first, second), some, damping, step, how).double()
    return found * size


def response_durations(
    pair: Pair,
    lengths: Tensor,
    dt: float,
    periods: Sequence[float],
    damping: float,
    how: Horizontal,
    *,
    tail: bool,
    shares: Shares = SHARES,
    samples: float = 10.0,
) -> Tensor:
    """Seconds in which oscillators' squared velocity gathers between two shares: [record, period].

    With `tail` until the oscillation has died away, else until the record ends. By `geometric-mean`
    and `larger` of the two components' durations, else of their energies together.
    """
    found = torch.full((len(pair[0]), len(periods)), math.nan, dtype=torch.float64, device=pair[0].device)
    rests = [
        round(max(TAIL, DIED * period / (2 * math.pi * damping)) / dt) if tail else 0 for period in periods
    ]
    often = [factor(period, dt, samples) for period in periods]
    for (times, rest), own in _alike(list(zip(often, rests, strict=True))).items():
        some, step = [periods[at] for at in own], dt / times
        both = [denser(torch.nn.functional.pad(one, (0, rest)), times) for one in pair]
        ends = (lengths - 1 + rest) * times + 1
        parts = (responses(part, some, damping, step, velocity=True) for part in both)
        for (here, number, one), (_, _, other) in zip(*parts, strict=True):
            energies = one.square_(), other.square_()
            if how in ("geometric-mean", "larger"):
                first, second = (durations(energy, ends[here], step, *shares) for energy in energies)
                found[here, own[number]] = of_two(first, second, how)
            else:
                found[here, own[number]] = durations(energies[0].add_(energies[1]), ends[here], step, *shares)
    return found


def _alike(values: Sequence[Key]) -> dict[Key, list[int]]:
    """The places at which each value stands."""
    groups: dict[Key, list[int]] = {}
    for at, value in enumerate(values):
        groups.setdefault(value, []).append(at)
    return groups
