"""Which column of a file is which of ours, told from its name, and in what unit it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seisdsl.data.instants import DATE_PATTERN
from seisdsl.data.sheet import MISSING
from seisdsl.language import units
from seisdsl.language.types import BOOLEAN, DATE, NUMBER, TEXT, ColumnOf, Type
from seisdsl.operator import Unsuitable

_UNIT = re.compile(r"^(.+?)\s*(?:\[([^\]]*)\]|\(([^)]*)\)|/([A-Za-z²]+))$")
_UTC = {"", "utc", "gmt", "z", "iso", "iso8601", "s"}


@dataclass(frozen=True)
class Place:
    """A column of a file: what it is called in the table, what it holds, and how its numbers stand there."""

    name: str
    column: ColumnOf
    unit: float = 1.0  # SI factor of the file's unit


def names_columns(cells: Sequence[str], known: Mapping[str, Sequence[str]]) -> bool:
    """Whether a line is likely to name columns: it has a known name and no time."""
    names = {name for names in known.values() for name in names}
    stems = [_stem(_split(cell)[0]) for cell in cells]
    return not any(re.match(DATE_PATTERN, cell) for cell in cells) and any(
        stem in names or stem.rpartition("_")[0] in names for stem in stems
    )


def _stem(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", name.strip().lower())


def places(
    header: Sequence[str],
    ours: Mapping[str, ColumnOf],
    known: Mapping[str, Sequence[str]],
    head: Sequence[Sequence[str]],
) -> list[Place]:
    """What each column of a file is. `known` are the names of our own columns, the likeliest first.

    The other columns are kept; what they hold is told from the first rows, `head`.
    """
    split = [_split(name) for name in header]
    found: dict[int, Place] = {}
    for own, names in known.items():
        for wanted in names:
            fitting = [at for at in range(len(header)) if at not in found and _fits(split[at], wanted)]
            if fitting:
                at = fitting[0]
                column = ours.get(own, ColumnOf(TEXT))
                unit = split[at][1] or _suffix(split[at][0], wanted)
                found[at] = Place(own, column, _si(header[at], column, unit))
                break
    taken = {place.name for place in found.values()}
    for at, (name, unit) in enumerate(split):
        if at not in found:
            cells = [row[at] for row in head]
            column = _extra(cells, unit)
            found[at] = Place(_free(name or f"column {at + 1}", taken), column, column.factor)
            taken.add(found[at].name)
    return [found[at] for at in range(len(header))]


def _split(name: str) -> tuple[str, str]:
    """`depth [km]`, `depth(km)` and `Depth/km` name a unit."""
    match = _UNIT.match(name.strip())
    if not match:
        return name.strip(), ""
    return match[1], (match[2] or match[3] or match[4] or "").strip()


_SUFFIXES = ("km", "m", "cm", "mm", "deg", "s", "ms", "utc")


def _fits(split: tuple[str, str], wanted: str) -> bool:
    name = _stem(split[0])
    return name == wanted or any(name == f"{wanted}_{suffix}" for suffix in _SUFFIXES)


def _suffix(name: str, wanted: str) -> str:
    return _stem(name).removeprefix(wanted).removeprefix("_")


def _si(header: str, column: ColumnOf, unit: str) -> float:
    """The SI factor of a column's numbers; refuses a unit of another kind."""
    if column.type == DATE and unit.lower() not in _UTC:
        raise Unsuitable(f"`{header}` names the time zone {unit}; times must be in UTC", parameter="file")
    if not column.unit or not unit:
        return column.factor
    unit = {"°": "deg", "degrees": "deg", "degree": "deg", "metres": "m", "meters": "m"}.get(
        unit.lower(), unit
    )
    if unit == "g" and column.type.name == "Acceleration":
        unit = "g0"
    try:
        factor, dimension = units.unit(unit)
    except units.UnknownUnit:
        raise Unsuitable(f"`{header}` names no unit that is known", parameter="file") from None
    if dimension != units.unit(column.unit)[1]:
        raise Unsuitable(f"`{header}` is in {unit}, which is no unit of {column.type}", parameter="file")
    return factor


def _free(name: str, taken: set[str]) -> str:
    """A name as a program can write it, and that no other column has."""
    name = re.sub(r"\W+", "_", name).strip("_") or "column"
    name = name if name[0].isalpha() else f"column_{name}"
    others = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in others if other not in taken)


def _extra(cells: Sequence[str], unit: str) -> ColumnOf:
    given = [cell.strip() for cell in cells if cell.strip().lower() not in MISSING]
    if not given:
        return ColumnOf(TEXT)
    if all(cell.lower() in ("true", "false") for cell in given):
        return ColumnOf(BOOLEAN)
    if all(re.match(DATE_PATTERN, cell) for cell in given):
        return ColumnOf(DATE)
    if all(_is_number(cell) for cell in given):
        try:
            dimension = units.unit(unit)[1] if unit else None
        except units.UnknownUnit:
            dimension = None
        return ColumnOf(Type(units.name_of(dimension)), unit) if dimension else ColumnOf(NUMBER)
    return ColumnOf(TEXT)


def _is_number(cell: str) -> bool:
    """Not one such as 0012, and no whole one too long for a double: those are names."""
    match = re.fullmatch(r"[+-]?(\d*)\.?(\d*)(?:[eE][+-]?\d+)?", cell)
    if not match or not (match[1] or match[2]) or (len(match[1]) > 15 and not match[2]):
        return False
    return len(match[1]) < 2 or match[1][0] != "0"
