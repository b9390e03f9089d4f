"""Response spectra and durations of horizontal motion, all records at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seisdsl.methods.motion.measures import (
    Horizontal,
    Pair,
    denser,
    durations,
    horizontal,
    of_two,
)
from seisdsl.methods.motion.oscillator import displacements, responses

DIED = 3.0  # natural logarithm by which an oscillation has died away when a duration's tail ends
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
    for times, own in _by_factor(periods, dt, samples).items():
        rest = math.ceil(max(periods[at] for at in own) / dt)
        first, second = (denser(torch.nn.functional.pad(one, (0, rest)), times) for one in pair)
        some, step = [periods[at] for at in own], dt / times
        if how in ("geometric-mean", "larger"):
            one, other = (displacements(part, some, damping, step).double() for part in (first, second))
            found[:, own] = of_two(one, other, how)
            continue
        both = zip(responses(first, some, damping, step), responses(second, some, damping, step), strict=True)
        for (here, number, one), (_, _, other) in both:
            found[here, own[number]] = horizontal((one, other), how).double()
    return found


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
    for at, period in enumerate(periods):
        times = factor(period, dt, samples)
        step = dt / times
        rest = round(max(TAIL, DIED * period / (2 * math.pi * damping)) / dt) if tail else 0
        first, second = (denser(torch.nn.functional.pad(one, (0, rest)), times) for one in pair)
        ends = (lengths - 1 + rest) * times + 1
        both = zip(
            responses(first, [period], damping, step, velocity=True),
            responses(second, [period], damping, step, velocity=True),
            strict=True,
        )
        for (here, _, one), (_, _, other) in both:
            energies = [torch.nn.functional.pad(v.square(), (1, 0)) for v in (one, other)]
            if how in ("geometric-mean", "larger"):
                each = [durations(energy, ends[here], step, *shares) for energy in energies]
                found[here, at] = of_two(each[0], each[1], how)
            else:
                found[here, at] = durations(energies[0] + energies[1], ends[here], step, *shares)
    return found


def _by_factor(periods: Sequence[float], dt: float, samples: float) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for at, period in enumerate(periods):
        groups.setdefault(factor(period, dt, samples), []).append(at)
    return groups
