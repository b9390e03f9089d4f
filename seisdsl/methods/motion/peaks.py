"""The largest motion of oscillators, by looking only into those blocks of a record that may hold it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seisdsl.methods.motion.crests import Beside, at_samples, beside, crests
from seisdsl.methods.motion.oscillator import GROUP, in_blocks, in_tiles, motion, pushes, roots, states
from seisdsl.methods.motion.reach import Reach, bounds, energies, loudness, reach_of

SHORT, LONG = 32, 64  # samples of a block
LONG_FROM = 192  # samples of a period


class Form(NamedTuple):
    """Some oscillators, and what a block makes of them."""

    numbers: list[int]
    block: int
    ends: Tensor  # [oscillator, sample]: what a block's samples push the state by
    turn: Tensor  # [oscillator]: what the block makes of the state before it
    reach: Reach
    displacement: Tensor  # [oscillator, place, sample and state]: at the samples of a block
    velocity: Tensor
    damping: float
    frequency: Tensor  # [oscillator], in radians per second
    dt: float


class Block(NamedTuple):
    """Blocks of records at an oscillator: which they are, as place * records + record."""

    at: Tensor
    record: Tensor


class Tile:
    """Some records at some oscillators."""

    def __init__(self, form: Form, samples: Tensor, rows: Tensor, energy: Tensor, room: Room) -> None:
        some, count = len(form.numbers), samples.shape[1]
        number = (len(samples) - 1) // form.block
        self.form, self.rows = form, rows
        self.states = states(
            samples, form.ends, form.turn, form.block, room.taken("states", number + 1, 2, some, count)
        )
        loud = loudness(samples, energy, form.reach.felt)
        self.bounds = bounds(self.states, loud, form.reach, room.taken("bounds", some, number, count))

    def blocks(self, wanted: Tensor) -> Block:
        """Those of [block, record] that are wanted."""
        at = wanted.flatten().nonzero()[:, 0]
        return Block(at, at % wanted.shape[1])

    def given(self, number: int, blocks: Block) -> tuple[Tensor, Tensor]:
        """What the motion in blocks follows from: samples, and state before them."""
        some, count = self.states.shape[2:]
        state = (blocks.at - blocks.record) * (2 * some) + blocks.record + number * count
        flat = self.states.flatten()
        both = torch.stack([flat.index_select(0, state), flat[some * count :].index_select(0, state)], 1)
        return self.rows.index_select(0, blocks.at), both


class Room:
    """Memory that is used again."""

    def __init__(self, like: Tensor) -> None:
        self.like = like
        self.held: dict[str, Tensor] = {}

    def taken(self, name: str, *shape: int) -> Tensor:
        size = math.prod(shape)
        if name not in self.held or len(self.held[name]) < size:
            self.held[name] = self.like.new_empty(size)
        return self.held[name][:size].view(shape)


def displacements(
    acceleration: Tensor,
    periods: Sequence[float],
    damping: float,
    dt: float,
    precision: torch.dtype = torch.float32,
) -> Tensor:
    """The largest displacement of each oscillator, between samples too: [record, oscillator], of [record, sample].

    Behind the record the ground is at rest until its last block ends.
    """
    peaks = acceleration.new_zeros(len(acceleration), len(periods), dtype=precision)
    for here, tile in tiles(acceleration, periods, damping, dt, precision):
        peaks[here, tile.form.numbers] = _largest(tile)
    return peaks


def tiles(
    acceleration: Tensor, periods: Sequence[float], damping: float, dt: float, precision: torch.dtype
) -> Iterator[tuple[slice, Tile]]:
    forms = _forms(
        torch.tensor(list(periods), dtype=torch.float64, device=acceleration.device), damping, dt, precision
    )
    room = Room(acceleration.new_empty(0, dtype=precision))
    for here, samples in in_tiles(acceleration, LONG, precision):
        lengths = {form.block for form in forms}
        rows = {length: in_blocks(samples, length).transpose(1, 2).flatten(0, 1) for length in lengths}
        energy = {length: energies(samples, length) for length in lengths}
        for form in forms:
            yield here, Tile(form, samples, rows[form.block], energy[form.block], room)


def _forms(periods: Tensor, damping: float, dt: float, precision: torch.dtype) -> list[Form]:
    edges = (0.0, LONG_FROM / 2, float(LONG_FROM), math.inf)  # of the first the phase is not told
    forms = []
    for low, high, block in zip(edges[:-1], edges[1:], (SHORT, SHORT, LONG), strict=True):
        numbers = ((periods >= low * dt) & (periods < high * dt)).nonzero()[:, 0].tolist()
        for at in range(0, len(numbers), GROUP):
            own = numbers[at : at + GROUP]
            forms.append(_form(own, periods[own], damping, dt, block, precision))
    return forms


def _form(
    numbers: list[int], periods: Tensor, damping: float, dt: float, block: int, precision: torch.dtype
) -> Form:
    forced, free = pushes(periods, damping, dt, block)
    displacement, velocity = (
        motion(forced, free, of).to(precision) for of in (None, roots(periods, damping))
    )
    reach = reach_of(forced, free, precision)
    w = (2 * math.pi / periods).to(precision)
    return Form(numbers, block, forced[:, -1], free[:, -1], reach, displacement, velocity, damping, w, dt)


def _largest(tile: Tile) -> Tensor:
    """Of each oscillator in each record: [record, oscillator]."""
    form = tile.form
    found = tile.bounds.new_zeros(len(form.numbers), tile.bounds.shape[2])
    near_crests = []
    least = at_samples(form.frequency * form.dt)
    for number, (weights, speeds) in enumerate(zip(form.displacement, form.velocity, strict=True)):
        bound, own = tile.bounds[number], found[number]
        blocks = tile.blocks(bound >= bound.amax(0))
        _raise(own, blocks.record, moved(tile.given(number, blocks), weights).abs_().amax(1))
        blocks = tile.blocks(bound > own)
        given = tile.given(number, blocks)
        here = moved(given, weights)
        size = here.abs()
        most = size.amax(1)
        _raise(own, blocks.record, most)
        enough = (own * least[number]).index_select(0, blocks.record)
        near = (most >= enough).nonzero()[:, 0]
        row, place = (size.index_select(0, near) >= enough.index_select(0, near)[:, None]).nonzero().T
        row = near.index_select(0, row)
        samples, state = (part.index_select(0, row) for part in given)
        d, record = here[row, place], blocks.record.index_select(0, row)
        near_crests.append(beside(number, samples, state, d, place, speeds, record))
    every = Beside(*(torch.cat(parts) for parts in zip(*near_crests, strict=True)))
    crest = crests(every, form.frequency[every.number], form.damping, form.dt)
    _raise(found.flatten(), every.number * found.shape[1] + every.record, crest)
    return found.T


def _raise(found: Tensor, record: Tensor, by: Tensor) -> None:
    found.scatter_reduce_(0, record, by, "amax")


def moved(given: tuple[Tensor, Tensor], weights: Tensor) -> Tensor:
    samples, state = given
    return (samples @ weights[:, :-2].T).addmm_(state, weights[:, -2:].T)
