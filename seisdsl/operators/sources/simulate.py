from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from seisdsl.data.digests import digest
from seisdsl.data.scenes import Scene, held, scene_of, simulated, time_of
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, Magnitude, Time, TimeRange
from seisdsl.operator import Facts, Operator, SourceSettings, Unsuitable, param


class Simulate(Operator, name="simulate"):
    """Make the waves that a network would record: earthquakes in noise, with their truth.

    For examples, tests and training. The true hypocentres and onsets travel with the waves, and all
    that is made from them says that it is simulated. `simulate two-events` is a small scene that is
    always the same. A half-space whose velocity grows with depth, a double couple with Brune's
    spectrum, constant Q, echoes that die away and coloured noise: no conversions, no surface waves,
    no tremor, and noise without ships, whales or broken instruments.
    """

    cite = (
        "Brune 1970, doi:10.1029/JB075i026p04997",
        "Aki and Richards 2002, Quantitative Seismology, 2nd edition, equations 4.89 to 4.91",
    )
    example = "simulate two-events | bandpass 2..8Hz | sta-lta on=4 | count"
    tags = ("source", "synthetic", "earthquake", "noise")

    what: SourceSettings = param(..., "a network such as S-net, or the scene two-events")
    seed: int | None = param(None, "the same seed gives the same waves", at_least=0)
    duration: Time | None = param(None, "how long; 10 minutes where the source names no time", above="0s")
    time: TimeRange | None = param(None, "the time to simulate; what the source says where it is not given")
    rate: Frequency | None = param(None, "sampling rate", at_least="1Hz", at_most="1000Hz")
    earthquakes: float | None = param(None, "how many an hour at random, on average; 0 for noise", at_least=0)
    smallest: Magnitude = param(1.5, "magnitude of the smallest earthquake at random", at_most=5)

    def facts(self, piped: Facts) -> Facts:
        if self.time and self.duration:
            raise Unsuitable("`time` says how long, and so does `duration`", repair="leave one of them out")
        return Facts(rate=self._scene.rate, simulated=True)

    def holds(self) -> int:
        return held(self._scene, self._time)

    def extents(self) -> tuple[TimeRange, ...]:
        return (self._time,)

    def during(self, time: TimeRange) -> Self:
        return self.model_copy(update={"time": time, "duration": None})

    def fingerprint(self) -> Mapping[str, str]:
        stations = self.what.get("stations")
        return {stations: digest(stations)} if stations else {}

    def apply(self) -> Waves:
        return simulated(self._scene, self._time)

    @property
    def _time(self) -> TimeRange:
        return self.time or time_of(self.what, self.duration)

    @property
    def _scene(self) -> Scene:
        return scene_of(
            self.what, seed=self.seed, rate=self.rate, per_hour=self.earthquakes, smallest=self.smallest
        )
