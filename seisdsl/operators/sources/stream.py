from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import PrivateAttr

from seisdsl.data.archive import archive_files, with_neighbours
from seisdsl.data.digests import digest
from seisdsl.data.finite import finite
from seisdsl.data.parts import between, chosen, matching, patterns_of
from seisdsl.data.records import Records, Whole
from seisdsl.data.scenes import Scene, held, is_simulated, scene_of, simulated, stations_of, time_of
from seisdsl.data.segments import Account
from seisdsl.data.stations import located
from seisdsl.data.times import overlap
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, TimeRange
from seisdsl.operator import Facts, Files, Operator, SourceSettings, Unsuitable, param


class Stream(Operator, name="stream"):
    """Give the waves of a named source: an archive of records, or a network's simulated waves.

    A source is named in the program, in `sources.seis` beside it, or in the standard library, whose
    networks are simulated: `stream S-net` runs anywhere, and says that it is simulated. A parameter
    given here stands above what the source says. An archive is a pattern of file names with `{year}`,
    `{month}`, `{day}`, `{doy}`, `{hour}`, `{network}`, `{station}`, `{location}` and `{channel}`, or
    `sds:FOLDER`. Damaged records, dead channels and spikes become samples that were not recorded, and
    all of them are told in an account. Use `read` for a single file.
    """

    example = "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:01Z | sta-lta | count"
    tags = ("source", "archive", "network")

    version = 5

    data: SourceSettings = param(..., "the name of a source")
    time: TimeRange | None = param(None, "the time to take; what the source says where it is not given")
    channels: str | None = param(None, 'channels to keep, such as "EH?" or "N.S1*..EHZ"')
    rate: Frequency | None = param(
        None, "sampling rate: records that have another are resampled", above="0Hz"
    )
    judge: bool = param(True, "leave out dead channels and spikes of records")

    _whole: Whole | None = PrivateAttr(None)
    _part: bool = PrivateAttr(False)

    def facts(self, piped: Facts) -> Facts:
        if (waves := self.data.get("waves")) is not None:
            return Facts(rate=waves.rate, simulated=waves.simulated)
        if is_simulated(self.data):
            return Facts(rate=self._scene.rate, simulated=True)
        return Facts(rate=self._rate)

    def files(self) -> Files:
        pattern, stations = self.data.get("archive"), self.data.get("stations")
        files = archive_files(pattern, self._time, self._channels) if pattern else Files()
        if stations is None:
            return files
        there = matching(stations)
        missing = files.missing if there else (*files.missing, stations)
        return Files((*files.found, *there), missing, files.note)

    def holds(self) -> int:
        if is_simulated(self.data):
            return held(self._scene, self._simulated_time)
        waves = self.data.get("waves")
        return self._known().size if waves is None else 5 * waves.samples.numel()

    def extents(self) -> tuple[TimeRange, ...]:
        if is_simulated(self.data):
            return (self._simulated_time,)
        if (waves := self.data.get("waves")) is None:
            return self._known().extents
        time = overlap(waves.span, self._time)
        if time is None:
            raise Unsuitable("no record lies in the time range", parameter="time")
        return (time,)

    def during(self, time: TimeRange) -> Self:
        part = self.model_copy(update={"time": time})
        part._part = True
        if self.data.get("archive"):
            part._whole = self._known()
        return part

    def fingerprint(self) -> Mapping[str, str]:
        stations = self.data.get("stations")
        found = {stations: digest(stations)} if stations else {}
        if self.data.get("archive"):
            whole = self._known()
            time = self.time if self._part and self.time else whole.span
            return {**found, **self._records.digests(time, whole)}
        return found

    def left_out(self) -> Account:
        return self._known().left_out if self.data.get("archive") else Account()

    def apply(self) -> Waves:
        if is_simulated(self.data):
            return chosen(simulated(self._scene, self._simulated_time), self._channels)
        if (waves := self.data.get("waves")) is not None:
            return self._placed(self._of_memory(waves), waves.span)
        whole = self._known()
        waves = self._records.waves(whole, self.time if self._part else None)
        return self._placed(waves, whole.span)

    def _placed(self, waves: Waves, time: TimeRange) -> Waves:
        if self.data.get("stations") or self.data.get("network"):
            return located(waves, stations_of(self.data), self.data.name, time)
        return waves

    @property
    def _time(self) -> TimeRange | None:
        return self.time or self.data.get("time")

    @property
    def _simulated_time(self) -> TimeRange:
        return self._time or time_of(self.data)

    @property
    def _rate(self) -> float | None:
        return self.rate or self.data.get("rate")

    @property
    def _channels(self) -> tuple[str, ...]:
        return patterns_of(self.channels or self.data.get("channels"))

    @property
    def _scene(self) -> Scene:
        return scene_of(self.data, rate=self.rate)

    @property
    def _records(self) -> Records:
        return Records(self._files_for, self._channels, self._rate, self.judge)

    def _files_for(self, time: TimeRange | None) -> Sequence[str]:
        pattern = self.data.get("archive")
        return archive_files(pattern, with_neighbours(pattern, time), self._channels).found

    def _known(self) -> Whole:
        """What all parts of the time have in common; found out once."""
        if self._whole is None:
            pattern = self.data.get("archive")
            if not self._files_for(self._time):
                note = archive_files(pattern, self._time, self._channels).note
                raise Unsuitable(
                    f"the archive {pattern} has no file for this time", notes=[note] if note else []
                )
            self._whole = self._records.whole(self._time)
        return self._whole

    def _of_memory(self, waves: Waves) -> Waves:
        if self.rate and self.rate != waves.rate:
            raise Unsuitable(
                f"the waves given have {waves.rate:g} Hz",
                parameter="rate",
                repair=f"leave rate out here and write `| resample {self.rate:g}Hz`",
            )
        waves = chosen(waves, self._channels)
        if self._part and self.time:
            return finite(waves.within(self.time))
        return finite(between(waves, self._time) if self._time else waves)
