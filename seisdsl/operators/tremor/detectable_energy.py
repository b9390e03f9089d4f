"""The operator `detectable-energy`."""

from __future__ import annotations

import math

from seisdsl.data.field import Field
from seisdsl.data.table import Table
from seisdsl.language.types import Angle, Density, Frequency, Length, Range, Time, Velocity
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.tremor._map import cells_around

NEEDED = ("station", "latitude", "longitude", "noise")


class DetectableEnergy(Operator, name="detectable-energy"):
    """The least energy of a tremor that enough stations would hear: log10 of joules in each cell.

    Without it an empty cell of `cumulative-energy` may be read as one without tremor. A source of the
    given `duration` is heard by a station where its waves have `above` times the power of the noise,
    after spreading and attenuation at the middle of the band. Noise is the median over the table of
    `noise-levels`; stations that recorded less than `recorded` of the time do not count. A detector
    that looks at shapes or at many stations together may hear less, and a busy one more.
    """

    cite = "Aki and Richards 2002, Quantitative Seismology, 2nd edition, University Science Books"
    example = "simulate two-events | noise-levels every=1min | detectable-energy"
    tags = ("tremor", "energy", "map", "noise")

    cell: Angle = param("0.1deg", "width of a cell", above="0deg", at_most="10deg")
    latitude: Range[Angle] | None = param(None, "of the map; that of the stations, if not given")
    longitude: Range[Angle] | None = param(None, "of the map")
    margin: Length = param("50km", "around the stations, where the map is not given", at_least="0km")
    stations: int = param(4, "how many must hear it", at_least=1)
    above: float = param(1.0, "power of the waves over that of the noise", above=0)
    duration: Time = param("60s", "of the tremor", above="0s")
    depth: Length = param("15km", "of the tremor", at_least="0km")
    recorded: float = param(0.5, "the share of time that a station must have recorded", at_least=0, at_most=1)
    band: Range[Frequency] = param("2..8Hz", "that the noise was measured in")
    density: Density = param("2700kg/m^3", "of the rock", above="0kg/m^3")
    speed: Velocity = param("3500m/s", "of S waves", above="0m/s")
    q: float = param(200.0, "quality factor of S waves", above=0)
    surface: float = param(2.0, "by how much the surface enlarges waves", at_least=1, at_most=2)

    def facts(self, piped: Facts) -> Facts:
        lacking = set(NEEDED) - set(NEEDED if piped.columns is None else piped.columns)
        if lacking:
            raise Unsuitable(
                f"a table of noise levels has a column `{min(lacking)}`, and this one has not",
                repair="put `noise-levels` before it",
            )
        return Facts(simulated=piped.simulated)

    def apply(self, levels: Table, *, sites: Table | None = None) -> Field:
        import polars as pl
        import torch

        from seisdsl.methods.tremor.cumulative import detectable
        from seisdsl.methods.tremor.energy import Medium
        from seisdsl.operators.locate._network import gains_of

        frame = levels.frame
        for name, otherwise in (("network", ""), ("elevation", 0.0), ("recorded", 1.0)):
            if name not in frame.columns:
                frame = frame.with_columns(pl.lit(otherwise).alias(name))
        by_station = frame.drop_nulls(NEEDED).group_by("network", "station").agg(
            pl.col("latitude", "longitude").first(), pl.col("elevation").first().fill_null(0.0),
            pl.col("noise").median(), pl.col("recorded").mean().fill_null(1.0),
        ).filter(pl.col("recorded") >= self.recorded, pl.col("noise") > 0).sort("network", "station")  # fmt: skip
        place = torch.from_numpy(
            by_station.select("latitude", "longitude", "elevation").to_numpy().copy()
        ).double()
        place[:, 2] /= -1000
        gains = gains_of(sites)
        gain = torch.tensor([gains.get(name, 0.0) for name in by_station["station"]], dtype=torch.float64)
        noise = torch.from_numpy(by_station["noise"].to_numpy().copy()).double()
        needed = self.above * self.duration * noise**2 * torch.exp(-2 * gain)
        medium = Medium(self.density, self.speed, self.q, surface=self.surface)
        cells = cells_around(
            place[:, 0], place[:, 1], self.margin / 1000, self.cell, (self.latitude, self.longitude)
        )
        grid = torch.cartesian_prod(cells.latitude, cells.longitude)
        middle = math.sqrt(self.band.low * self.band.high)
        energy = detectable(
            grid, place, needed * medium.radiated(torch.ones(())), depth=self.depth / 1000,
            damping=1000 * math.pi * middle / (self.q * self.speed), fewest=self.stations,
        ).view(cells.shape)  # fmt: skip
        there = energy.isfinite()
        return cells.field(
            energy.masked_fill(~there, 1).log10(), there, "detectable energy", levels.simulated
        )
