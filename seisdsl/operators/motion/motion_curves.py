"""The operator `motion-curves`."""

from __future__ import annotations

import math
from typing import Any, Literal

from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile
from seisdsl.data.table import Table
from seisdsl.language.types import TEXT, Angle, Length, Range, Velocity
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.motion import _rows

POINTS = 60


class MotionCurves(Operator, name="motion-curves"):
    """What a model of ground motion gives along distance, azimuth or magnitude: a table that plots.

    One curve for each magnitude, all else being as given; of a site's ground what is not given is not
    known. Where the model has learnt from nothing like it, `out_of_domain` is 1. A step in a curve of
    trees, or a flat end, is where data are few.
    """

    cite = "Morikawa and Fujiwara 2013, doi:10.20965/jdr.2013.p0878"
    example = (
        "let flat = simulate-ground-motion events=40 sites=20 rows=600\n"
        "let model = flat | train (attenuation target=pga)\n"
        "model | motion-curves magnitudes=[6, 7] | show"
    )
    tags = ("strong motion", "attenuation", "curve")
    version = 2

    along: Literal["distance", "azimuth", "magnitude"] = param("distance", "what changes along a curve")
    magnitudes: list[float] = param([6.0, 6.5], "a curve for each, unless it is along the magnitude")
    distances: Range[Length] = param("10..300km", "of the hypocentre: along them, or the middle of them")
    depth: Length = param("20km", "of the hypocentre", at_least="0km")
    azimuth: Angle = param("0deg", "of the epicentre from the site")
    vs30: Velocity | None = param(None, "of the site", above="0m/s")
    d1400: Length | None = param(None, "of the site", above="0m")

    def facts(self, piped: Facts) -> Facts:
        if not 0 < self.distances.low < self.distances.high:
            raise Unsuitable(
                "distances begin above 0 km and end above where they begin", parameter="distances"
            )
        if not self.magnitudes:
            raise Unsuitable("name a magnitude", parameter="magnitudes")
        return Facts(simulated=piped.simulated)

    def apply(self, model: Model[Flatfile, Flatfile]) -> Table:
        import numpy as np
        import polars as pl

        reads = model.weights.about.get("features", ("magnitude", "distance"))
        if self.along not in reads:
            raise Unsuitable(
                f"the model knows nothing of the {self.along}",
                parameter="along",
                notes=[f"it reads: {', '.join(reads)}"],
            )
        low, high = self.distances.low / 1e3, self.distances.high / 1e3
        middle = math.sqrt(low * high)
        curves = self.magnitudes if self.along != "magnitude" else [0.0]
        steps = {
            "distance": np.geomspace(low, high, POINTS),
            "azimuth": np.linspace(0, 360, POINTS + 1),
            "magnitude": np.linspace(4, 8, POINTS + 1),
        }[self.along].tolist()
        count = len(curves) * len(steps)
        rows: dict[str, list[Any]] = {
            "event": ["curve"] * count,
            "station": ["curve"] * count,
            "magnitude": [one for one in curves for _ in steps],
            "distance": [middle] * count,
            "depth": [self.depth / 1e3] * count,
            "azimuth": [math.degrees(self.azimuth)] * count,
            "vs30": [self.vs30] * count,
            "d1400": [self.d1400] * count,
        }
        rows[self.along] = steps * len(curves)
        rows["depth"] = [min(deep, far) for deep, far in zip(rows["depth"], rows["distance"], strict=True)]
        found = model(Flatfile.of(rows, simulated=model.simulated))
        target = model.weights.classes[0]
        added = _rows.added(target)
        kept = [*dict.fromkeys(["magnitude", self.along]), "predicted", "low", "high", "out_of_domain"]
        extra = {name: added.get(name) or Flatfile.COLUMNS[name] for name in kept}
        frame = found.frame.select(pl.lit(target).alias("target"), *kept)
        return Table(frame, {"target": Column(TEXT, help="what is predicted"), **extra}, model.simulated)
