from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import PrivateAttr

from seisdsl.data.digests import digest
from seisdsl.data.parts import matching, patterns_of
from seisdsl.data.records import Records, Whole
from seisdsl.data.segments import Account
from seisdsl.data.stations import located, read_stations
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, InputFile, TimeRange
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param


class Read(Operator, name="read"):
    """Read waveforms from a file, from all files of a folder, or from those that fit a pattern.

    The format is found from the content: miniSEED, SAC, GSE2, SEG-Y, WIN, K-NET and all else that
    obspy reads, but never a Python pickle. Of records that overlap, equal samples count once, and of
    others those of the better version, or none. Damaged records, dead channels and spikes become
    samples that were not recorded, and all of them are told in an account. Use `stream` for an
    archive of many days. Values stay as they were stored: the instrument's response is not removed.
    """

    cite = "Krischer et al. 2015, doi:10.1088/1749-4699/8/1/014003"
    example = 'read "archive/2016/228/*.mseed" | bandpass 2..8Hz | sta-lta on=4 | count'
    tags = ("source", "file", "miniSEED", "SAC")
    version = 5

    file: InputFile = param(..., "a file, a folder, or a pattern with * and ?")
    channels: str | None = param(None, 'channels to keep, such as "EH?" or "N.S1*..EHZ"')
    time: TimeRange | None = param(None, "the part to keep; all where it is not given")
    rate: Frequency | None = param(None, "sampling rate: traces that have another are resampled", above="0Hz")
    stations: InputFile | None = param(None, "where the stations are: a CSV or a StationXML")
    judge: bool = param(True, "leave out dead channels and spikes")

    _whole: Whole | None = PrivateAttr(None)
    _part: bool = PrivateAttr(False)

    def facts(self, piped: Facts) -> Facts:
        return Facts(rate=self.rate)

    def files(self) -> Files:
        found = (*matching(self.file), *(matching(self.stations) if self.stations else ()))
        missing = [name for name in (self.file, self.stations) if name and not matching(name)]
        return Files(found, tuple(missing))

    def holds(self) -> int:
        return self._known().size

    def extents(self) -> tuple[TimeRange, ...]:
        return self._known().extents

    def during(self, time: TimeRange) -> Self:
        part = self.model_copy(update={"time": time})
        part._whole, part._part = self._known(), True
        return part

    def fingerprint(self) -> Mapping[str, str]:
        whole = self._known()
        digests = self._records.digests(self.time if self._part and self.time else whole.span, whole)
        return {**digests, self.stations: digest(self.stations)} if self.stations else digests

    def left_out(self) -> Account:
        return self._known().left_out

    def apply(self) -> Waves:
        whole = self._known()
        waves = self._records.waves(whole, self.time if self._part else None)
        if self.stations is None:
            return waves
        return located(waves, read_stations(self.stations), self.stations, whole.span)

    @property
    def _records(self) -> Records:
        return Records(self._files_for, patterns_of(self.channels), self.rate, self.judge)

    def _files_for(self, time: TimeRange | None) -> Sequence[str]:
        return matching(self.file)

    def _known(self) -> Whole:
        """What all parts of the time have in common; found out once."""
        if self._whole is None:
            if not matching(self.file):
                raise Unsuitable(f"no file is called {self.file}, and none fits it", parameter="file")
            self._whole = self._records.whole(self.time)
        return self._whole
