"""QuakeML read event by event: any version's namespace, no entities, bounded memory."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from seisdsl.data.instants import nanoseconds
from seisdsl.data.parts import first
from seisdsl.data.quakeml import KIND, OURS, QUALITY, SIMULATED, kind_of
from seisdsl.data.sheet import unreadable
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.tables_read import fitted
from seisdsl.language.types import DATE, TEXT, ColumnOf, Type

Rows = TypeVar("Rows", bound=Table)

LARGEST = 4 * 2**30  # bytes of a file
EXTRA: Mapping[type[Table], Mapping[str, ColumnOf]] = {
    Catalog: {
        "id": ColumnOf(TEXT, help="the event's resource identifier"),
        "magnitude_type": ColumnOf(TEXT, help="such as ML or Mw"),
    },
    Picks: {"event": ColumnOf(TEXT, help="resource identifier of the event that the pick belongs to")},
}


def read_quakeml(path: str, kind: type[Rows]) -> Rows:
    """The preferred origins and magnitudes of a file's events, or all of its picks."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    simulated = False
    read: Callable[[Any], Iterator[dict[str, Any]]] = _picks if kind is Picks else _event
    for event in _events(path):
        simulated = simulated or any(text == SIMULATED for text in _texts(event, "comment", "text"))
        rows += ({**row, "line": event.sourceline} for row in read(event))
    schema = {name: pl.String if of in (TEXT, DATE) else pl.Float64 for name, of in _types(kind).items()}
    frame = pl.DataFrame(rows, {**schema, "why": pl.String, "line": pl.Int64})
    frame = frame.with_columns(nanoseconds(pl.col("time")).alias("time"), written=pl.col("time"))
    good = pl.col("time").is_not_null()
    if kind is Picks:
        good &= pl.col("station") != ""
    lost = [
        f"line {line}: {why or f'`{written}` is no time'}"
        for line, why, written in frame.filter(~good).select("line", "why", "written").rows()
    ]
    if lost:
        what = "pick" if kind is Picks else "event"
        if len(lost) == len(rows):
            raise unreadable(path, f"none of its {what}s can be read", *first(lost, 5))
        count = f"{len(lost):,} {what}{'s are' if len(lost) > 1 else ' is'} left out"
        warnings.warn(f"{path}: {count}: {'; '.join(first(lost, 5))}", stacklevel=2)
    elif kind is Picks and not rows:
        warnings.warn(f"{path} holds events, but no picks", stacklevel=2)
    table = fitted(frame.filter(good), kind, EXTRA[kind])
    return replace(table, simulated=simulated)


def _types(kind: type[Table]) -> dict[str, Type]:
    return {name: column.type for name, column in {**kind.COLUMNS, **EXTRA[kind]}.items()}


def _events(path: str) -> Iterator[Any]:
    """The event elements one by one; a file that breaks off gives those before, and a warning."""
    from lxml import etree  # type: ignore[import-untyped]

    if Path(path).stat().st_size > LARGEST:
        raise unreadable(path, f"it is larger than {LARGEST >> 30} GiB", "split it into several files")
    count = 0
    try:
        for element in _elements(path):
            if _local(element) == "event":
                count += 1
                yield element
                element.clear()
                while (before := element.getprevious()) is not None:
                    before.getparent().remove(before)
    except etree.XMLSyntaxError as error:
        reason = str(error).split(" (")[0]
        if not count:
            raise unreadable(path, f"it is no sound XML: {reason}") from None
        warnings.warn(
            f"{path} breaks off ({reason}): the {count:,} events before that are kept", stacklevel=3
        )


