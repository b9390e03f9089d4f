"""Where the ratio of short-term to long-term energy may reach a threshold, told from the energy of blocks.

Most of a record is far from any trigger. A few sums over blocks of samples bound the ratio from above,
so that only what is left in doubt need be worked out sample by sample.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.masks import complete
from seisdsl.methods.pick.runs import runs
from seisdsl.methods.pick.stalta import Method, leaky_mean, moving_sum, together

BLOCKS = {"classic": 4, "recursive": 8}  # in the short window, at the least
FEWEST = 4  # samples of a block: with fewer, the bounds cost as much as the ratio
REMEMBERED = 3  # long windows that bound a mean that fades, from below
SLACK = 1e-4  # more than single precision loses
QUIETEST = 1e-30  # the squares of smaller samples may vanish in single precision


def doubtful(
    samples: Tensor,
    mask: Tensor,
    group: Tensor,
    short: int,
    long: int,
    method: Method,
    on: float,
    off: float,
) -> Tensor:
    """Runs of [group, time] outside of which no trigger of at most `long` samples begins or lasts.

    Groups are numbered in order, and all their traces lie side by side.
    """
    groups, length = int(group[-1]) + 1, samples.shape[1]
    size = short // BLOCKS[method]
    if size < FEWEST or length < long:
        return runs(torch.ones(groups, length, dtype=torch.bool, device=samples.device))
    bound = _bound(samples, mask, group, size, short, long, method)
    loud = ~(bound < on)
    reach = -(-long // size) + 1
    before = torch.nn.functional.pad(loud.cumsum(-1, dtype=torch.int32), (reach, 0))
    near = loud | (before[:, reach:] > before[:, :-reach])
    found = runs(near & ~(bound < off))
    found[:, 1:] *= size
    return found.clamp_(max=torch.tensor([groups, length, length], device=found.device))


def _bound(
    samples: Tensor, mask: Tensor, group: Tensor, size: int, short: int, long: int, method: Method
) -> Tensor:
    """What the ratio does not exceed in each block, [group, block]; without bound where a gap is too near."""
    energy = together(_by_block(samples, size).double().square_(), group)
    if method == "classic":
        above = moving_sum(energy, -(-(short - 1) // size) + 1) / short
        remembered = long // size
        below = moving_sum(energy, remembered) / long
    else:
        remembered = REMEMBERED * -(-long // size)
        above = _before(_faded(energy, short, size)) + energy / short
        below = _faded(energy, long, size) * (1 - 1 / long) ** (2 * size)
        left = (1 - 1 / long) ** (size * remembered)
        below = _before((1 - SLACK) * below - left * _before(below, remembered))
    bound = above * (1 + SLACK) / below.masked_fill(below <= QUIETEST, 0)
    steady, empty = _recorded(mask, group, size, remembered + 1)
    return bound.masked_fill_(~steady, torch.inf).masked_fill_(empty, 0)


def _recorded(mask: Tensor, group: Tensor, size: int, remembered: int) -> tuple[Tensor, Tensor]:
    """Whether all traces of a group were recorded in so many blocks up to each, and whether none was in it."""
    blocks = -(-mask.shape[1] // size)
    if complete(mask):
        lacking = mask.new_zeros(int(group[-1]) + 1, blocks, dtype=torch.float32)
        empty = torch.zeros_like(lacking, dtype=torch.bool)
    else:
        recorded = _by_block(mask.float(), size)
        used = recorded.any(-1, keepdim=True)
        whole = recorded.square() > size - 0.5
        whole[:, -1] = mask[:, (blocks - 1) * size :].all(-1)
        lacking = together((used & ~whole).float(), group)
        empty = together(recorded, group) == 0
    lacking[:, 0] += 1  # what came before is not known
    return moving_sum(lacking, remembered) == 0, empty


def _by_block(values: Tensor, size: int) -> Tensor:
    """Root of the energy of each block of [trace, time]; the last one may be shorter."""
    many = values.shape[1] // size
    whole = torch.linalg.vector_norm(values[:, : many * size].unflatten(1, (many, size)), dim=-1)
    if many * size == values.shape[1]:
        return whole
    rest = torch.linalg.vector_norm(values[:, many * size :], dim=-1, keepdim=True)
    return torch.cat([whole, rest], 1)


def _faded(energy: Tensor, length: int, size: int) -> Tensor:
    """Energies that fade as a mean over `length` samples does, as if each were the last of its block."""
    fading = (1 - 1 / length) ** size
    return leaky_mean(energy, 1 / (1 - fading)) / ((1 - fading) * length)


def _before(values: Tensor, by: int = 1) -> Tensor:
    return torch.nn.functional.pad(values, (by, 0))[:, : values.shape[1]]
