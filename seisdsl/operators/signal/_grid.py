"""Where waves lie on the grid that is the same in every part of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seisdsl.data.grid import Grid
from seisdsl.data.lateness import changed

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.data.waves import Waves


def aside(waves: Waves) -> int:
    """Nanoseconds by which waves that were made on another grid come after it."""
    by = waves.start - Grid(waves.rate).time(waves.first)
    return by if abs(by) > 1 else 0  # one is what rounding leaves


def steady_runs(waves: Waves) -> Tensor:
    """Recorded runs as rows of trace, start, end; they end too where the lateness changes."""
    import torch

    from seisdsl.methods.pick.runs import runs

    found = runs(waves.mask)
    changes = [
        [trace, sample]
        for trace, late in enumerate(waves.lateness)
        for sample, _ in changed(dict(late))
        if 0 < sample < waves.length
    ]
    if not changes or not len(found):
        return found
    length = waves.length + 1
    trace, sample = torch.tensor(changes, device=found.device).T
    start, end = found[:, 0] * length + found[:, 1], found[:, 0] * length + found[:, 2]
    at = trace * length + sample
    run = torch.searchsorted(start, at, right=True) - 1
    at = at[(run >= 0) & (at > start[run]) & (at < end[run])]
    start, end = torch.cat([start, at]).sort().values, torch.cat([end, at]).sort().values
    return torch.stack([start // length, start % length, end % length], 1)


def late_by_run(waves: Waves, runs: Tensor) -> Tensor:
    """By how many samples each run comes after the grid."""
    import numpy as np
    import torch

    trace, start, _ = runs.cpu().numpy().T
    late = np.zeros(len(trace))
    for number in np.unique(trace) if waves.lateness else ():
        own = trace == number
        late[own] = waves.late(int(number), start[own])
    return torch.from_numpy((late + aside(waves)) * (waves.rate / 1e9)).to(runs.device)
