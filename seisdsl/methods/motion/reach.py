"""How far an oscillator can move within a block, of what is known at the block's ends.

In each half of a block the oscillator is not far from the free oscillation that it is in at the nearer
end: the samples between can move it by their length and that of what they are weighted with, and no farther.
Of a record in which quick motion is strong and a slow oscillator that hardly feels it this says little, so
samples are first split into the part that oscillators of about this period feel, and the rest.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

RANKS = (2, 3, 4, 6, 8)  # of the part that is felt
WIDEST = math.pi / 3 + 1e-6  # of the turn in half a block, up to which its phase says where the oscillator is
AT_ONCE = 2**17  # states that are looked at together


class Reach(NamedTuple):
    """Of some oscillators in a block."""

    forth: tuple[Tensor, Tensor]  # [oscillator]: how far the felt part and the rest of the first half move it
    back: tuple[Tensor, Tensor]  # the same of the second half, seen from the end
    felt: tuple[Tensor, Tensor]  # [rank, sample] for both halves
    grows: Tensor  # [oscillator]: a free oscillation from the end to the middle
    arcs: tuple[tuple[Tensor, Tensor], ...]  # of real and imaginary part of the state, forth and back


def reach_of(forced: Tensor, free: Tensor, precision: torch.dtype) -> Reach:
    """Of what `pushes` gives."""
    half = (free.shape[1] - 1) // 2
    first = 2 * forced[:, : half + 1, : half + 1].real
    returns = free[:, half:] / free[:, -1:]
    second = 2 * (forced[:, half:] - returns[..., None] * forced[:, -1:])[..., half:].real
    forth, one = _split(first)
    back, other = _split(second)
    angle = free[:, half].angle()
    arcs: list[tuple[Tensor, Tensor]] = []
    if float((free[:, 1].angle() * half).max()) <= WIDEST:
        for part, enlarged in (
            (0.5, 1 / (angle / 2).cos()),
            (1.0, 1.0),
            (-0.5, 1 / (angle / 2).cos()),
            (-1.0, 1.0),
        ):
            arcs.append((2 * (angle * part).cos() * enlarged, -2 * (angle * part).sin() * enlarged))

    def ready(parts: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        one, other = (part.to(precision) for part in parts)
        return one, other

    grows = returns[:, 0].abs().to(precision)
    return Reach(ready(forth), ready(back), ready((one, other)), grows, tuple(ready(arc) for arc in arcs))


def _split(kernels: Tensor) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """The length of kernels [oscillator, place, sample] within the samples' felt part, and beside it."""
    alike = kernels / kernels.flatten(1).norm(dim=-1)[:, None, None]
    basis = torch.linalg.svd(alike.flatten(0, 1), full_matrices=False).Vh
    whole = kernels.square().sum(-1)
    found = []
    for rank in RANKS:
        within = (kernels @ basis[:rank].T).square().sum(-1)
        beside = (whole - within).clamp(min=0).amax(-1).sqrt()
        within = within.amax(-1).sqrt()
        noise = within * math.sqrt(rank) + beside * math.sqrt(max(kernels.shape[-1] - rank, 0))
        found.append((float((noise / whole.amax(-1).sqrt()).mean()), rank, (within, beside)))
    _, rank, lengths = min(found, key=lambda one: one[0])
    return lengths, basis[:rank]


def energies(samples: Tensor, block: int) -> Tensor:
    """The sum of squares in both halves of blocks, edges included: [block, half, record] of [sample, record]."""
    half, count = block // 2, samples.shape[1]
    number = (len(samples) - 1) // block
    square = samples.square()
    return square[:-1].view(number, 2, half, count).sum(2) + square[half::half].view(number, 2, count)


def loudness(samples: Tensor, energy: Tensor, felt: tuple[Tensor, Tensor]) -> list[tuple[Tensor, Tensor]]:
    """The length of both halves' felt part and rest: [block, record] of [sample, record] and its energies."""
    number, _, count = energy.shape
    half = (len(samples) - 1) // number // 2
    found = []
    for part, basis in enumerate(felt):
        own = samples[part * half :].as_strided(
            (number, half + 1, count),
            (2 * half * count, count, 1),
            samples.storage_offset() + part * half * count,
        )
        within = (basis @ own).square_().sum(1)
        found.append((within.sqrt(), (energy[:, part] - within).clamp_(min=0).sqrt_()))
    return found


def bounds(states: Tensor, loud: list[tuple[Tensor, Tensor]], reach: Reach, into: Tensor) -> Tensor:
    """The farthest that an oscillator can be from rest in a block: [oscillator, block, record].

    A free oscillation goes along an arc, which lies within its ends and where the tangents meet there.
    """
    number, _, some, count = states.shape
    most = max(1, AT_ONCE // (some * count))
    forth, back, grows, arcs = (
        [part[:, None, None] for part in parts]
        for parts in (reach.forth, reach.back, (reach.grows,), [p for arc in reach.arcs for p in arc])
    )
    for at in range(0, number - 1, most):
        upto = min(at + most, number - 1)
        real, imaginary = states[at : upto + 1].permute(1, 2, 0, 3)
        if arcs:
            now = real.abs().mul_(2)
            ahead, farther, behind, long_behind = (
                torch.mul(real, arcs[2 * n]).addcmul_(imaginary, arcs[2 * n + 1]).abs_() for n in range(4)
            )
            left = torch.maximum(torch.maximum(ahead, farther, out=ahead), now, out=ahead)[:, :-1]
            right = torch.maximum(torch.maximum(behind, long_behind, out=behind), now, out=behind)[:, 1:]
        else:
            size = real.square().addcmul_(imaginary, imaginary).sqrt_().mul_(2)
            left, right = size[:, :-1], size[:, 1:].clone()
        own = into[:, at:upto]
        torch.addcmul(left, forth[0], loud[0][0][at:upto], out=own).addcmul_(forth[1], loud[0][1][at:upto])
        right.mul_(grows[0]).addcmul_(back[0], loud[1][0][at:upto]).addcmul_(back[1], loud[1][1][at:upto])
        torch.maximum(own, right, out=own)
    return into
