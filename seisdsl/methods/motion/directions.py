"""The largest horizontal motion of oscillators in pairs of records, where both components are needed together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from seisdsl.methods.motion.measures import Horizontal, Known, Pair, turned
from seisdsl.methods.motion.peaks import SHORT, Block, Tile, moved, tiles

ROUND = 80  # places in a period at which motion is looked at, or somewhat more
KNOWN = 24  # ends of blocks that say what the motion is in any direction at least


def together(
    pair: Pair,
    periods: Sequence[float],
    damping: float,
    dt: float,
    how: Horizontal,
    precision: torch.dtype = torch.float32,
) -> Tensor:
    """Vector, RotD50 or RotD100 of displacements: [record, oscillator]."""
    both = torch.stack(pair, 1).flatten(0, 1)
    found = both.new_zeros(len(pair[0]), len(periods), dtype=precision)
    for here, tile in tiles(both, periods, damping, dt, precision):
        records = slice(here.start // 2, here.stop // 2)
        for number, oscillator in enumerate(tile.form.numbers):
            found[records, oscillator] = _of_pair(tile, number, how)
    return found


def _of_pair(tile: Tile, number: int, how: Horizontal) -> Tensor:
    bound = tile.bounds[number].view(len(tile.bounds[number]), -1, 2).square().sum(-1)
    blocks, count = bound.shape
    ends = 2 * tile.states[1:, 0, number].reshape(blocks, count, 2)  # [block, record, component]
    radius = ends.square().sum(-1)
    if how == "vector":
        least = radius.amax(0)
    else:
        at = radius.T.topk(min(KNOWN, blocks), dim=1).indices
        known = Known.of(ends.transpose(0, 1).gather(1, at[..., None].expand(-1, -1, 2)))
        least = known.any.square()
    wanted = (bound >= least).T.contiguous().flatten().nonzero()[:, 0]
    record = wanted // blocks  # in order
    at = (wanted - record * blocks) * count + record
    pair = [Block(2 * at + part, 2 * record + part) for part in (0, 1)]
    first, second, record = _far(tile, number, pair, record, least)
    if how == "vector":
        return least.scatter_reduce(0, record, first.square() + second.square(), "amax").sqrt()
    every = turned(first, second, record, known)
    return every.amax(1) if how == "rotd100" else every.quantile(0.5, dim=1)


def _far(
    tile: Tile, number: int, pair: list[Block], record: Tensor, least: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Points of the motion in blocks that are so far from rest, as a square, and the records that they are of."""
    turn = float(tile.form.frequency[number]) * tile.form.dt
    apart, between = _apart(turn)
    weights = tile.form.displacement[number, ::apart]
    given = [tile.given(number, blocks) for blocks in pair]
    first, second = (moved(part, weights) for part in given)
    radius = first.square() + second.square()
    if between == 1:
        row, place = (radius >= least.index_select(0, record)[:, None]).nonzero().T
        return first[row, place], second[row, place], record.index_select(0, row)
    enough = least * math.cos(turn / 2) ** 3
    ahead = torch.maximum(radius[:, :-1], radius[:, 1:]) >= enough.index_select(0, record)[:, None]
    row, place = ahead.nonzero().T
    curve = _curve(between).to(weights)
    speeds = tile.form.velocity[number] * tile.form.dt
    points = []
    for part, here in zip(given, (first, second), strict=True):
        speed = moved(part, speeds)
        known = [one[row, place + by] for by in (0, 1) for one in (here, speed)]
        points.append((torch.stack(known, 1) @ curve).flatten())
    record = record.index_select(0, row).repeat_interleave(between)
    first, second = points
    far = (first.square() + second.square() >= least.index_select(0, record)).nonzero()[:, 0]
    return first.index_select(0, far), second.index_select(0, far), record.index_select(0, far)


def _apart(turn: float) -> tuple[int, int]:
    """Of how many samples one is looked at, and how many places for each, of the angle between samples."""
    often = 2 * math.pi / turn / ROUND
    return (2 ** math.floor(math.log2(min(often, SHORT))), 1) if often >= 1 else (1, math.ceil(1 / often))


def _curve(places: int) -> Tensor:
    """A cubic through displacement and velocity at both ends of a step: [of these, place]."""
    t = torch.arange(places, dtype=torch.float64) / places
    return torch.stack([(1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2, t**2 * (3 - 2 * t), t**2 * (t - 1)])
