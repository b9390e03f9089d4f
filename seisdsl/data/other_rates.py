"""Rows at another sampling rate brought onto the grid, as the operator `resample` does it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from seisdsl.data.grid import Grid
from seisdsl.data.rows import Row, runs
from seisdsl.data.waves import NS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def reach(own: float, rate: float) -> float:
    """Seconds of record to either side that a resampled sample comes from."""
    from seisdsl.methods.signal.resampling import SIDE

    return (SIDE + 2) / min(own, rate)


def other_rate(row: Row, own: Grid, grid: Grid, first: int, last: int) -> tuple[int, Array, Array]:
    """Samples and mask of a row on a grid of its own at the times of another, with the first one's number.

    None before the number `first`, and none from `last` on.
    """
    import numpy as np
    import torch

    from seisdsl.methods.signal.resampling import resampled_runs

    ratio = own.exact / grid.exact
    first = max(first, math.ceil(row.first / ratio))
    count = max(0, last - first)
    if not row.mask.any():
        return first, np.zeros(0), np.zeros(0, bool)
    held = torch.from_numpy(row.samples.astype(_kept(row.samples)))[None]
    steady = _runs(row)
    which = torch.tensor([(0, start, end) for start, end, _ in steady], dtype=torch.int64).reshape(-1, 3)
    late = torch.tensor([by * own.rate / NS for _, _, by in steady], dtype=torch.float64)
    samples, mask = resampled_runs(held, which, ratio, late, first * ratio - row.first)
    return first, samples[0, :count].numpy(), mask[0, :count].numpy()


def _runs(row: Row) -> list[tuple[int, int, int]]:
    """Recorded runs of one lateness: start and end in the row, nanoseconds."""
    changes = [(0, 0), *((number - row.first, by) for number, by in row.lateness()), (len(row.mask), 0)]
    found = []
    for (begin, late), (end, _) in pairwise(changes):
        found += [(begin + a, begin + b, late) for a, b in runs(row.mask[max(begin, 0) : end])]
    return found


def _kept(samples: Array) -> Any:
    """Single precision where it is exact."""
    import numpy as np

    return np.float32 if fits_single(samples) else np.float64


def fits_single(values: Array) -> bool:
    """Whether every value is exactly a 32-bit float."""
    import numpy as np

    if values.dtype.kind in "iu":
        return values.size == 0 or max(abs(int(values.min())), abs(int(values.max()))) <= 2**24
    if values.dtype.itemsize <= 4:
        return True
    with np.errstate(over="ignore"):
        return bool((values.astype(np.float32) == values).all())
