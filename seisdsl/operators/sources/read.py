from __future__ import annotations

from seisdsl.data.parts import patterns_of
from seisdsl.data.records import decoded, matching, read_waves
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, InputFile, TimeRange
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class Read(Operator, name="read"):
    """Read waveforms from a file, from all files of a folder, or from those that fit a pattern.

    The format is found from the content: miniSEED, SAC, GSE2, SEG-Y, WIN, K-NET and all else that
    obspy reads, but never a Python pickle. Gaps, overlaps and damaged records become samples that
    were not recorded. Use `stream` for an archive of many days. Values stay as they were stored:
    the instrument's response is not removed.
    """

    cite = "Krischer et al. 2015, doi:10.1088/1749-4699/8/1/014003"
    example = 'read "archive/2016/228/*.mseed" | bandpass 2..8Hz | sta-lta on=4 | count'
    tags = ("source", "file", "miniSEED", "SAC")

    file: InputFile = param(..., "a file, a folder, or a pattern with * and ?")
    channels: str | None = param(None, 'channels to keep, such as "EH?" or "N.S1*..EHZ"')
    time: TimeRange | None = param(None, "the part to keep; all where it is not given")
    rate: Frequency | None = param(None, "sampling rate: traces that have another are resampled", above="0Hz")
    stations: InputFile | None = param(None, "where the stations are: a CSV or a StationXML")

    def facts(self, piped: Facts) -> Facts:
        return Facts(rate=self.rate)

    def files(self) -> Files:
        found = (*matching(self.file), *(matching(self.stations) if self.stations else ()))
        missing = [name for name in (self.file, self.stations) if name and not matching(name)]
        return Files(found, tuple(missing))

    def holds(self) -> int:
        return decoded(matching(self.file))

    def apply(self) -> Waves:
        paths = matching(self.file)
        if not paths:
            raise Unsuitable(f"no file is called {self.file}, and none fits it", parameter="file")
        return read_waves(
            paths,
            channels=patterns_of(self.channels),
            time=self.time,
            rate=self.rate,
            stations=self.stations,
        )
