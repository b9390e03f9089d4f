"""The response of damped oscillators to ground acceleration, exactly.

Between two samples the acceleration is a straight line, so the state of an oscillator, displacement
and velocity, follows from the one before by two small matrices (Nigam and Jennings 1969). The state is
written as one complex number q, whose real part is half the displacement: a free oscillation turns it and
makes it smaller. Over a block of samples it is turned and pushed, so the recursion is exact, and what is
done one after the other are blocks of all records and oscillators together, not samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

BLOCK = 32  # samples
TILE = 3 * 2**20  # samples of records at once
LARGE = 2**26  # on a GPU
GROUP = 64  # oscillators that are followed together


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


def roots(periods: Tensor, damping: float) -> Tensor:
    """By whose exponential the complex state changes with time: [oscillator], per second."""
    w = 2 * math.pi / periods.double()
    return torch.complex(-damping * w, w * math.sqrt(1 - damping**2))


def pushes(periods: Tensor, damping: float, dt: float, block: int, times: int = 1) -> tuple[Tensor, Tensor]:
    """The complex state within a block, `times` for each sample: of its samples, and of the state before.

    [oscillator, place, sample] and [oscillator, place], from the first sample to the last.
    """
    root, step = roots(periods, damping), dt / times
    _, *forces = steps(periods, damping, step)
    then, following = (
        torch.complex(d / 2, (root.real * d - v) / (2 * root.imag)) for d, v in (f.unbind(-1) for f in forces)
    )
    at = torch.arange(block * times + 1, device=root.device)
    free = (root[:, None] * at * step).exp()
    ago = at[:, None] - at
    force = torch.where(ago > 0, free[:, (ago - 1).clamp(min=0)] * then[:, None, None], 0)
    force += torch.where((ago >= 0) & (at > 0), free[:, ago.clamp(min=0)] * following[:, None, None], 0)
    sample = torch.arange(block + 1, dtype=torch.float64, device=root.device)
    line = (1 - (at[:, None] / times - sample).abs()).clamp(min=0)
    return force @ line.to(force.dtype), free


def motion(forced: Tensor, free: Tensor, root: Tensor | None = None) -> Tensor:
    """Displacement within a block of what `pushes` gives, or with the roots the velocity.

    [oscillator, place, sample, then both parts of the state].
    """
    whole = 2 * torch.cat([forced, free[..., None], 1j * free[..., None]], -1)
    return whole.real if root is None else (whole * root[:, None, None]).real


def in_tiles(acceleration: Tensor, block: int, precision: torch.dtype) -> Iterator[tuple[slice, Tensor]]:
    """Some records [sample, record] at a time, with rest behind them so that blocks fit."""
    count, length = acceleration.shape
    number = -(-max(length - 1, 1) // block)
    most = LARGE if acceleration.device.type == "cuda" else TILE
    tile = max(2, most // (number * block) // 2 * 2)  # pairs stay together
    for at in range(0, count, tile):
        own = acceleration[at : at + tile].to(precision)
        own = torch.nn.functional.pad(own, (0, number * block + 1 - length))
        yield slice(at, at + len(own)), own.T.contiguous()


def in_blocks(samples: Tensor, block: int) -> Tensor:
    """[block, sample, record] of [sample, record]; the last sample of one is the first of the next."""
    count = samples.shape[1]
    number = (len(samples) - 1) // block
    return samples.as_strided((number, block + 1, count), (block * count, count, 1))


def states(samples: Tensor, ends: Tensor, turn: Tensor, block: int, into: Tensor | None = None) -> Tensor:
    """The states between blocks, from rest: [place, real or imaginary, oscillator, record].

    `ends` is what samples push the state by the end of a block, `turn` what the block makes of a state.
    """
    number, some, count = (len(samples) - 1) // block, len(turn), samples.shape[1]
    found = samples.new_empty(number + 1, 2, some, count) if into is None else into
    found[0] = 0
    weights = torch.cat([ends.real, ends.imag]).to(samples.dtype)
    for own, out in zip(in_blocks(samples, block), found[1:].view(number, 2 * some, count), strict=True):
        torch.mm(weights, own, out=out)
    cos, sin = (part.to(samples.dtype)[:, None] for part in (turn.real, turn.imag))
    back = -sin
    real, imaginary = found[:, 0].unbind(), found[:, 1].unbind()
    for at in range(number):
        real[at + 1].addcmul_(real[at], cos).addcmul_(imaginary[at], back)
        imaginary[at + 1].addcmul_(imaginary[at], cos).addcmul_(real[at], sin)
    return found


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

    A tile of records at a time: the records, the number of the oscillator, and [block, sample, record] from
    the second sample of the records on, with rest behind them.
    """
    own = torch.tensor(list(periods), dtype=torch.float64, device=acceleration.device)
    forced, free = pushes(own, damping, dt, BLOCK)
    of = roots(own, damping) if velocity else None
    weights = motion(forced[:, 1:], free[:, 1:], of).to(precision)
    for here, samples in in_tiles(acceleration, BLOCK, precision):
        between = states(samples.double(), forced[:, -1], free[:, -1], BLOCK).to(precision)
        for number, weight in enumerate(weights):
            out = weight[:, :-2] @ in_blocks(samples, BLOCK)
            yield here, number, out.baddbmm_(weight[:, -2:].expand(len(out), -1, -1), between[:-1, :, number])
