"""Where an oscillator moves farthest between samples.

Between two samples the acceleration of the ground is a straight line, so all derivatives of the motion
follow from displacement and velocity.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

ORDER = 7  # of the series in time
HALVINGS, NEWTON = 4, 2  # steps towards a crest


class Beside(NamedTuple):
    """Samples beside which a crest may be."""

    number: Tensor
    record: Tensor
    displacement: Tensor
    velocity: Tensor
    pushed: Tensor  # acceleration of the ground
    next: Tensor  # the same at the sample on the crest's side
    side: Tensor  # 1 where the crest is later, -1 where it is earlier


def beside(
    number: int, given: Tensor, state: Tensor, d: Tensor, place: Tensor, speeds: Tensor, record: Tensor
) -> Beside:
    """Of samples at places of blocks: what the motion in the block follows from, and how it moves there."""
    own = speeds.index_select(0, place)
    v = (given * own[:, :-2]).sum(1) + (state * own[:, -2:]).sum(1)
    side = torch.where(d * v > 0, 1, -1)
    other = (place + side).clamp(0, len(speeds) - 1)  # beyond a block's end its neighbour sees the crest
    pushed, following = (given.gather(1, at[:, None])[:, 0] for at in (place, other))
    return Beside(torch.full_like(place, number), record, d, v, pushed, following, side * (other != place))


def crests(beside: Beside, w: Tensor, damping: float, dt: float) -> Tensor:
    """The displacement where the velocity is zero, by a series in time; `w` in radians per second."""
    forces = [beside.pushed, (beside.next - beside.pushed) * beside.side / dt]
    series = [beside.displacement, beside.velocity]
    for at in range(ORDER - 1):
        free = 2 * damping * w * series[at + 1] + w**2 * series[at]
        series.append(-(forces[at] + free if at < 2 else free))
    series = [part / math.factorial(at) for at, part in enumerate(series)]
    speed = [at * part for at, part in enumerate(series)][1:]
    bend = [at * part for at, part in enumerate(speed)][1:]
    towards = torch.sign(beside.velocity)
    before, after = torch.zeros_like(w), beside.side.to(w) * dt
    for _ in range(HALVINGS):
        middle = (before + after) / 2
        passed = _at(speed, middle) * towards <= 0
        before, after = torch.where(passed, before, middle), torch.where(passed, middle, after)
    time = (before + after) / 2
    for _ in range(NEWTON):
        curve = _at(bend, time)
        time = time - _at(speed, time) / torch.where(curve == 0, 1, curve)
        time = torch.minimum(torch.maximum(time, torch.minimum(before, after)), torch.maximum(before, after))
    return torch.maximum(_at(series, time).abs(), beside.displacement.abs())


def _at(series: list[Tensor], time: Tensor) -> Tensor:
    """What a series in time comes to."""
    found = torch.zeros_like(time)
    for part in reversed(series):
        found = found * time + part
    return found


def at_samples(turn: Tensor) -> Tensor:
    """The part of a crest that the nearest sample reaches, or somewhat less, of the angle between samples."""
    return (turn / 2).cos() ** 1.5
