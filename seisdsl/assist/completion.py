"""What may be written at a place of a program, however broken the text around it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from seisdsl.assist import offers
from seisdsl.assist.cursor import Frame
from seisdsl.assist.document import Document
from seisdsl.assist.here import Here, called, here, reading
from seisdsl.assist.offers import Completion
from seisdsl.language.settings import SETTINGS
from seisdsl.language.types import INPUT_FILE, OUTPUT_FILE, Type
from seisdsl.language.values import Flowing

__all__ = ["Completion", "completions"]

_ROW = ("WHERE", "DERIVE")
_NAMING = ("LET", "DEF", "PARAM", "SOURCE")


def completions(
    text: str, at: int, *, folder: Path | None = None, document: Document | None = None
) -> list[Completion]:
    """What may stand at an offset, best first; paths in the text are taken from `folder`.

    A `document` that holds the text already tells the folder too.
    """
    folder = document.path.parent if document else folder
    with reading:
        place = here(text, at, document or folder)
        typed = place.cursor.word
        start = place.start + place.cursor.start
        if place.cursor.text is not None:
            typed = place.cursor.text.rpartition("/")[2]
            start = at - len(typed)
        found = _matching(typed, _offered(place, folder or Path()))
    end = place.start + place.cursor.end
    return [replace(one, start=start, end=max(at, end)) for one in found]


def _matching(typed: str, offered: Iterable[Completion]) -> list[Completion]:
    """Those that begin with what is typed, then those that hold it; each once."""
    wanted = typed.lower()
    every = list({one.label: one for one in reversed(list(offered))}.values())[::-1]
    first = [one for one in every if one.label.lower().startswith(wanted)]
    later = [one for one in every if len(wanted) > 1 and wanted in one.label.lower()[1:]]
    return list(dict.fromkeys([*first, *later]))


def _offered(place: Here, folder: Path) -> Iterator[Completion]:
    cursor, frame = place.cursor, place.cursor.frame
    stage = frame.stage
    last = stage[-1].kind if stage else ""
    if cursor.silent:
        return
    if cursor.text is not None:
        yield from _in_text(place, folder)
    elif last == "DOT" and not cursor.number:
        yield from _after_point(place)
    elif cursor.number:
        yield from offers.units_for(_wanted(place))
    elif last in ("COLON", "_GIVES", "LESSTHAN") and (frame.first in _NAMING or _declares(place)):
        yield from offers.types()
    elif frame.first in _NAMING or (_declares(place) and frame.opener == "LPAR"):
        return
    elif frame.first == "USE":
        yield from offers.library() if len(stage) == 1 else ()
    elif _row(place) is not None and (stage or frame.opener):
        yield from _of_row(place)
    elif frame.opener == "LBRACE" and not frame.name:
        yield from _field_names(place)
    elif not stage:
        yield from _stage_begins(place)
    else:
        yield from _in_stage(place)


def _declares(place: Here) -> bool:
    """Whether the cursor is among the parameters of a `def`."""
    frames = place.cursor.frames
    return len(frames) > 1 and frames[-2].first == "DEF"


def _after_point(place: Here) -> Iterator[Completion]:
    stage = place.cursor.frame.stage
    path: list[str] = []
    at = len(stage) - 1
    while at > 0 and stage[at].kind == "DOT" and stage[at - 1].kind == "NAME":
        path.insert(0, stage[at - 1].text)
        at -= 2
    if place.cursor.frame.first == "USE":
        for one in offers.library():
            name = one.label.removeprefix("stdlib.")
            yield replace(one, label=name, insert=name)
    elif path:
        yield from offers.members(path, place.scope)


# Stages -----------------------------------------------------------------------------------------


def _stage_begins(place: Here) -> Iterator[Completion]:
    frame, scope, arrival = place.cursor.frame, place.scope, place.arrival
    if frame.pipes or (arrival.follows and frame.opener):
        yield from offers.fitting(arrival.value, scope)
        if frame.pipes:
            return
    wanted = _wanted(place)
    if wanted is not None:
        yield from offers.values(wanted, scope, _outer_value(place))
    yield from offers.bound(scope)
    yield from offers.modules(scope)
    if frame.opener == "LSQB" and wanted is not None:
        return
    yield from offers.beginning(scope)
    if not frame.head and not frame.opener and not frame.axes:
        yield from offers.keywords(offers.AT_BEGINNING)


def _outer_value(place: Here) -> Flowing | None:
    """What is piped into the stage that the innermost bracket belongs to."""
    for value in reversed(place.arrival.piped):
        if isinstance(value, Flowing):
            return value
    return None


def _in_stage(place: Here) -> Iterator[Completion]:
    """Arguments of what is called: a value for the parameter at hand, then the others."""
    frame, scope = place.cursor.frame, place.scope
    one = called(frame.word, scope) if frame.word else None
    if one is None:
        yield from offers.bound(scope)
        return
    given = frame.arguments()
    if given.pending is not None:
        port = one.ports.get(given.pending)
        wanted = port.type if port else _wanted(place)
        yield from offers.values(wanted, scope, place.arrival.value) if wanted else offers.bound(scope)
        return
    at_hand = one.at(frame)
    if at_hand is not None and at_hand.required:
        yield from offers.values(at_hand.type, scope, place.arrival.value)
    left = list(one.parameters)
    positional = [name for name in left if name not in given.names][: given.positional]
    yield from offers.parameters(one, [*given.names, *positional])
    if at_hand is not None and not at_hand.required:
        yield from offers.values(at_hand.type, scope, place.arrival.value)


def _wanted(place: Here) -> Type | None:
    """The type of the parameter whose value is at the cursor, also within a bracket of it."""
    for depth in range(len(place.cursor.frames) - 1, -1, -1):
        frame = place.cursor.frames[depth]
        outer = place.cursor.frames[depth - 1] if depth else None
        if frame.name and outer and outer.first == "SOURCE":
            return SETTINGS[frame.name][0] if frame.name in SETTINGS else None
        if frame.opener == "LBRACE" and frame.name and not frame.stage:
            return None
        stage = _before_bracket(frame) if depth < len(place.cursor.frames) - 1 else frame
        if stage.word:
            one = called(stage.word, place.scope)
            parameter = one.at(stage) if one else None
            return parameter.type if parameter else None
        if frame.pipes:
            return None
    return None


def _before_bracket(frame: Frame) -> Frame:
    """The stage as it was before its last bracket was opened."""
    return Frame(frame.opener, frame.start, frame.head, frame.pipes, frame.stage[:-1], frame.name)


# Tables, records, texts -------------------------------------------------------------------------


def _row(place: Here) -> int | None:
    """The innermost bracket whose stage computes with the columns of a row."""
    depths = [depth for depth, frame in enumerate(place.cursor.frames) if frame.first in _ROW]
    return depths[-1] if depths else None


def _of_row(place: Here) -> Iterator[Completion]:
    depth = _row(place)
    frame = place.cursor.frame
    if depth is None or (frame.opener == "LBRACE" and not frame.name):
        return
    table = place.arrival.piped[depth]
    yield from offers.columns(table if isinstance(table, Flowing) else None)
    yield from offers.bound(place.scope)
    yield from offers.functions()


def _field_names(place: Here) -> Iterator[Completion]:
    frames = place.cursor.frames
    if len(frames) > 1 and frames[-2].first == "SOURCE":
        written = place.text[frames[-2].start :]
        yield from offers.settings([name for name in SETTINGS if f"{name} =" in written])


def _in_text(place: Here, folder: Path) -> Iterator[Completion]:
    frame = place.cursor.frame
    written = place.cursor.text or ""
    if frame.first == "USE":
        yield from offers.files(written, folder, (".seis", ".py"))
        return
    if frame.name == "events":
        yield from offers.scenes()
    depth = _row(place)
    if depth is not None and (column := _compared(place)):
        table = place.arrival.piped[depth]
        yield from offers.words_of(column, table if isinstance(table, Flowing) else None)
        return
    one = called(frame.word, place.scope) if frame.word else None
    parameter = one.at(frame) if one else None
    if frame.name in ("archive", "stations", "events") or (
        parameter is not None and parameter.type in (INPUT_FILE, OUTPUT_FILE)
    ):
        yield from offers.files(written, folder)
    elif parameter is not None and parameter.type.name == "Source":
        yield from offers.sources(place.scope)


def _compared(place: Here) -> str:
    """The column that a text is compared with: `kind == "…"`, or `kind in ["…"]`."""
    frames = place.cursor.frames
    listed = place.cursor.frame.opener == "LSQB" and len(frames) > 1
    before = frames[-2].stage[:-1] if listed else place.cursor.frame.stage
    if len(before) < 2 or before[-1].kind != ("IN" if listed else "COMPARE"):
        return ""
    return before[-2].text if before[-2].kind == "NAME" else ""
