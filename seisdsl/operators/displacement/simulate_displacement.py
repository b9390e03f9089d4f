"""The operator `simulate-displacement`."""

from __future__ import annotations

import math
from typing import Literal

from seisdsl.data.series import Series
from seisdsl.language.types import Angle, Length, Ratio, Time, TimeRange, Velocity
from seisdsl.operator import Facts, Operator, Unsuitable, param

_DAY = 86_400_000_000_000
_USUAL = {  # stations, beginning (days since 1970), length in days
    "postseismic": (191, 15_045, 2500),
    "slow-slip": (6, 14_610, 730),
}
_LONGEST = 40 * 366


class SimulateDisplacement(Operator, name="simulate-displacement"):
    """Make the daily positions of a GNSS network: after a great earthquake, or with slow slip.

    `postseismic`: two logarithms (3 and 150 days), an exponential (3000 days) and steady motion whose
    amplitudes vary smoothly over northern Honshu, with seasons. `slow-slip`: steady motion of 20 mm a
    year that events of 5 days set back, each `every`, the demonstration of Yano and Kano. Noise is
    white and flicker, and of the vertical three times as large. Truth travels with the series:
    `truth` gives it. No faults, no elastic half-space: amplitudes are drawn, not computed.
    """

    cite = (
        "Yano and Kano 2022, doi:10.1029/2021JB023258",
        "Tobita 2016, doi:10.1186/s40623-016-0422-4",
        "Williams 2003, doi:10.1007/s00190-002-0283-4",
    )
    example = "simulate-displacement slow-slip | show"
    tags = ("source", "synthetic", "GNSS", "displacement", "slow slip")

    scene: Literal["postseismic", "slow-slip"] = param("postseismic", "what the ground does")
    stations: int | None = param(None, "how many; 191, or 6 with slow slip", at_least=1, at_most=5000)
    time: TimeRange | None = param(None, "2500 days from 2011-03-12, or 730 from 2010-01-01 with slow slip")
    seed: int = param(1, "the same seed gives the same series", at_least=0)
    white: Length | None = param(None, "white noise; 2 mm, or 0.7 mm with slow slip", at_least="0mm")
    flicker: Length | None = param(
        None, "flicker noise, times year^-1/4; 2 mm, or none with slow slip", at_least="0mm"
    )
    common: Length = param("0mm", "noise that all sites share", at_least="0mm")
    slip: Length = param("1.5mm", "how far an event of slow slip moves the sites", at_least="0mm")
    every: Time = param("30d", "from one event of slow slip to the next", at_least="5d")
    reach: Length | None = param(
        None, "how far an event reaches, one deviation; everywhere where not given", above="0km"
    )
    azimuth: Angle = param("305deg", "where slow slip is not: the steady motion, from north")
    change: Velocity = param(
        "0mm/yr", "westward motion that a patch of stations begins with", at_least="0mm/yr"
    )
    patch: int = param(30, "stations of that patch", at_least=1)
    antennas: float = param(0.0, "antennas changed at each station, on average", at_least=0, at_most=20)
    missing: Ratio = param("0%", "days that are missing, at random", at_least="0%", below="100%")

    def facts(self, piped: Facts) -> Facts:
        if self._time.seconds > _LONGEST * 86400:
            raise Unsuitable("that is longer than forty years", parameter="time")
        return Facts(kind="Series", simulated=True)

    @property
    def _time(self) -> TimeRange:
        _, first, days = _USUAL[self.scene]
        return self.time or TimeRange(first * _DAY, (first + days) * _DAY)

    def apply(self) -> Series:
        from seisdsl.data.displacements import Plan, simulated
        from seisdsl.methods.simulate.displacement import YEAR, Noise

        slipping = self.scene == "slow-slip"
        white = (0.7 if slipping else 2.0) if self.white is None else 1000 * self.white
        flicker = (0.0 if slipping else 2.0) if self.flicker is None else 1000 * self.flicker
        return simulated(
            Plan(
                self.scene,
                self.stations or _USUAL[self.scene][0],
                self._time,
                self.seed,
                Noise(white, flicker, 1000 * self.common),
                1000 * self.slip,
                self.every / 86400,
                self.reach / 1000 if self.reach is not None else math.inf,
                self.azimuth,
                1000 * self.change * YEAR * 86400,
                self.patch,
                self.antennas,
                self.missing,
            )
        )
