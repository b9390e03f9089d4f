"""The operator `simulate-ground-motion`."""

from __future__ import annotations

from typing import Any

from seisdsl.data.motion import Flatfile, Motion
from seisdsl.data.waves import NS
from seisdsl.language.types import Time
from seisdsl.operator import Facts, Operator, param

BEGIN = 1_262_304_000 * NS  # 2010
YEAR = 31_557_600 * NS


class SimulateGroundMotion(Operator, name="simulate-ground-motion"):
    """Make a flat-file of ground motion whose terms are known: for examples and tests of models.

    Earthquakes in and around a plain of 138 sites, PGA, and velocity response and its duration at some
    periods. Amplitudes have the form of Morikawa and Fujiwara (2013) with a term of azimuth; they
    deviate by 0.12 between events and 0.15 within, in log10, and durations by 0.06 and 0.09. Only
    the strongest records are kept, and none below 1 gal. The ground, the events and the coefficients
    are nobody's: nothing is to be learnt about the Earth. `simulate-accelerograms` gives waves.
    """

    cite = "Morikawa and Fujiwara 2013, doi:10.20965/jdr.2013.p0878"
    example = "simulate-ground-motion events=20 rows=200 | count"
    tags = ("source", "synthetic", "strong motion", "flat-file")

    events: int = param(300, "earthquakes", at_least=1, at_most=100_000)
    sites: int = param(138, "sites", at_least=1, at_most=10_000)
    rows: int = param(11_488, "records, at most", at_least=1)
    periods: list[Time] = param([0.3, 1.0, 3.0], "of the velocity response and its duration")
    seed: int = param(1, "the same seed gives the same rows", at_least=0)

    @property
    def _extra(self) -> dict[str, Any]:
        return Motion.spectral(self.periods, ("psv", "tsv"))

    def facts(self, piped: Facts) -> Facts:
        return Facts(simulated=True, columns={**Flatfile.COLUMNS, **self._extra})

    def apply(self) -> Flatfile:
        from seisdsl.methods.simulate.ground_motion import drawn

        made = drawn(self.events, self.sites, self.rows, self.seed, tuple(self.periods))
        event, site = made.event, made.site
        step = 10 * YEAR // self.events
        rows: dict[str, Any] = {
            "event": [f"simulated {number + 1}" for number in event.tolist()],
            "time": [BEGIN + number * step for number in event.tolist()],
            "network": ["SY"] * len(event),
            "station": [f"K{number + 1:03d}" for number in site.tolist()],
            "horizontal": ["geometric-mean"] * len(event),
            "flag": [""] * len(event),
            "location": [""] * len(event),
            "distance": made.distance.tolist(),
            "epicentral": made.epicentral.tolist(),
            "azimuth": made.azimuth.tolist(),
            "depth": made.events["depth"][event].tolist(),
            "magnitude": made.events["magnitude"][event].tolist(),
            **{name: values[site].tolist() for name, values in made.sites.items()},
            **{f"event_{name}": made.events[name][event].tolist() for name in ("latitude", "longitude")},
            **{name: values.tolist() for name, values in made.measures.items()},
        }
        return Flatfile.of(rows, extra=self._extra, simulated=True)
