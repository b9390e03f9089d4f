from __future__ import annotations

from collections.abc import Mapping

from seisdsl.data.catalogues import digests, pick_facts, read_picks
from seisdsl.data.parts import matching
from seisdsl.data.table import Picks
from seisdsl.language.types import InputFile
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class ReadPicks(Operator, name="read-picks"):
    """Read arrival times from CSV, Parquet or QuakeML.

    The format is found from the content. A CSV is delimited by commas, semicolons, tabs or bars, and
    its first line names the columns: `time`, `phase_time` or `timestamp`; `station`, or `station_id`,
    `trace_id` or `id` with all codes as in `NC.MCB..HH`; `network`, `location`, `channel`; `phase`,
    `phase_type` or `type`; `score`, `probability` or `phase_score`; `uncertainty`; `amplitude`, as
    this program, PhaseNet and PyOcto write them. Time and station are needed. All other columns are
    kept. Times without a zone are UTC, or are seconds since 1970. A line that cannot be read is left
    out with a warning that names it.
    """

    cite = "Schorlemmer et al. 2011, doi:10.4401/ag-4874"
    example = 'read-picks "picks.csv" | where phase == "P" | count'
    tags = ("source", "file", "picks", "QuakeML", "CSV", "Parquet")

    file: InputFile = param(..., "a file, a folder, or a pattern with * and ?")

    def facts(self, piped: Facts) -> Facts:
        paths = matching(self.file)
        return pick_facts(paths) if paths else Facts()

    def files(self) -> Files:
        found = matching(self.file)
        return Files(tuple(found), () if found else (self.file,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(matching(self.file))

    def apply(self) -> Picks:
        paths = matching(self.file)
        if not paths:
            raise Unsuitable(f"no file is called {self.file}, and none fits it", parameter="file")
        return read_picks(paths)
