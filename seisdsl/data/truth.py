"""What is true of simulated waves: the events in them, and when they are to be seen where."""

from __future__ import annotations

from dataclasses import dataclass

from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import DATE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column


class Heard(Table):
    """When the waves of an event are at a station, and how strong they are there.

    `score` is the root mean square of the event's waves from 2 to 8 Hz over that of the station's
    noise, while they last, all components together: as expected, for no wave is made for it. What
    stays below a tenth is left out; calls of whales, above the band, have a score of zero.
    """

    COLUMNS = {
        "time": Column(DATE, help="its waves begin, UTC"),
        "end": Column(DATE, help="its waves have died away in the noise, UTC"),
        "network": Column(TEXT),
        "station": Column(TEXT),
        "event": Column(TEXT, help="the same for all stations"),
        "kind": Column(TEXT, help="earthquake, tremor, ..."),
        "score": Column(NUMBER, help="amplitude over that of the noise, 2 to 8 Hz"),
        "distance": Column(Type("Length"), "km", "from the hypocentre"),
    }


class Sites(Table):
    """What the ground below each simulated station does to waves, and how loud its noise is."""

    COLUMNS = {
        "network": Column(TEXT),
        "station": Column(TEXT),
        "gain": Column(NUMBER, help="of all motion, besides the doubling at the surface"),
        "peak": Column(Type("Frequency"), "Hz", "where horizontal motion resonates"),
        "amplification": Column(NUMBER, help="of horizontal motion at that frequency, besides the gain"),
        "horizontal": Column(NUMBER, help="gain and resonance of horizontal motion from 2 to 8 Hz, rms"),
        "noise": Column(NUMBER, help="root mean square from 2 to 8 Hz, all components together, m/s"),
    }


@dataclass(frozen=True, eq=False)
class Truth(Catalog):
    """The catalogue behind simulated waves.

    `arrivals` are the true onsets; their `score` is the expected peak over the noise of the station.
    `heard` tells of every kind of event, tremor and nuisances too, where it was to be seen; the
    catalogue has earthquakes and tremors alone, with `event`, `duration` and radiated `energy`.
    """

    arrivals: Picks | None = None
    heard: Heard | None = None
