"""What is true of simulated waves: the earthquakes in them and when they arrive where."""

from __future__ import annotations

from dataclasses import dataclass

from seisdsl.data.table import Catalog, Picks


@dataclass(frozen=True, eq=False)
class Truth(Catalog):
    """The catalogue behind simulated waves.

    `arrivals` are the true onsets; their `score` is the expected peak over the noise of the station.
    """

    arrivals: Picks | None = None
