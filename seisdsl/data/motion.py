"""Intensity measures of strong ground motion."""

from __future__ import annotations

from collections.abc import Iterable

from seisdsl.data.table import Table
from seisdsl.language.types import DATE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column

_ACCELERATION = Type("Acceleration")


class Motion(Table):
    """How strongly the ground moved: one row for each event and station.

    Spectral accelerations are further columns, `sa_0_3` for a period of 0.3 s.
    """

    COLUMNS = {
        "event": Column(TEXT, help="which event, as its catalogue names it"),
        "time": Column(DATE, help="origin time, or the record's start where there is no event, UTC"),
        "network": Column(TEXT),
        "station": Column(TEXT),
        "latitude": Column(Type("Angle"), "deg", "of the station"),
        "longitude": Column(Type("Angle"), "deg", "of the station"),
        "distance": Column(Type("Length"), "km", "from the hypocentre"),
        "pga": Column(_ACCELERATION, "cm/s^2", "peak ground acceleration"),
        "pgv": Column(Type("Velocity"), "cm/s", "peak ground velocity"),
        "intensity": Column(NUMBER, help="measured seismic intensity of the JMA"),
    }

    @staticmethod
    def spectral(periods: Iterable[float]) -> dict[str, Column]:
        """The columns of spectral accelerations at some periods in seconds, damped by 5 %."""
        return {
            "sa_" + f"{period:g}".replace(".", "_"): Column(
                _ACCELERATION, "cm/s^2", f"spectral acceleration at {period:g} s, damping 5 %"
            )
            for period in periods
        }
