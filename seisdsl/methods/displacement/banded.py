"""Symmetric systems of five diagonals, many at once, solved without a loop over rows.

Rows are cut into blocks with two separating rows between them. Blocks are solved apart by their dense
inverses, what couples them is a small dense system of the separators: the same on any device.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_INSIDE = 30  # rows of a block between separators


@dataclass(frozen=True)
class Factored:
    """What solves a system for one right side after the other."""

    inside: Tensor  # [system, block, row, row], inverses
    reach: Tensor  # [system, block, row, 4]: what separators do to the rows inside
    separators: Tensor  # [system, 2 * block, 2 * block], inverse
    length: int

    def solve(self, right: Tensor) -> Tensor:
        """[system, row]"""
        count, blocks, size = self.inside.shape[:3]
        padded = torch.nn.functional.pad(right, (0, blocks * (size + 2) - self.length))
        cut = padded.view(count, blocks, size + 2)
        own = (self.inside @ cut[..., :size, None])[..., 0]
        # what is left for the separators: those after this block, then those before it
        heard = (self.reach.transpose(-1, -2) @ cut[..., :size, None])[..., 0]
        side = cut[..., size:] - heard[..., 2:]
        side[:, :-1] -= heard[:, 1:, :2]
        between = (self.separators @ side.reshape(count, -1, 1)).view(count, blocks, 2)
        before = torch.nn.functional.pad(between[:, :-1], (0, 0, 1, 0))
        inner = own - (self.reach @ torch.cat([before, between], -1)[..., None])[..., 0]
        return torch.cat([inner, between], -1).view(count, -1)[:, : self.length]


def factored(main: Tensor, first: Tensor, second: Tensor) -> Factored:
    """Of the main diagonal [system, row] and the two above it, [row - 1] and [row - 2]."""
    count, length = main.shape
    size = min(_INSIDE, max(length, 1))
    blocks = -(-length // (size + 2))
    total = blocks * (size + 2)
    main = torch.nn.functional.pad(main, (0, total - length), value=1.0)
    first = torch.nn.functional.pad(first, (0, total - first.shape[1]))
    second = torch.nn.functional.pad(second, (0, total - second.shape[1]))
    cut = [part.view(count, blocks, size + 2) for part in (main, first, second)]
    inner = torch.diag_embed(cut[0][..., :size])
    for offset in (1, 2):
        beside = torch.diag_embed(cut[offset][..., : size - offset], offset)
        inner = inner + beside + beside.transpose(-1, -2)
    coupling = main.new_zeros(count, blocks, size, 4)  # to the two rows before, and the two after
    coupling[:, 1:, 0, 1] = cut[1][:, :-1, size + 1]
    coupling[:, 1:, 0, 0] = cut[2][:, :-1, size]
    coupling[:, 1:, 1, 1] = cut[2][:, :-1, size + 1]
    coupling[:, :, size - 1, 2] = cut[1][..., size - 1]
    coupling[:, :, size - 1, 3] = cut[2][..., size - 1]
    coupling[:, :, size - 2, 2] = cut[2][..., size - 2]
    inverse = torch.linalg.inv(inner)
    reach = inverse @ coupling
    through = coupling.transpose(-1, -2) @ reach  # [system, block, 4, 4]
    schur = main.new_zeros(count, blocks + 1, 2, blocks + 1, 2)  # separators, with those before the first
    block = torch.arange(blocks, device=main.device)
    for i in range(4):
        for j in range(4):
            schur[:, block + i // 2, i % 2, block + j // 2, j % 2] -= through[:, :, i, j]
    at = block + 1
    for row in range(2):
        schur[:, at, row, at, row] += cut[0][..., size + row]
    for row, other in ((0, 1), (1, 0)):
        schur[:, at, row, at, other] += cut[1][..., size]
    own = schur[:, 1:, :, 1:].reshape(count, 2 * blocks, 2 * blocks)
    return Factored(inverse, reach, torch.linalg.inv(own), length)
