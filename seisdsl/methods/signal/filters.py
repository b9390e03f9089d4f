"""Recursive filters as products of small matrices: exact, with no loop over samples.

A cascade of second-order sections is one linear system with a small state. Over a block of
samples its output is one matrix times the block and the state in which the block begins; the
states of successive blocks follow from each other by doubling.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import scipy.signal
import torch
from torch import Tensor

from seisdsl.methods.signal.blocks import passed, runs
from seisdsl.methods.signal.cascade import Sections, block_form

Kind = Literal["bandpass", "lowpass", "highpass"]


@lru_cache(maxsize=64)
def butterworth(kind: Kind, edges: tuple[float, ...], rate: float, corners: int) -> Sections:
    """A Butterworth filter with its half-power points at `edges` (Hz)."""
    edge = edges[0] if len(edges) == 1 else edges
    return _sections(scipy.signal.butter(corners, edge, kind, output="sos", fs=rate))


@lru_cache(maxsize=64)
def anti_alias(factor: int) -> Sections:
    """The lowpass before every `factor`-th sample is taken, as obspy has it.

    Chebyshev of the second kind, 96 dB down from the new Nyquist frequency on. Its passband
    (1 dB) is as wide as order 12 allows.
    """
    stop = passed = 1 / factor
    order = 13
    while order > 12:
        passed *= 0.99
        order, edge = scipy.signal.cheb2ord(passed, stop, 1, 96)
    return _sections(scipy.signal.cheby2(order, 96, edge, output="sos"))


def _sections(sos: Any) -> Sections:
    return tuple(tuple(float(value) for value in row) for row in sos)


def filtered(samples: Tensor, mask: Tensor, sections: Sections, *, zero_phase: bool = False) -> Tensor:
    """Pass every recorded run through the sections from rest: [trace, time].

    With `zero_phase` once more from its end to its start. Computed in double precision.
    """
    recorded = runs(mask)
    given, form = samples.contiguous(), block_form(sections, samples.device)
    if zero_phase:
        given = passed(given, recorded, form, torch.float64)
        form = block_form(sections, samples.device, backward=True)
    return passed(given, recorded, form, samples.dtype)
