"""The values of a program while it is checked: constants, and what will flow when it runs."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from seisdsl.language import units
from seisdsl.language.types import BOOLEAN, DATE, NUMBER, RATIO, TEXT, TIME_RANGE, TimeRange, Type
from seisdsl.language.units import PLAIN, Dimension

if TYPE_CHECKING:
    from seisdsl.graph import Node
    from seisdsl.operator import Facts, Operator
    from seisdsl.source import Place


@dataclass(frozen=True)
class Quantity:
    """A number in SI units; `unit` is what it was written with, "" for a plain number."""

    si: float
    dimension: Dimension = PLAIN
    unit: str = ""

    @property
    def type(self) -> Type:
        if self.dimension == PLAIN:
            return RATIO if self.unit else NUMBER
        return Type(units.name_of(self.dimension))


@dataclass(frozen=True)
class Instant:
    """A time in integer nanoseconds since 1970 UTC, or a whole day."""

    ns: int
    day: bool = False
    type: Type = field(default=DATE, compare=False)


DAY_NS = 86_400_000_000_000


@dataclass(frozen=True)
class Span:
    """A half-open range of times."""

    range: TimeRange
    type: Type = field(default=TIME_RANGE, compare=False)


@dataclass(frozen=True)
class Pair:
    """A range of quantities."""

    low: Quantity
    high: Quantity

    @property
    def type(self) -> Type:
        return Type("Range", (self.low.type if self.low.dimension != PLAIN else self.high.type,))


@dataclass(frozen=True)
class Text:
    text: str
    type: Type = field(default=TEXT, compare=False)


@dataclass(frozen=True)
class Truth:
    true: bool
    type: Type = field(default=BOOLEAN, compare=False)


@dataclass(frozen=True)
class Items:
    items: tuple[Known, ...]

    @property
    def type(self) -> Type:
        return Type("List", (self.items[0].type,) if self.items else ())


@dataclass(frozen=True)
class Fields:
    """A record of constants."""

    fields: tuple[tuple[str, Known], ...]

    @property
    def type(self) -> Type:
        return Type("Record", fields=tuple((name, value.type) for name, value in self.fields))

    def get(self, name: str) -> Known | None:
        return dict(self.fields).get(name)


WAVES = Type("Waves")


@dataclass(frozen=True, eq=False)
class Held:
    """Records given from Python."""

    value: Any
    type: Type = WAVES


@dataclass(frozen=True)
class SourceValue:
    """A named source with its settings."""

    name: str
    settings: Fields
    place: Place | None = field(default=None, compare=False)
    sound: bool = field(default=True, compare=False)  # whether no fault of it is reported
    type: Type = field(default=Type("Source"), compare=False)

    @property
    def gives(self) -> Type:
        return Type("Waves")


@dataclass(frozen=True)
class OperatorValue:
    """An operator as a value, with the parameters it was given."""

    operator: type[Operator]
    given: tuple[tuple[str, Known], ...] = ()
    type: Type = field(default=Type("Operator"), compare=False)


@dataclass(frozen=True)
class Flowing:
    """What a stage gives when the program runs.

    `node` is None where something before it is wrong; its type is then still checked against
    what follows. `before` is what was piped into the stage.
    """

    type: Type
    facts: Facts
    place: Place
    node: Node | None = None
    before: Flowing | None = field(default=None, repr=False)

    @property
    def chain(self) -> list[Flowing]:
        """This value and those before it in its pipeline, nearest first."""
        found: list[Flowing] = []
        here: Flowing | None = self
        while here:
            found.append(here)
            here = here.before
        return found


@dataclass(frozen=True)
class Unset:
    """A parameter of the program that has no value yet, only a type."""

    name: str
    type: Type


@dataclass(frozen=True)
class Poison:
    """What could not be worked out; its fault is already reported."""

    type: Type = field(default=Type("?"), compare=False)


Constant = Quantity | Instant | Span | Pair | Text | Truth | Items | Fields | Held
Known = Constant | SourceValue | OperatorValue | Unset | Flowing
Value = Known | Poison


def is_constant(value: Value) -> bool:
    return isinstance(value, Constant)


# Dates ------------------------------------------------------------------------------------------

_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?")
_EPOCH = dt.datetime(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 1678, 2261  # what 64 bits of nanoseconds hold
EARLIEST = (dt.datetime(FIRST_YEAR, 1, 1) - _EPOCH).days * DAY_NS
LATEST = (dt.datetime(LAST_YEAR + 1, 1, 1) - _EPOCH).days * DAY_NS


def instant(text: str) -> Instant:
    """An ISO 8601 date or time; without a zone it is UTC. Raises ValueError in the user's words."""
    match = _INSTANT.fullmatch(text)
    if not match:
        raise ValueError(f"{text} is no date")
    year, month, day = (int(match[i]) for i in (1, 2, 3))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"a year lies from {FIRST_YEAR} to {LAST_YEAR}: times are kept in nanoseconds")
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    try:
        date = dt.datetime(year, month, day)
    except ValueError:
        raise ValueError(f"{year}-{month:02} has no day {day}") from None
    if match[4] is None:
        return Instant((date - _EPOCH).days * DAY_NS, day=True)
    hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
    leap = second == 60 and (hour, minute) == (23, 59)
    if hour > 23 or minute > 59 or (second > 59 and not leap):
        raise ValueError(f"there is no time {text[11:]}")
    if match[7] and len(match[7]) > 9:
        raise ValueError("times are kept to the nanosecond: at most 9 digits after the point")
    seconds = (date - _EPOCH).days * 86400 + hour * 3600 + minute * 60 + second
    ns = seconds * 1_000_000_000 + int((match[7] or "0").ljust(9, "0"))
    return Instant(ns - _ahead_of_utc(match[8] or "Z"))


def _ahead_of_utc(zone: str) -> int:
    """Nanoseconds that a zone such as +09:00 is ahead."""
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(f"there is no time zone {zone}")
    return (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes) * 60_000_000_000


def iso(ns: int) -> str:
    """A time to the nanosecond, without zeros at the end."""
    seconds, fraction = divmod(ns, 1_000_000_000)
    moment = _EPOCH + dt.timedelta(seconds=seconds)
    text = moment.isoformat()
    if fraction:
        text += f".{fraction:09}".rstrip("0")
    return text + "Z"


# As text ----------------------------------------------------------------------------------------


def number(value: float) -> str:
    text = repr(float(value))
    return text.removesuffix(".0")


def shown(value: Any) -> str:
    """A constant as a program would write it, in SI units."""
    match value:
        case Quantity():
            unit = "" if value.dimension == PLAIN else value.dimension.unit
            return number(value.si) + unit
        case Instant():
            return iso(value.ns)[:10] if value.day else iso(value.ns)
        case Span():
            return f"{iso(value.range.start)}..{iso(value.range.end)}"
        case Pair():
            return f"{shown(value.low)}..{shown(value.high)}"
        case Text():
            return quoted(value.text)
        case Truth():
            return "true" if value.true else "false"
        case Items():
            return "[" + ", ".join(shown(item) for item in value.items) + "]"
        case Fields():
            return "{ " + ", ".join(f"{name} = {shown(v)}" for name, v in value.fields) + " }"
        case SourceValue():
            return value.name
        case OperatorValue():
            given = "".join(f" {name}={shown(v)}" for name, v in value.given)
            return f"({value.operator.word}{given})" if given else value.operator.word
        case Unset():
            return value.name
    raise TypeError(f"{value!r} cannot be written as text")


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + escaped.replace("{", "{{").replace("}", "}}") + '"'
