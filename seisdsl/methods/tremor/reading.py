"""What a network's first filters let through, where spectra cross, and whether errors agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

SAME = 1e-6  # two responses no further apart are one
FAINT = 1e-6  # of a filter's largest gain: -120 dB


def responses(filters: Tensor, rate: float, points: int = 513) -> tuple[Tensor, Tensor]:
    """Frequencies, and the gain |H(f)| of impulse responses [filter, component, sample].

    The gains of the components of a filter are put together by their squares.
    """
    frequencies = torch.linspace(0, rate / 2, points, dtype=torch.float64)
    samples = torch.arange(filters.shape[-1], dtype=torch.float64)
    turn = torch.exp(-2j * torch.pi * frequencies[:, None] * samples / rate)
    gains = torch.einsum("fs,ncs->ncf", turn, filters.double().cpu().to(turn.dtype)).abs()
    gain: Tensor = gains.square().sum(1).sqrt()
    return frequencies, gain


def smoothed(frequencies: Tensor, gain: Tensor, width: float) -> Tensor:
    """The root of the mean power over a band of this width around each frequency, cut at the ends."""
    half = round(width / 2 / float(frequencies[1]))
    total = torch.nn.functional.pad(gain.square().cumsum(-1), (1, 0))
    at = torch.arange(gain.shape[-1])
    low, high = (at - half).clamp(min=0), (at + half + 1).clamp(max=gain.shape[-1])
    mean: Tensor = (total[..., high] - total[..., low]) / (high - low)
    return mean.clamp(min=0).sqrt()


def decibels(gain: Tensor) -> Tensor:
    """Relative to the largest of each row."""
    largest = gain.amax(-1, keepdim=True)
    return 20 * (gain / largest.clamp(min=1e-300)).clamp(min=FAINT).log10()


class Passed(NamedTuple):
    """The band around a gain's peak down to `level` dB, and the deepest place between two peaks.

    NaN edges and troughs do not occur: what is not there is None.
    """

    low: float | None
    high: float | None
    trough: float | None
    depth: float | None


def passed(frequencies: Tensor, gain: Tensor, level: float = -6.0) -> Passed:
    """Of one filter; an edge that lies outside 0 Hz to the highest frequency is None."""
    relative = decibels(gain).numpy()
    f = frequencies.numpy()
    peak = int(relative.argmax())
    below = np.flatnonzero(relative[:peak] < level)
    above = np.flatnonzero(relative[peak:] < level)
    low = _between(f, relative - level, int(below[-1])) if len(below) else None
    high = _between(f, relative - level, peak + int(above[0]) - 1) if len(above) else None
    sides = np.minimum(np.maximum.accumulate(relative), np.maximum.accumulate(relative[::-1])[::-1])
    depth = sides - relative
    trough = int(depth.argmax())
    if depth[trough] <= 0:
        return Passed(low, high, None, None)
    return Passed(low, high, float(f[trough]), float(depth[trough]))


def _between(f: np.ndarray, values: np.ndarray, left: int) -> float:
    """Where values change their sign between a place and the next, on a straight line."""
    a, b = values[left], values[left + 1]
    return float(f[left] + (f[left + 1] - f[left]) * (a / (a - b) if a != b else 0.5))


def grouped(gain: Tensor, norm: Tensor) -> Tensor:
    """Which of two groups of like response each filter is in: 0 is led by the strongest.

    The other is led by the filter that is strong and unlike it; a filter and its negative are alike.
    """
    shape = gain.square()
    shape = shape / shape.norm(dim=1, keepdim=True).clamp(min=1e-300)
    first = int(norm.argmax())
    unlike = 1 - shape @ shape[first]
    second = int((norm * unlike).argmax())
    nearer: Tensor = shape @ shape[second] > shape @ shape[first] + SAME
    return nearer.long()


class Crossing(NamedTuple):
    """Where two spectra are equal; `weight` is how much lies between them on its poorer side."""

    frequency: float
    weight: float


def crossings(frequencies: Tensor, one: Tensor, other: Tensor) -> list[Crossing]:
    """Where two positive spectra cross, the weightiest first.

    The weight of a crossing is the smaller of the areas between the logarithms of the spectra, signed,
    from it to either end: a crossing with one spectrum above on all of one side and below on all of
    the other weighs most, a ripple little or less than nothing.
    """
    return changes(frequencies, one.double().log() - other.double().log())


def changes(frequencies: Tensor, difference: Tensor) -> list[Crossing]:
    """Where a difference changes its sign, the weightiest first."""
    f, values = frequencies.double().numpy(), difference.double().numpy()
    step = np.diff(f)
    area = np.concatenate([[0], np.cumsum(step * (values[1:] + values[:-1]) / 2)])
    found = []
    for at in np.flatnonzero(np.sign(values[1:]) * np.sign(values[:-1]) < 0):
        where = _between(f, values, int(at))
        here = area[at] + (where - f[at]) * values[at] / 2
        left, right = here - area[0], here - area[-1]
        weight = min(left, right) if values[at] > 0 else min(-left, -right)
        found.append(Crossing(where, float(weight)))
    return sorted(found, key=lambda crossing: -crossing.weight)


def mean_spectrum(rows: Tensor, rate: float, window: int = 256) -> tuple[Tensor, Tensor]:
    """Frequencies, and Welch's power density of rows [record, time] with each of the same total power."""
    from seisdsl.methods.signal.spectrum import power_density

    power = power_density(rows.double(), window, window // 2, rate).mean(-1)
    power = power / power.sum(1, keepdim=True).clamp(min=1e-300)
    return torch.fft.rfftfreq(window, 1 / rate, dtype=torch.float64), power.mean(0)


def without_band(runs: Tensor, rate: float, low: float, high: float, edge: float) -> Tensor:
    """Runs [run, time] without a band of frequencies; it falls and rises over `edge` outside the band."""
    if not runs.shape[1]:
        return runs
    f = torch.fft.rfftfreq(runs.shape[1], 1 / rate, dtype=torch.float64, device=runs.device)
    away = torch.maximum(low - f, f - high).clamp(0, edge) / edge
    kept = 0.5 - 0.5 * torch.cos(torch.pi * away)
    found: Tensor = torch.fft.irfft(torch.fft.rfft(runs.double()) * kept, runs.shape[1])
    return found


class Drop(NamedTuple):
    """Balanced accuracy, and by how much it is less than another, from `low` to `high` in 95 % of cases."""

    balanced: float
    drop: float
    low: float
    high: float


def drop(before: Tensor, after: Tensor, truth: Tensor, classes: int, draws: int = 1000) -> Drop:
    """Of two answers to the same examples; the interval is from drawing the examples again, class by class."""
    chance = torch.Generator().manual_seed(0)
    first, second, again = [], [], []
    for one in range(classes):
        own = truth == one
        number = int(own.sum())
        if not number:
            continue
        right = torch.stack([before[own] == one, after[own] == one]).double()
        first.append(right[0].mean())
        second.append(right[1].mean())
        lost = right[0] - right[1]
        at = torch.randint(number, (draws, number), generator=chance)
        again.append(lost[at].mean(1))
    balanced = float(torch.stack(second).mean())
    low, high = torch.stack(again).mean(0).quantile(torch.tensor([0.025, 0.975], dtype=torch.float64))
    return Drop(balanced, float(torch.stack(first).mean()) - balanced, float(low), float(high))


class Agreement(NamedTuple):
    """Of two methods on the same examples; `chance` is what independent errors would give."""

    either: int
    same: int
    overlap: float | None
    chance: float | None


def agreement(one: Tensor, other: Tensor, truth: Tensor, classes: int) -> Agreement:
    """How often both give the same wrong label, among the examples that either has wrong.

    By chance: each method draws its label from its own row of the confusion matrix for the true class.
    """
    wrong = (one != truth) | (other != truth)
    same = (one == other) & (one != truth)
    either, both = int(wrong.sum()), int(same.sum())
    if not either:
        return Agreement(0, 0, None, None)
    rows = [_confusion(said, truth, classes) for said in (one, other)]
    number = torch.bincount(truth, minlength=classes).double()
    right = rows[0].diagonal() * rows[1].diagonal()
    alike = (rows[0] * rows[1]).sum(1) - right
    expected = (number * (1 - right)).sum()
    chance = float((number * alike).sum() / expected) if expected > 0 else None
    return Agreement(either, both, both / either, chance)


def _confusion(said: Tensor, truth: Tensor, classes: int) -> Tensor:
    """The share of each label among the examples of each true class."""
    count = torch.bincount(truth * classes + said, minlength=classes**2).view(classes, classes).double()
    return count / count.sum(1, keepdim=True).clamp(min=1)
