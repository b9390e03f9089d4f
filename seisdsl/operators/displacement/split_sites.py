"""The operator `split-sites`."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

from seisdsl.data.series import Series, Site
from seisdsl.language.types import Angle, Range, Ratio, Record, Type
from seisdsl.operator import Facts, Operator, Signature, Unsuitable, param

_PARTS = ("train", "test")


class SplitSites(Operator, name="split-sites"):
    """Divide series into sites to learn from and sites to be judged on: `data.train`, `data.test`.

    One site of a cell of the grid is for the test, in cells drawn at random, until they are `test` of
    all. Its neighbours are then learnt from, and move much as it does: figures flatter for what is to be
    used elsewhere. With `latitude` or `longitude` all sites of that region are for the test instead.
    """

    example = (
        "let data = simulate-displacement stations=20 | split-sites\n"
        "data.test | trajectory decay=two-logs | residual data=data.test"
    )
    tags = ("GNSS", "displacement", "learning", "validation")

    cell: Angle = param("0.5deg", "width of a cell", above="0deg", at_most="20deg")
    test: Ratio = param("20%", "share to be judged on, at most", above="0%", below="100%")
    latitude: Range[Angle] | None = param(None, "of a region whose sites are for the test")
    longitude: Range[Angle] | None = param(None, "of that region")
    seed: int = param(1, "another one draws other cells and sites", at_least=0)

    @classmethod
    def gives(
        cls, inputs: Mapping[str, Type], arguments: Mapping[str, Type], signature: Signature
    ) -> Type | None:
        if inputs.get("series") != Type("Series"):
            return None
        return Type("Record", fields=tuple((name, Type("Series")) for name in _PARTS))

    def facts(self, piped: Facts) -> Facts:
        return piped

    def apply(self, series: Series) -> Record:
        from seisdsl.data.series_read import of_sites

        if any(site.latitude is None or site.longitude is None for site in series.sites):
            raise Unsuitable("sites without a place are in no cell and in no region")
        judged = self._region(series) if self.latitude or self.longitude else self._cells(series)
        rows = range(len(series.sites))
        parts = {"train": [row for row in rows if row not in judged], "test": sorted(judged)}
        for name, own in parts.items():
            if not own:
                many = "one site leaves" if len(series.sites) == 1 else f"{len(series.sites)} sites leave"
                raise Unsuitable(f"{many} none for `{name}`", parameter="test")
        return Record({name: of_sites(series, own) for name, own in parts.items()})

    def _cells(self, series: Series) -> set[int]:
        """One site of each cell, whatever the order of the sites."""
        width = math.degrees(self.cell)
        cells: dict[tuple[int, int], list[int]] = {}
        for row, site in enumerate(series.sites):
            place = (math.floor((site.latitude or 0.0) / width), math.floor((site.longitude or 0.0) / width))
            cells.setdefault(place, []).append(row)
        drawn = [min(rows, key=lambda row: self._lot(series.sites[row])) for rows in cells.values()]
        most = max(1, math.floor(self.test * len(series.sites)))
        return set(sorted(drawn, key=lambda row: self._lot(series.sites[row]))[:most])

    def _lot(self, site: Site) -> bytes:
        return hashlib.blake2b(f"{self.seed} {site.name}".encode(), digest_size=8).digest()

    def _region(self, series: Series) -> set[int]:
        def inside(value: float | None, asked: Range[Angle] | None) -> bool:
            return asked is None or asked.low <= math.radians(value or 0.0) <= asked.high

        return {
            row
            for row, site in enumerate(series.sites)
            if inside(site.latitude, self.latitude) and inside(site.longitude, self.longitude)
        }
