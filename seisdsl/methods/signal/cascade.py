"""A cascade of second-order sections as one linear system, over a block of samples at once."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

Sections = tuple[tuple[float, ...], ...]  # b0 b1 b2 a0 a1 a2 of each second-order section
Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

BLOCK = 48  # samples
GONE = 1e-30  # what is left of a state when it can no longer show in a double
MOST_LEAPS = 30


class BlockForm(NamedTuple):
    to_output: Tensor  # a row of a block and the state before it, to the row of the block's output
    to_state: Tensor  # a column of a block, to the column of the state it leaves
    leaps: tuple[Tensor, ...]  # a column of a state, to what is left after 1, 2, 4, ... blocks
    backward: bool  # whether the filter passes from the last sample to the first


@lru_cache(maxsize=64)
def block_form(sections: Sections, device: torch.device, *, backward: bool = False) -> BlockForm:
    step, into, out, through = _cascade(sections)
    size = len(into)
    shown = np.empty((size, BLOCK))  # what a state gives, sample by sample
    left = np.empty((size, BLOCK))  # what a sample leaves at the block's end
    seen, pushed = out, into
    for sample in range(BLOCK):
        shown[:, sample], left[:, BLOCK - 1 - sample] = seen, pushed
        seen, pushed = seen @ step, step @ pushed
    response = np.concatenate([[through], into @ shown[:, :-1]])
    lag = np.arange(BLOCK) - np.arange(BLOCK)[:, None]
    toeplitz = np.where(lag >= 0, response[np.maximum(lag, 0)], 0.0)
    leaps = [np.linalg.matrix_power(step, BLOCK)]
    while abs(leaps[-1]).max() > GONE and len(leaps) < MOST_LEAPS:
        leaps.append(leaps[-1] @ leaps[-1])
    if backward:
        toeplitz, shown, left = toeplitz[::-1, ::-1], shown[:, ::-1], left[:, ::-1]
    to_output, to_state, *rest = (
        torch.from_numpy(np.ascontiguousarray(matrix)).to(device)
        for matrix in (np.vstack([toeplitz, shown]), left, *leaps)
    )
    return BlockForm(to_output, to_state, tuple(rest), backward)


def _cascade(sections: Sections) -> tuple[Array, Array, Array, float]:
    """state' = step state + into x;  y = out state + through x."""
    step, into, out, through = np.zeros((0, 0)), np.zeros(0), np.zeros(0), 1.0
    for section in sections:
        own_step, own_into, own_out, own_through = _section(section)
        above = np.zeros((len(step), 2))
        step = np.block([[step, above], [np.outer(own_into, out), own_step]])
        into = np.concatenate([into, own_into * through])
        out = np.concatenate([own_through * out, own_out])
        through *= own_through
    return step, into, out, through


def _section(section: tuple[float, ...]) -> tuple[Array, Array, Array, float]:
    """One section, its state turned so that a step neither stretches nor shears it.

    The usual state of a section holds large numbers that nearly cancel where the corner is far
    below the Nyquist frequency. The differences are taken exactly, which is why fractions.
    """
    b0, b1, b2, _, a1, a2 = map(Fraction, section)
    middle = -a1 / 2
    spread = a2 - a1 * a1 / 4  # poles at middle ± sqrt(-spread)
    scale = max(abs(float(spread)) ** 0.5, 1 - abs(float(middle)))
    step = np.array([[float(middle), -float(spread) / scale], [scale, float(middle)]])
    first, second = b1 - a1 * b0, b2 - a2 * b0
    out = np.array([float(first), float(second + first * middle) / scale])
    return step, np.array([1.0, 0.0]), out, float(b0)
