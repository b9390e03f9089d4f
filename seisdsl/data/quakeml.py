"""Catalogues and picks as obspy's events, and saved as QuakeML."""

from __future__ import annotations

import json
import re
import warnings
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.data.origin import made
from seisdsl.data.table import Catalog, Picks
from seisdsl.language.types import TEXT, ColumnOf

if TYPE_CHECKING:
    from obspy.core.event import Catalog as Events

SIMULATED = "simulated: no such event happened"
OURS = "smi:local/seisdsl/"
KIND, QUALITY, MADE = (
    "kind",
    "quality",
    "made",
)  # what the comments are called that keep what QuakeML has no place for


def write_quakeml(catalog: Catalog, path: Path) -> None:
    from obspy.core.event import Comment

    lost = len(catalog) - len(catalog.frame.drop_nulls(["time", "latitude", "longitude"]))
    if lost:
        count = f"{lost:,} event{'s have' if lost > 1 else ' has'}"
        warnings.warn(f"{count} no time or place, and so no origin in QuakeML", stacklevel=2)
    events = events_of(catalog)
    if made():
        events.comments = [
            Comment(text=json.dumps(made(), ensure_ascii=False), resource_id=_id("catalog", MADE))
        ]
    events.write(str(path), format="QUAKEML")


def told(path: Path) -> Any:
    """What a file says of how it was made; None where it says nothing."""
    from seisdsl.data.quakeml_read import comment_of

    text = comment_of(str(path), MADE)
    return None if text is None else json.loads(text)


def events_of(catalog: Catalog) -> Events:
    """obspy's catalogue, an event for each row; times keep their microseconds."""
    from obspy.core.event import Catalog as Events

    rows = catalog.frame.with_columns(ns=catalog.frame["time"].dt.epoch("ns")).iter_rows(named=True)
    events = [_event(number, row, catalog.simulated) for number, row in enumerate(rows, start=1)]
    about = SIMULATED if catalog.simulated else None
    return Events(events, resource_id=_id("catalog", 1), description=about)


def _id(kind: str, number: int | str) -> Any:
    from obspy.core.event import ResourceIdentifier

    return ResourceIdentifier(f"{OURS}{kind}/{number}")


def _named(name: str | None) -> Any:
    """An identifier of one's own; what QuakeML does not take for one is made one."""
    from obspy.core.event import ResourceIdentifier

    if not name:
        return None
    if not re.fullmatch(rf"(smi|quakeml):[\w.*()~'-]{{3,}}/{_LETTER}+", name):
        name = "smi:local/" + re.sub(rf"(?!{_LETTER}).", "_", name)
    return ResourceIdentifier(name)


_LETTER = r"[\w.*()+?~'=,;#/&-]"  # that QuakeML allows in the last part of an identifier


def _event(number: int, row: dict[str, Any], simulated: bool) -> Any:
    from obspy import UTCDateTime
    from obspy.core.event import Comment, Event, Magnitude, Origin, OriginQuality
    from obspy.core.event.header import EventType

    event = Event(resource_id=_named(row.get("id")) or _id("event", number))
    words: dict[str, str] = {}
    if row["kind"] and row["kind"] in EventType:
        event.event_type = row["kind"]
    elif row["kind"]:
        words[KIND] = row["kind"]
    if row["quality"] is not None:
        words[QUALITY] = f"{QUALITY} {row['quality']!r}"
    if simulated:
        words["simulated"] = SIMULATED
    event.comments = [
        Comment(text=text, resource_id=_id(f"event/{number}", name)) for name, text in words.items()
    ]
    if row["ns"] is not None and row["latitude"] is not None and row["longitude"] is not None:
        origin = Origin(
            resource_id=_id("origin", number),
            time=UTCDateTime(ns=row["ns"]),
            latitude=row["latitude"],
            longitude=row["longitude"],
            depth=None if row["depth"] is None else float(Decimal(repr(row["depth"])).scaleb(3)),
            evaluation_mode="automatic",
        )
        if row["stations"] is not None:
            origin.quality = OriginQuality(used_station_count=row["stations"])
        event.origins, event.preferred_origin_id = [origin], origin.resource_id
    if row["magnitude"] is not None:
        magnitude = Magnitude(resource_id=_id("magnitude", number), mag=row["magnitude"])
        magnitude.magnitude_type = row.get("magnitude_type")
        event.magnitudes, event.preferred_magnitude_id = [magnitude], magnitude.resource_id
    return event


def kind_of(event_type: str | None) -> str | None:
    return None if event_type in ("null", "not reported") else event_type


def catalog_of(events: Events) -> Catalog:
    """The preferred origins and magnitudes of obspy's events, or their first ones."""
    rows: list[dict[str, Any]] = []
    for event in events:
        origin = event.preferred_origin() or next(iter(event.origins), None)
        magnitude = event.preferred_magnitude() or next(iter(event.magnitudes), None)
        quality = origin and origin.quality
        rows.append(
            {
                "time": origin and origin.time and int(origin.time.ns),
                "latitude": origin and origin.latitude,
                "longitude": origin and origin.longitude,
                "depth": float(Decimal(repr(origin.depth)).scaleb(-3))
                if origin and origin.depth is not None
                else None,
                "magnitude": magnitude and magnitude.mag,
                "kind": kind_of(event.event_type),
                "stations": quality and quality.used_station_count,
                "id": event.resource_id.id,
                "magnitude_type": magnitude and magnitude.magnitude_type,
            }
        )
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    simulated = any(comment.text == SIMULATED for event in events for comment in event.comments)
    return Catalog.of(
        columns, extra={"id": ColumnOf(TEXT), "magnitude_type": ColumnOf(TEXT)}, simulated=simulated
    )


def picks_as_events(picks: Picks) -> Events:
    """obspy's catalogue of events with their picks: one event where no column `event` tells them apart."""
    from obspy import UTCDateTime
    from obspy.core.event import Catalog as Events
    from obspy.core.event import Event, Pick, QuantityError, WaveformStreamID

    events: dict[str | None, Any] = {}
    frame = picks.frame.drop_nulls("time")
    rows = frame.with_columns(ns=frame["time"].dt.epoch("ns")).iter_rows(named=True)
    for number, row in enumerate(rows, start=1):
        key = row.get("event")
        if key not in events:
            events[key] = Event(resource_id=_named(key) or _id("event", "picks"))
        pick = Pick(
            resource_id=_id("pick", number),
            time=UTCDateTime(ns=row["ns"]),
            waveform_id=WaveformStreamID(
                row["network"] or "", row["station"] or "", row["location"] or "", row["channel"] or ""
            ),
            phase_hint=row["phase"],
            evaluation_mode="automatic",
        )
        if row["uncertainty"] is not None:
            pick.time_errors = QuantityError(uncertainty=row["uncertainty"])
        events[key].picks.append(pick)
    about = SIMULATED if picks.simulated else None
    return Events(list(events.values()), resource_id=_id("catalog", 1), description=about)
