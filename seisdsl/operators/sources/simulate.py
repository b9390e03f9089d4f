from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from seisdsl.data.digests import digest
from seisdsl.data.scenes import Scene, held, scene_of, simulated, time_of
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, Magnitude, Time, TimeRange
from seisdsl.operator import Facts, Operator, SourceSettings, Unsuitable, param


class Simulate(Operator, name="simulate"):
    """Make the waves that a network would record: earthquakes and tremor in noise, with their truth.

    For examples, tests and training. What is true travels with the waves: hypocentres, onsets,
    radiated energies, and when each event is to be heard at which station; and all that is made from
    them says that it is simulated. `simulate two-events` is a small scene that is always the same;
    S-net has tremor and earthquakes at set times from 2016-08-15T00:00Z besides those at random.
    A half-space whose velocity grows with depth, double couples with Brune's spectrum (of tremor a
    swarm of low-frequency ones, each with a mechanism of its own), constant Q, echoes that die away,
    and under each station a gain and one resonance. `noise=rough` has ships, whales, air guns,
    teleseisms and broken instruments. No conversions, no surface waves but a teleseism's, no finite
    faults, and no tremor that moves.
    """

    cite = (
        "Brune 1970, doi:10.1029/JB075i026p04997",
        "Gutenberg and Richter 1956, Bulletin of the Seismological Society of America 46, 105-145",
        "Aki and Richards 2002, Quantitative Seismology, 2nd edition, equations 4.89 to 4.91",
    )
    example = "simulate two-events | bandpass 2..8Hz | sta-lta on=4 | count"
    tags = ("source", "synthetic", "earthquake", "tremor", "noise")
    version = 2

    what: SourceSettings = param(..., "a network such as S-net, or the scene two-events")
    seed: int | None = param(None, "the same seed gives the same waves", at_least=0)
    duration: Time | None = param(None, "how long; 10 minutes where the source names no time", above="0s")
    time: TimeRange | None = param(None, "the time to simulate; what the source says where it is not given")
    rate: Frequency | None = param(None, "sampling rate", at_least="1Hz", at_most="1000Hz")
    earthquakes: float | None = param(None, "how many an hour at random, on average", at_least=0)
    smallest: Magnitude | None = param(
        None, "magnitude of the smallest earthquake at random, 1.5 where the source says nothing", at_most=5
    )
    tremors: float | None = param(None, "how many tremors an hour at random, on average", at_least=0)
    noise: Literal["plain", "rough"] | None = param(
        None, "plain, or rough: with ships, whales, air guns, teleseisms and broken instruments"
    )
    ground: Literal["soft", "rock"] | None = param(
        None, "soft, with a resonance under each station, or rock, without"
    )
    events: str | None = param(
        None, "a scene of the library or a CSV file whose events come at set times, or none"
    )

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
        named = (self.what.get("stations"), self.events or self.what.get("events"))
        return {path: digest(path) for path in named if path and Path(path).is_file()}

    def apply(self) -> Waves:
        return simulated(self._scene, self._time)

    @property
    def _time(self) -> TimeRange:
        return self.time or time_of(self.what, self.duration)

    @property
    def _scene(self) -> Scene:
        given = ("seed", "rate", "earthquakes", "smallest", "tremors", "noise", "ground", "events")
        return scene_of(self.what, **{name: getattr(self, name) for name in given})