def _elements(path: str) -> Iterator[Any]:
    """Each element once it is read whole: nothing outside the file is loaded, no entity filled in."""
    from lxml import etree

    with Path(path).open("rb") as file:
        steps = etree.iterparse(
            file, ("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        root = None
        for step, element in steps:
            if root is None:
                root = element
                _refuse_foreign(path, root)
            if step == "end":
                yield element


def comment_of(path: str, name: str) -> str | None:
    """A comment on the whole catalogue, by the last part of its identifier."""
    for element in _elements(path):
        if _local(element) == "event":
            return None
        if _local(element) == "comment" and element.get("id", "").endswith(f"/{name}"):
            return _text(element, "text")
    return None


def _refuse_foreign(path: str, root: Any) -> None:
    if root.getroottree().docinfo.doctype:
        raise unreadable(path, "it declares a document type, which QuakeML has no use for")
    if _local(root) not in ("quakeml", "eventParameters"):
        raise unreadable(path, f"it is XML, but its root is <{_local(root)}>, not <quakeml>")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _local(child) == name]


def _text(element: Any, *names: str) -> str | None:
    """The text of a descendant by the names on the way to it."""
    for name in names:
        found = _children(element, name)
        if not found:
            return None
        element = found[0]
    return (element.text or "").strip() or None


def _texts(element: Any, *names: str) -> list[str]:
    of, *more = names
    return [text for child in _children(element, of) if (text := _text(child, *more))]


def _number(element: Any, *names: str) -> float | None:
    return _decimal(_text(element, *names))


def _decimal(text: str | None, scale: int = 0) -> float | None:
    try:
        value = float(Decimal(text).scaleb(scale)) if text else None
    except (InvalidOperation, OverflowError):
        return None
    return value if value is not None and abs(value) < float("inf") else None


def _preferred(event: Any, name: str, reference: str) -> Any:
    """The one that the event prefers, else the first."""
    found = _children(event, name)
    wanted = _text(event, reference)
    return next((one for one in found if one.get("publicID") == wanted), found[0] if found else None)


def _event(event: Any) -> Iterator[dict[str, Any]]:
    origin = _preferred(event, "origin", "preferredOriginID")
    magnitude = _preferred(event, "magnitude", "preferredMagnitudeID")
    about = {
        comment.get("id", "").rpartition("/")[2]: _text(comment, "text")
        for comment in _children(event, "comment")
        if comment.get("id", "").startswith(OURS)
    }
    place = {
        name: None if origin is None else _number(origin, name, "value") for name in ("latitude", "longitude")
    }
    stations = None if origin is None else _number(origin, "quality", "usedStationCount")
    yield {
        "time": None if origin is None else _text(origin, "time", "value"),
        **place,
        "depth": None if origin is None else _decimal(_text(origin, "depth", "value"), -3),
        "magnitude": None if magnitude is None else _number(magnitude, "mag", "value"),
        "kind": about.get(KIND) or kind_of(_text(event, "type")),
        "quality": _decimal((about.get(QUALITY) or "").removeprefix(QUALITY).strip()),
        "stations": None if stations is None else int(stations),
        "id": event.get("publicID"),
        "magnitude_type": None if magnitude is None else _text(magnitude, "type"),
        "why": "it has no origin" if origin is None else _unless(_text(origin, "time", "value"), "time"),
    }


def _unless(given: str | None, what: str) -> str | None:
    return None if given else f"it has no {what}"


def _picks(event: Any) -> Iterator[dict[str, Any]]:
    named = {
        _text(arrival, "pickID"): _text(arrival, "phase")
        for origin in _children(event, "origin")
        for arrival in _children(origin, "arrival")
    }
    for pick in _children(event, "pick"):
        stream = (_children(pick, "waveformID") or [{}])[0]
        yield {
            "time": _text(pick, "time", "value"),
            **{name: stream.get(f"{name}Code", "") for name in ("network", "station", "location", "channel")},
            "phase": _text(pick, "phaseHint") or named.get(pick.get("publicID")),
            "uncertainty": _number(pick, "time", "uncertainty"),
            "event": event.get("publicID"),
            "why": _unless(stream.get("stationCode"), "station")
            or _unless(_text(pick, "time", "value"), "time"),
        }
