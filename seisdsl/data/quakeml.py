"""A catalogue as QuakeML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seisdsl.data.table import Catalog

_SIMULATED = "simulated: no such event happened"


def write_quakeml(catalog: Catalog, path: Path) -> None:
    from obspy.core.event import Catalog as Events

    rows = catalog.frame.with_columns(ns=catalog.frame["time"].dt.epoch("ns")).iter_rows(named=True)
    events = [_event(number, row, catalog.simulated) for number, row in enumerate(rows, start=1)]
    about = _SIMULATED if catalog.simulated else None
    Events(events, resource_id=_id("catalog", 1), description=about).write(str(path), format="QUAKEML")


def _id(kind: str, number: int) -> Any:
    from obspy.core.event import ResourceIdentifier

    return ResourceIdentifier(f"smi:local/seisdsl/{kind}/{number}")


def _event(number: int, row: dict[str, Any], simulated: bool) -> Any:
    from obspy import UTCDateTime
    from obspy.core.event import Comment, Event, Magnitude, Origin, OriginQuality

    event = Event(resource_id=_id("event", number))
    if row["kind"] == "earthquake":
        event.event_type = "earthquake"
    words = [row["kind"]] if row["kind"] and row["kind"] != "earthquake" else []
    words += [_SIMULATED] if simulated else []
    event.comments = [
        Comment(text=text, resource_id=_id(f"event/{number}/comment", i)) for i, text in enumerate(words)
    ]
    if row["ns"] is not None and row["latitude"] is not None and row["longitude"] is not None:
        origin = Origin(
            resource_id=_id("origin", number),
            time=UTCDateTime(ns=row["ns"]),
            latitude=row["latitude"],
            longitude=row["longitude"],
            depth=None if row["depth"] is None else row["depth"] * 1e3,
            evaluation_mode="automatic",
        )
        if row["stations"] is not None:
            origin.quality = OriginQuality(used_station_count=row["stations"])
        event.origins, event.preferred_origin_id = [origin], origin.resource_id
    if row["magnitude"] is not None:
        magnitude = Magnitude(resource_id=_id("magnitude", number), mag=row["magnitude"])
        event.magnitudes, event.preferred_magnitude_id = [magnitude], magnitude.resource_id
    return event
