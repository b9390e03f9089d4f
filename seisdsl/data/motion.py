"""Intensity measures of strong ground motion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seisdsl.data.table import Table
from seisdsl.language.types import DATE, MAGNITUDE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column

_ACCELERATION = Type("Acceleration")
_DEGREES = Type("Angle")
_LENGTH = Type("Length")
SPECTRA: Mapping[str, tuple[Type, str, str]] = {
    "sa": (_ACCELERATION, "cm/s^2", "spectral acceleration, of the displacement"),
    "psv": (Type("Velocity"), "cm/s", "spectral velocity, of the displacement"),
    "sd": (_LENGTH, "cm", "spectral displacement"),
    "tsv": (Type("Time"), "s", "duration of the velocity response, to the end of the record"),
    "tsv_tail": (Type("Time"), "s", "duration of the velocity response, until it has died away"),
}


class Motion(Table):
    """How strongly the ground moved: one row for each record of a station, or for each event and station.

    Spectral values are further columns, `sa_0_3` for a period of 0.3 s.
    """

    COLUMNS = {
        "event": Column(TEXT, help="which event, as its catalogue names it"),
        "time": Column(DATE, help="origin time, or the record's start where there is no event, UTC"),
        "network": Column(TEXT),
        "station": Column(TEXT),
        "latitude": Column(_DEGREES, "deg", "of the station"),
        "longitude": Column(_DEGREES, "deg", "of the station"),
        "distance": Column(_LENGTH, "km", "from the hypocentre"),
        "pga": Column(_ACCELERATION, "cm/s^2", "peak ground acceleration"),
        "pgv": Column(Type("Velocity"), "cm/s", "peak ground velocity"),
        "intensity": Column(NUMBER, help="measured seismic intensity of the JMA"),
        "location": Column(TEXT),
        "elevation": Column(_LENGTH, "m", "of the station"),
        "duration": Column(Type("Time"), "s", "of the record"),
        "horizontal": Column(TEXT, help="how two components were made one"),
        "flag": Column(TEXT, help="what is wrong with the record; empty where nothing is"),
    }

    @staticmethod
    def spectral(
        periods: Iterable[float], kinds: Iterable[str] = ("sa",), damping: float = 0.05
    ) -> dict[str, Column]:
        """The columns of spectral values at some periods in seconds."""
        columns = {}
        for kind in kinds:
            of, unit, words = SPECTRA[kind]
            for period in periods:
                said = f"{words} at {period:g} s, damping {100 * damping:g} %"
                columns[f"{kind}_{period:g}".replace(".", "_")] = Column(of, unit, said)
        return columns


class Flatfile(Motion):
    """Motions with their events and sites: one row for each event and station, all that a model learns from.

    Further columns may say more of a site, or of an event.
    """

    COLUMNS = {
        **Motion.COLUMNS,
        "event_latitude": Column(_DEGREES, "deg", "of the epicentre"),
        "event_longitude": Column(_DEGREES, "deg", "of the epicentre"),
        "depth": Column(_LENGTH, "km", "of the hypocentre below sea level"),
        "magnitude": Column(MAGNITUDE),
        "kind": Column(TEXT, help="crust, interface or slab, where it is known"),
        "epicentral": Column(_LENGTH, "km", "distance from the epicentre"),
        "azimuth": Column(
            _DEGREES, "deg", "direction of the epicentre from the station, clockwise from north"
        ),
        "vs30": Column(Type("Velocity"), "m/s", "mean speed of S waves in the upper 30 m"),
        "d1400": Column(_LENGTH, "m", "depth at which S waves reach 1400 m/s"),
    }
