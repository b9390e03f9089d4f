from __future__ import annotations

from seisdsl.data.archive import archive_files
from seisdsl.data.parts import between, chosen, patterns_of
from seisdsl.data.records import decoded, matching, read_waves
from seisdsl.data.scenes import Scene, held, is_simulated, scene_of, simulated, stations_of, time_of
from seisdsl.data.stations import located
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, TimeRange
from seisdsl.operator import Facts, Files, Operator, SourceSettings, Unsuitable, param


class Stream(Operator, name="stream"):
    """Give the waves of a named source: an archive of records, or a network's simulated waves.

    A source is named in the program, in `sources.seis` beside it, or in the standard library, whose
    networks are simulated: `stream S-net` runs anywhere, and says that it is simulated. A parameter
    given here stands above what the source says. Use `read` for a single file.
    """

    example = "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:01Z | sta-lta | count"
    tags = ("source", "archive", "network")

    data: SourceSettings = param(..., "the name of a source")
    time: TimeRange | None = param(None, "the time to take; what the source says where it is not given")
    channels: str | None = param(None, 'channels to keep, such as "EH?" or "N.S1*..EHZ"')
    rate: Frequency | None = param(
        None, "sampling rate: records that have another are resampled", above="0Hz"
    )

    def facts(self, piped: Facts) -> Facts:
        if (waves := self.data.get("waves")) is not None:
            return Facts(rate=waves.rate, simulated=waves.simulated)
        if is_simulated(self.data):
            return Facts(rate=self._scene.rate, simulated=True)
        return Facts(rate=self._rate)

    def files(self) -> Files:
        pattern, stations = self.data.get("archive"), self.data.get("stations")
        files = archive_files(pattern, self._time) if pattern else Files()
        if stations is None:
            return files
        there = matching(stations)
        missing = files.missing if there else (*files.missing, stations)
        return Files((*files.found, *there), missing, files.note)

    def holds(self) -> int:
        if is_simulated(self.data):
            return held(self._scene, self._time or time_of(self.data))
        return (
            decoded(archive_files(pattern, self._time).found) if (pattern := self.data.get("archive")) else 0
        )

    def apply(self) -> Waves:
        if is_simulated(self.data):
            waves = simulated(self._scene, self._time or time_of(self.data))
            return chosen(waves, self._channels)
        waves = self.data.get("waves")
        waves = self._of_archive() if waves is None else self._of_memory(waves)
        if self.data.get("stations") or self.data.get("network"):
            return located(waves, stations_of(self.data), self.data.name)
        return waves

    @property
    def _time(self) -> TimeRange | None:
        return self.time or self.data.get("time")

    @property
    def _rate(self) -> float | None:
        return self.rate or self.data.get("rate")

    @property
    def _channels(self) -> tuple[str, ...]:
        return patterns_of(self.channels or self.data.get("channels"))

    @property
    def _scene(self) -> Scene:
        return scene_of(self.data, rate=self.rate)

    def _of_archive(self) -> Waves:
        pattern = self.data.get("archive")
        files = archive_files(pattern, self._time)
        if not files.found:
            notes = [files.note] if files.note else []
            raise Unsuitable(f"the archive {pattern} has no file for this time", notes=notes)
        return read_waves(files.found, channels=self._channels, time=self._time, rate=self._rate)

    def _of_memory(self, waves: Waves) -> Waves:
        if self.rate and self.rate != waves.rate:
            raise Unsuitable(
                f"the waves given have {waves.rate:g} Hz",
                parameter="rate",
                repair=f"leave rate out here and write `| resample {self.rate:g}Hz`",
            )
        waves = chosen(waves, self._channels)
        return between(waves, self._time) if self._time else waves
