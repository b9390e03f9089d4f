"""The operator `read-flatfile`."""

from __future__ import annotations

from collections.abc import Mapping

from seisdsl.data.catalogues import digests
from seisdsl.data.motion import Flatfile
from seisdsl.data.parts import matching
from seisdsl.language.types import InputFile
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class ReadFlatfile(Operator, name="read-flatfile"):
    """Read a flat-file of ground motion from CSV or Parquet.

    The first line of a CSV names the columns: `event` and `station` are needed; `magnitude` or `mw`,
    `depth`, `distance`, `azimuth`, `vs30`, `pga` and others are known by several names, and `pga
    [m/s^2]` or `[g]` names a unit. Without one, accelerations are in cm/s^2, distances in km, depths of
    layers in m. All other columns are kept. Times without a zone are UTC. A row that comes twice counts
    once; two that are of one event and station and differ are refused.
    """

    example = 'read-flatfile "motions.csv" | where magnitude >= 5 | count'
    tags = ("source", "file", "strong motion", "flat-file", "CSV", "Parquet")
    version = 2

    file: InputFile = param(..., "a CSV or Parquet")

    def facts(self, piped: Facts) -> Facts:
        from seisdsl.data.flatfile import flatfile_extra

        if not matching(self.file):
            return Facts()
        return Facts(columns={**Flatfile.COLUMNS, **flatfile_extra(self.file)})

    def files(self) -> Files:
        found = matching(self.file)
        return Files(tuple(found), () if found else (self.file,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(matching(self.file))

    def apply(self) -> Flatfile:
        from seisdsl.data.flatfile import read_flatfile

        if len(matching(self.file)) != 1:
            raise Unsuitable(f"no single file is called {self.file}", parameter="file")
        return read_flatfile(self.file)
