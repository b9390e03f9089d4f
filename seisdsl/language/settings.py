"""What a `source` may say: the one list of its settings."""

from __future__ import annotations

from seisdsl.language.types import INTEGER, MAGNITUDE, NUMBER, TEXT, TIME_RANGE, Type

TEXTS = Type("List", (TEXT,))
SOME_TEXT = Type("Either", (TEXT, TEXTS))

SETTINGS: dict[str, tuple[Type, str]] = {
    "archive": (TEXT, "files, with {year} {month} {day} {doy} {hour} and * in the path"),
    "stations": (TEXT, "StationXML, or CSV with network, station, latitude, longitude, elevation"),
    "channels": (SOME_TEXT, "channel codes, with * and ?"),
    "time": (TIME_RANGE, "the part of the archive to read, half-open"),
    "rate": (Type("Frequency"), "sampling rate; records at other rates are resampled"),
    "network": (SOME_TEXT, "station lists of the standard library, for simulated records"),
    "seed": (INTEGER, "of simulated records"),
    "duration": (Type("Time"), "of simulated records where no time is given"),
    "events": (TEXT, "a scene or a CSV file of simulated events at set times"),
    "earthquakes": (NUMBER, "simulated earthquakes an hour, at random"),
    "smallest": (MAGNITUDE, "magnitude of the smallest simulated earthquake"),
    "tremors": (NUMBER, "simulated tremors an hour, at random"),
    "noise": (TEXT, "of simulated records: plain or rough"),
    "ground": (TEXT, "of simulated records: soft, with resonances, or rock"),
}

# what a source says of simulated waves, and an archive's records do not follow
OF_SIMULATION = {
    "rate",
    "seed",
    "duration",
    "events",
    "earthquakes",
    "smallest",
    "tremors",
    "noise",
    "ground",
}
