"""The operator `cumulative-energy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seisdsl.data.field import Field
from seisdsl.data.table import Catalog
from seisdsl.language.types import Angle, Length, Range
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.tremor._map import cells_around

if TYPE_CHECKING:
    import polars
    from torch import Tensor

COVARIANCE = ("east_east", "east_north", "north_north")


class CumulativeEnergy(Operator, name="cumulative-energy"):
    """The energy of all events of a catalogue, added up on a map: log10 of joules in each cell.

    Each event is spread over where it may have been, by the covariance that `locate` tells, or by
    `spread` where there is none. Cells are whole multiples of `cell`, the same on every day. Events
    without energy count nothing: put `energy` before it. A cell without energy is not one without
    tremor: `detectable-energy` tells what could have been seen there, on the same cells.
    """

    cite = "Gutenberg and Richter 1956, Bulletin of the Seismological Society of America 46, 105-145"
    example = (
        "let wave = simulate two-events\n"
        "wave | envelope-correlation window=60s alike=50% pairs=3 shortest=0s residual=5s\n"
        "  | energy waves=wave margin=5s | cumulative-energy"
    )
    tags = ("tremor", "energy", "map")

    cell: Angle = param("0.1deg", "width of a cell", above="0deg", at_most="10deg")
    spread: Length = param(
        "5km", "of an event whose covariance is not known, one standard deviation", above="0km"
    )
    latitude: Range[Angle] | None = param(None, "of the map; where the events are, if not given")
    longitude: Range[Angle] | None = param(None, "of the map")

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is not None and "energy" not in piped.columns:
            raise Unsuitable(
                "this catalogue says no energies",
                repair="put `energy` before it: ... | energy | cumulative-energy",
            )
        return Facts(simulated=piped.simulated)

    def apply(self, catalog: Catalog) -> Field:
        import polars as pl
        import torch

        from seisdsl.methods.tremor.cumulative import WIDE, cumulative

        if "energy" not in catalog.frame.columns:
            raise Unsuitable("this catalogue says no energies", repair="put `energy` before it")
        frame = catalog.frame.filter(pl.col("energy") > 0).drop_nulls(["latitude", "longitude", "energy"])
        place = torch.tensor(frame.select("latitude", "longitude").rows(), dtype=torch.float64).view(-1, 2)
        covariance = self._covariance(frame)
        widest = float(covariance.diagonal(dim1=1, dim2=2).amax().sqrt()) if len(frame) else 0.0
        cells = cells_around(
            place[:, 0], place[:, 1], WIDE * widest, self.cell, (self.latitude, self.longitude)
        )
        energy = torch.tensor(frame["energy"].to_list(), dtype=torch.float64)
        total = cumulative(place, covariance, energy, cells.width, cells.south, cells.west, cells.shape)
        there = total > 0
        values = torch.where(there, total, 1).log10()
        return cells.field(values, there, "cumulative energy", catalog.simulated)

    def _covariance(self, frame: polars.DataFrame) -> Tensor:
        """[event, 2, 2] in km2; of an event whose own is not known, a circle."""
        import polars as pl
        import torch

        own = (self.spread / 1000) ** 2
        circle = torch.tensor([own, 0.0, own], dtype=torch.float64).expand(len(frame), 3)
        told = circle.clone()
        if set(COVARIANCE) <= set(frame.columns):
            values = frame.select(pl.col(COVARIANCE).cast(pl.Float64)).fill_null(float("nan")).to_numpy()
            known = torch.from_numpy(values.copy())
            told = torch.where(known.isfinite().all(1, keepdim=True), known, circle)
        return told[:, [0, 1, 1, 2]].view(-1, 2, 2)
