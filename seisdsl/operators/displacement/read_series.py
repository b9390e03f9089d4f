"""The operator `read-series`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from seisdsl.data.catalogues import digests
from seisdsl.data.parts import matching, patterns_of
from seisdsl.data.series import Series
from seisdsl.language.types import InputFile, TimeRange
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class ReadSeries(Operator, name="read-series"):
    """Read daily positions of GNSS stations from files, a folder or a pattern.

    The form is found from the content: GEONET and Plate Boundary Observatory `.pos`, `.tenv3` of the
    Nevada Geodetic Laboratory, `.neu` of SIO and iGPS with the steps of its header, a CSV with named
    columns, and what `save` wrote. Values come in millimetres east, north and up; a position of a
    whole day stands at noon, or where a CSV names no time of day at its beginning. Of a CSV say what
    the usual names do not: `read-series "*.csv" north="lon" east="lat" up="ver" site="group" unit=mm`.

    Days that come twice count once, and not at all where they differ, which is told; two files that
    tell days of one site differently are refused. Of a folder, files without numbers are left out. A
    unit that nothing tells is asked for, and one that makes stations jump by metres is refused. Straight
    lines that someone filled gaps with are no measurements: put `straight-fills` after it.
    """

    cite = "Blewitt, Hammond and Kreemer 2018, doi:10.1029/2018EO104623"
    example = 'read-series "positions.csv" unit=mm | show'
    tags = ("source", "file", "GNSS", "displacement", "CSV", "Parquet")
    version = 2

    file: InputFile = param(..., "a file, a folder, or a pattern with * and ?")
    sites: str | None = param(None, 'sites to keep, such as "J49? ALBH"')
    time: TimeRange | None = param(None, "the part to keep; all where it is not given")
    unit: Literal["mm", "cm", "m"] | None = param(None, "of a CSV whose columns do not name theirs")
    east: str | None = param(None, "of a CSV: the column that goes east")
    north: str | None = param(None, "of a CSV: the column that goes north")
    up: str | None = param(None, "of a CSV: the column that goes up")
    site: str | None = param(None, "of a CSV: the column that names the site; else the file's name does")

    def facts(self, piped: Facts) -> Facts:
        return Facts(kind="Series")

    def files(self) -> Files:
        found = matching(self.file)
        return Files(tuple(found), () if found else (self.file,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(matching(self.file))

    def apply(self) -> Series:
        from seisdsl.data.series_read import read_positions
        from seisdsl.data.series_sheet import Named

        paths = matching(self.file)
        if not paths:
            raise Unsuitable(f"no file is called {self.file}, and none fits it", parameter="file")
        given = tuple((name, getattr(self, name)) for name in ("east", "north", "up", "site"))
        named = Named(tuple((name, column) for name, column in given if column), self.unit)
        return read_positions(paths, named, patterns_of(self.sites), self.time)
