from __future__ import annotations

from collections.abc import Mapping

from seisdsl.data.catalogues import catalog_facts, digests, read_catalog
from seisdsl.data.parts import matching
from seisdsl.data.table import Catalog
from seisdsl.language.types import InputFile
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class ReadCatalog(Operator, name="read-catalog"):
    """Read a catalogue of events from QuakeML, CSV or Parquet.

    The format is found from the content. Of an event in QuakeML the preferred origin and magnitude
    are taken, else the first. A CSV is delimited by commas, semicolons, tabs or bars, and its first
    line names the columns: `time` or `origin_time`, `latitude` or `lat`, `longitude` or `lon`,
    `depth` (in km; in metres as `depth_m` or `depth [m]`), `magnitude` or `mag`, `type` or `kind`,
    `stations` or `nst`, as ComCat, the FDSN's text format and this program write them; only `time`
    is needed. All other columns are kept. Times without a zone are UTC, or are seconds since 1970.
    A line that cannot be read is left out with a warning that names it.
    """

    cite = "Schorlemmer et al. 2011, doi:10.4401/ag-4874"
    example = 'read-catalog "events.csv" | where magnitude >= 3 | count'
    tags = ("source", "file", "catalogue", "QuakeML", "CSV", "Parquet")

    file: InputFile = param(..., "a file, a folder, or a pattern with * and ?")

    def facts(self, piped: Facts) -> Facts:
        paths = matching(self.file)
        return catalog_facts(paths) if paths else Facts()

    def files(self) -> Files:
        found = matching(self.file)
        return Files(tuple(found), () if found else (self.file,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(matching(self.file))

    def apply(self) -> Catalog:
        paths = matching(self.file)
        if not paths:
            raise Unsuitable(f"no file is called {self.file}, and none fits it", parameter="file")
        return read_catalog(paths)
