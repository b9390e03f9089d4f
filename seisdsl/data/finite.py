"""Waves in which every recorded sample is a number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seisdsl.data.segments import Account, Tally
from seisdsl.data.waves import Waves

if TYPE_CHECKING:
    from torch import Tensor


def finite(waves: Waves) -> Waves:
    """The same waves; samples that are NaN or infinite were not recorded, and the account tells of them."""
    if waves.samples.sum().isfinite():
        return waves
    good = waves.mask & waves.samples.isfinite()
    told = Account(
        _tallies(waves, waves.mask),
        _tallies(waves, good),
        _tallies(waves, waves.mask & ~good, "not a number"),
    )
    return replace(waves, samples=waves.samples.masked_fill(~good, 0), mask=good, account=told)


def _tallies(waves: Waves, mask: Tensor, reason: str = "") -> tuple[Tally, ...]:
    found = []
    for trace, start, end in replace(waves, mask=mask).segments().tolist():
        name, time = waves.channels[trace].id, waves.time_of(start, trace)
        found.append(Tally("", name, time, waves.rate, end - start, reason))
    return tuple(found)
