"""Trajectories: what was fitted to series, a row for each component of each site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.series import Site, Step
from seisdsl.data.table import Table
from seisdsl.language.types import DATE, TEXT, TimeRange, Type
from seisdsl.language.types import ColumnOf as Column

if TYPE_CHECKING:
    from torch import Tensor

DAY = 86_400_000_000_000
PLACE = {
    "site": Column(TEXT),
    "component": Column(TEXT),
    "latitude": Column(Type("Angle"), "deg"),
    "longitude": Column(Type("Angle"), "deg"),
    "first": Column(DATE, help="the first epoch that was fitted"),
    "last": Column(DATE, help="the last epoch that was fitted"),
}


@dataclass(frozen=True, eq=False)
class Fitted:
    """The functions of time and their amplitudes: what `Terms` of the methods says, with results.

    `values` are [site, component, column], `covariance` has another column; `origin` and `since` are
    nanoseconds since 1970. `white` and `flicker` are [site, component], `constants` days, and `between`
    [site, decay, 2] the ends of their 95 % intervals, zero and infinite where there is none.
    """

    sites: tuple[Site, ...]
    components: tuple[str, ...]
    unit: str
    origin: int
    since: int
    degree: int
    harmonics: tuple[float, ...]
    steps: tuple[Step, ...]
    decays: tuple[str, ...]
    constants: Tensor
    values: Tensor
    covariance: Tensor
    known: Tensor
    rms: Tensor
    white: Tensor
    flicker: Tensor
    span: TimeRange
    interval: int
    between: Tensor | None = None


@dataclass(frozen=True, eq=False)
class Trajectory(Table):
    """Rates, seasons, steps and decays with their errors, and the functions that they belong to."""

    model: Fitted | None = None


def kept_rows(trajectory: Trajectory) -> set[tuple[str, str]]:
    """The sites and components that are still rows of the table."""
    return set(trajectory.frame.select("site", "component").rows())
