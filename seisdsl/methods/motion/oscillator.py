"""The response of damped oscillators to ground acceleration, exactly.

Between two samples the acceleration is a straight line, so the state of an oscillator, displacement
and velocity, follows from the one before by two small matrices (Nigam and Jennings 1969). Over a block
of samples it is one matrix times the block and the state in which the block begins; from block to block
the state, written as one complex number, is multiplied by another. So the recursion is exact, and what
is done one after the other are blocks of all records and oscillators together, not samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

BLOCK = 32  # samples
TILE = 2**20  # states between blocks at once, which the cache of a processor about holds
LARGE = 2**26  # on a GPU


class Form(NamedTuple):
    """For each oscillator: what a block makes of the complex state before it, and of its samples.

    The complex state is half the displacement and what the velocity says beside it, so that a free
    oscillation turns it and makes it smaller.
    """

    turn: Tensor  # [oscillator]: of the complex state, over a block
    pushed: Tensor  # [oscillator, real or imaginary, sample]: of the samples, into the state at the end
    out: Tensor  # [oscillator, displacement or velocity, sample of the state, sample, then the state before]


def steps(periods: Tensor, damping: float, dt: float) -> tuple[Tensor, Tensor, Tensor]:
    """What takes a state [displacement, velocity] one sample on: of itself, of the acceleration then and next."""
    w = 2 * math.pi / periods.double()
    system = w.new_zeros(len(w), 4, 4)
    system[:, 0, 1] = dt
    system[:, 1, 0], system[:, 1, 1], system[:, 1, 2] = -(w**2) * dt, -2 * damping * w * dt, -dt
    system[:, 2, 3] = 1.0
    through = torch.linalg.matrix_exp(system)
    slope = through[:, :2, 3]
    return through[:, :2, :2], through[:, :2, 2] - slope, slope


def block_form(periods: Tensor, damping: float, dt: float) -> Form:
    a, before, after = steps(periods, damping, dt)
    powers = [torch.eye(2, dtype=a.dtype, device=a.device).expand_as(a)]
    for _ in range(BLOCK):
        powers.append(a @ powers[-1])
    of_before = torch.stack([(p @ before[:, :, None])[..., 0] for p in powers], -1)  # [oscillator, 2, power]
    of_after = torch.stack([(p @ after[:, :, None])[..., 0] for p in powers], -1)
    samples = a.new_zeros(len(a), 2, BLOCK, BLOCK + 1)
    for at in range(BLOCK):  # the state after sample `at + 1`, of the samples up to it
        samples[:, :, at, : at + 1] += of_before[..., : at + 1].flip(-1)
        samples[:, :, at, 1 : at + 2] += of_after[..., : at + 1].flip(-1)
    w = 2 * math.pi / periods.double()
    real, imaginary = -damping * w, w * math.sqrt(1 - damping**2)
    zero = torch.zeros_like(w)
    to_motion = torch.stack([2 + zero, zero, 2 * real, -2 * imaginary], -1).view(-1, 2, 2)
    ends = torch.linalg.solve(to_motion, samples[:, :, -1])
    states = torch.einsum("oaij,ojk->oiak", torch.stack(powers[1:], 1), to_motion)
    turn = (torch.complex(real, imaginary) * BLOCK * dt).exp()
    return Form(turn, ends, torch.cat([samples, states], -1))


def displacements(
    acceleration: Tensor,
    periods: Sequence[float],
    damping: float,
    dt: float,
    precision: torch.dtype = torch.float32,
) -> Tensor:
    """The largest displacement of each oscillator: [record, oscillator], of [record, sample].

    Behind the record the ground is at rest until the block ends.

    A block is only looked into where it may hold the largest: its samples can move an oscillator so
    far and no farther from the free oscillation that it is in.
    """
    form, weights = _forms(acceleration, periods, damping, dt, precision, 0)
    peaks = acceleration.new_zeros(len(acceleration), len(periods), dtype=precision)
    reach = weights[..., : BLOCK + 1].abs().sum(-1).amax(-1)  # [oscillator], for an acceleration of 1
    for here, rows, states in _tiles(acceleration, form, precision):
        number = rows.shape[1]
        flat = rows.flatten(0, 1)
        loudest = torch.maximum(rows.amax(-1), -rows.amin(-1))
        ends = 2 * states[..., 0].abs().amax(-1)  # [oscillator, record]
        free = 2 * torch.view_as_complex(states).abs()
        free = torch.nn.functional.pad(free[..., :-1], (1, 0))
        farthest = torch.addcmul(free, reach[:, None, None], loudest)
        doubtful = farthest > ends[..., None]
        before = torch.nn.functional.pad(states[..., :-1, :], (0, 0, 1, 0)).flatten(1, 2)
        for oscillator, own in enumerate(doubtful.flatten(1)):
            blocks = own.nonzero()[:, 0]
            moved = flat[blocks] @ weights[oscillator, :, : BLOCK + 1].T
            moved.addmm_(before[oscillator, blocks], weights[oscillator, :, BLOCK + 1 :].T)
            most = torch.maximum(moved.amax(1), -moved.amin(1))
            found = ends[oscillator].clone()
            found.scatter_reduce_(0, blocks // number, most, "amax")
            peaks[here, oscillator] = found
    return peaks


def responses(
    acceleration: Tensor,
    periods: Sequence[float],
    damping: float,
    dt: float,
    *,
    velocity: bool = False,
    precision: torch.dtype = torch.float32,
) -> Iterator[tuple[slice, int, Tensor]]:
    """Displacement, or velocity, of oscillators that are at rest when [record, sample] begins.

    A tile of records at a time: the records, the number of the oscillator, and [record, sample] from
    the second sample on.
    """
    form, weights = _forms(acceleration, periods, damping, dt, precision, int(velocity))
    for here, rows, states in _tiles(acceleration, form, precision):
        before = torch.nn.functional.pad(states[..., :-1, :], (0, 0, 1, 0))
        for oscillator, weight in enumerate(weights):
            out = torch.cat([rows, before[oscillator]], -1) @ weight.T
            yield here, oscillator, out.flatten(1)[:, : acceleration.shape[1] - 1]


def _forms(
    acceleration: Tensor, periods: Sequence[float], damping: float, dt: float, precision: torch.dtype, of: int
) -> tuple[Form, Tensor]:
    own = torch.tensor(list(periods), dtype=torch.float64, device=acceleration.device)
    form = block_form(own, damping, dt)
    return form, form.out[:, of].to(precision)


def _tiles(
    acceleration: Tensor, form: Form, precision: torch.dtype
) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Some records in blocks [record, block, sample], and the complex states at the blocks' ends.

    The states are [oscillator, record, block, real or imaginary].
    """
    count, length = acceleration.shape
    number = -(-max(length - 1, 1) // BLOCK)
    most = LARGE if acceleration.device.type == "cuda" else TILE
    tile = max(1, most // (number * len(form.turn)))
    weights = form.pushed.flatten(0, 1).T.to(precision)
    for at in range(0, count, tile):
        own = acceleration[at : at + tile].to(precision)
        own = torch.nn.functional.pad(own, (0, number * BLOCK + 1 - length))
        rows = own.unfold(-1, BLOCK + 1, BLOCK).contiguous()
        pushed = (
            (rows.transpose(0, 1).reshape(-1, BLOCK + 1) @ weights).view(number, len(own), -1, 2).double()
        )
        state = torch.view_as_complex(pushed)
        for block in range(1, number):
            state[block].addcmul_(form.turn, state[block - 1])
        yield slice(at, at + len(own)), rows, pushed.to(precision).permute(2, 1, 0, 3).contiguous()
