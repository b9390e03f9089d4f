"""The analytic signal: what a record is beside itself turned by a quarter of a period."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from seisdsl.methods.signal.convolution import convolved

BETA = 10.06  # of the Kaiser window, for 100 dB
PERIODS = 2  # of the lowest frequency to either side, which 100 dB need


def quarter_turned(samples: Tensor, runs: Tensor, reach: int) -> Tensor:
    """Every run with each of its frequencies a quarter of a period later: [trace, time], in double precision.

    By a filter of `reach` samples to either side, whose gain is one but for frequencies below
    `PERIODS / reach` (in samples), and as near to the Nyquist frequency. Beyond its ends a run is zero.
    """
    kernel = _kernel(reach).to(samples.device)[None]
    rows = torch.nn.functional.pad(runs, (0, 1))
    return convolved(samples, rows, kernel, kernel.new_zeros(len(runs), 2))


@lru_cache(maxsize=16)
def _kernel(reach: int) -> Tensor:
    """Hilbert's, 1 / (pi t) for all frequencies up to the Nyquist frequency, under a Kaiser window."""
    time = torch.arange(-reach, reach + 1, dtype=torch.float64)
    ideal = torch.where(time % 2 == 1, 2 / (torch.pi * time), 0.0)
    window = torch.special.i0(BETA * (1 - (time / reach).square()).clamp(min=0).sqrt())
    kernel: Tensor = ideal * window / window.max()
    return kernel
