"""What is true of simulated waves: the events in them, and when they are to be seen where."""

from __future__ import annotations

from dataclasses import dataclass

from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import DATE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column


class Heard(Table):
    """When the waves of an event are at a station, and how strong they are there.

    `score` is the root mean square of the event's waves from 2 to 8 Hz over that of the station's
    noise, while they last.
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


@dataclass(frozen=True, eq=False)
class Truth(Catalog):
    """The catalogue behind simulated waves.

    `arrivals` are the true onsets; their `score` is the expected peak over the noise of the station.
    `heard` tells of every kind of event, tremor and nuisances too, where it was to be seen.
    """

    arrivals: Picks | None = None
    heard: Heard | None = None
