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
AT_ONCE = 2**15  # blocks at once, which the cache holds; a GPU takes more
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
    length = samples.shape[1]
    size = short // BLOCKS[method]
    if size < FEWEST or length < long:
        return runs(mask.new_ones(int(group[-1]) + 1, length))
    found = []
    at_once = AT_ONCE if samples.device.type == "cpu" else 2**8 * AT_ONCE
    many = max(1, at_once * size // length)
    for first in range(0, int(group[-1]) + 1, many):
        low, high = torch.searchsorted(group, group.new_tensor([first, first + many])).tolist()
        part = samples[low:high], mask[low:high], group[low:high] - first
        bound = _bound(*part, size, short, long, method)
        near = _lasting(~(bound < on), -(-long // size) + 1)
        found.append(runs(near & ~(bound < off)) * group.new_tensor([1, size, size]))
        found[-1][:, 0] += first
    return torch.cat(found).clamp_(max=group.new_tensor([len(group), length, length]))


def _lasting(found: Tensor, long: int) -> Tensor:
    """What is true of [group, block], and so many blocks after each."""
    if not found.any():
        return found
    before = torch.nn.functional.pad(found.cumsum(-1, dtype=torch.int32), (long + 1, 0))
    return before[:, long + 1 :] > before[:, : -long - 1]


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
        energy[:, 0] = 0  # that of the first sample does not count
        below = _faded(energy, long, size) * (1 - 1 / long) ** (2 * size)
        left = (1 - 1 / long) ** (size * remembered)
        below = _before((1 - SLACK) * below - left * _before(below, remembered))
    bound = above.mul_(1 + SLACK) / below.masked_fill_(below <= QUIETEST, 0)
    if not complete(mask):
        steady, empty = _recorded(mask, group, size, remembered + 1)
        bound.masked_fill_(~steady, torch.inf).masked_fill_(empty, 0)
    bound[:, : (long - 1) // size] = 0  # too early for a ratio
    return bound


def _recorded(mask: Tensor, group: Tensor, size: int, remembered: int) -> tuple[Tensor, Tensor]:
    """Whether all traces of a group were recorded in so many blocks up to each, and whether none was in it."""
    recorded = _by_block(mask.float(), size).square()
    used = recorded.any(-1, keepdim=True)
    size_of = recorded.new_full((recorded.shape[1],), size)
    size_of[-1] -= -mask.shape[1] % size
    lacking = together((used & (recorded < size_of - 0.5)).float(), group)
    return moving_sum(lacking, remembered) == 0, together(recorded, group) == 0


def _by_block(values: Tensor, size: int) -> Tensor:
    """Root of the energy of each block of [trace, time]; the last one may be shorter."""
    many = values.shape[1] // size
    blocks = values[:, : many * size].reshape(len(values), many, size)
    whole: Tensor = torch.linalg.vector_norm(blocks, dim=-1)
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
