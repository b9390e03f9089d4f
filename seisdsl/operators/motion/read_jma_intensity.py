"""The operator `read-jma-intensity`."""

from __future__ import annotations

from collections.abc import Mapping

from seisdsl.data.catalogues import digests
from seisdsl.data.jma_intensity import EXTRA, STATIONS, read_intensities, years
from seisdsl.data.motion import Flatfile
from seisdsl.language.types import InputFile
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class ReadJmaIntensity(Operator, name="read-jma-intensity"):
    """Read the JMA's measured seismic intensities of some years: a flat-file of events and places.

    A folder with `shingenYYYY.csv` (events), `kansokuYYYY.csv` (observations), either compressed or
    not, and, for the codes of stations, `code_p.dat`. Coordinates are degrees and minutes there,
    42.4145 for 42 degrees 41.45 minutes, and degrees here. Events have a year and no time. A
    magnitude of zero is none. Instruments that share a place, in whole minutes, are one station.
    """

    cite = "Japan Meteorological Agency, Seismological Bulletin of Japan, 1997 to 2010"
    example = 'read-jma-intensity "intensity" since=1997 until=2007 | where magnitude >= 5 | count'
    tags = ("source", "file", "strong motion", "intensity", "flat-file")

    folder: InputFile = param(..., "the folder of the lists")
    since: int = param(1900, "the first year", at_least=1900)
    until: int = param(2100, "the last year", at_least="since")

    def facts(self, piped: Facts) -> Facts:
        return Facts(columns={**Flatfile.COLUMNS, **EXTRA})

    def _paths(self) -> list[str]:
        from pathlib import Path

        chosen = {year: files for year, files in years(self.folder).items() if self._wanted(year)}
        codes = Path(self.folder) / STATIONS
        found = [str(path) for files in chosen.values() for path in files.values()]
        return [*found, str(codes)] if found and codes.is_file() else found

    def _wanted(self, year: int) -> bool:
        return self.since <= year <= self.until

    def files(self) -> Files:
        found = self._paths()
        return Files(tuple(found), () if found else (self.folder,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(self._paths())

    def apply(self) -> Flatfile:
        chosen = [year for year in years(self.folder) if self._wanted(year)]
        if not chosen and years(self.folder):
            told = sorted(years(self.folder))
            raise Unsuitable(
                f"the lists are of {told[0]} to {told[-1]}", parameter="since", notes=[f"in {self.folder}"]
            )
        return read_intensities(self.folder, chosen)
