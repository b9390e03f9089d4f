"""Tables: named columns that know their type and unit.

Times are stored as UTC nanoseconds, numbers as float64 in the unit of their column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from seisdsl.language.types import DATE, INTEGER, MAGNITUDE, NUMBER, PROBABILITY, TEXT, Type, Value
from seisdsl.language.types import ColumnOf as Column

if TYPE_CHECKING:
    import pandas
    import polars


@dataclass(frozen=True, eq=False)
class Table(Value):
    """Rows of a polars frame. Subclasses name the columns that they always have."""

    COLUMNS: ClassVar[Mapping[str, Column]] = {}

    frame: polars.DataFrame
    extra: Mapping[str, Column] | None = None  # columns beyond those of the class
    simulated: bool = False

    @classmethod
    def of(cls, rows: Mapping[str, Iterable[Any]], **changes: Any) -> Self:
        """A table from columns by name; the class's own columns may be left out when empty."""
        import polars

        schema = {name: _stored(column.type) for name, column in cls.COLUMNS.items()}
        schema |= {name: _stored(c.type) for name, c in (changes.get("extra") or {}).items()}
        data = {name: list(rows.get(name, ())) for name in schema}
        longest = max(map(len, data.values()), default=0)
        data = {name: values or [None] * longest for name, values in data.items()}
        frame = polars.DataFrame(data, schema={n: _raw(s) for n, s in schema.items()}, strict=False)
        return cls(frame.cast({n: s for n, s in schema.items() if s != _raw(s)}), **changes)

    @property
    def columns(self) -> dict[str, Column]:
        return {**self.COLUMNS, **(self.extra or {})}

    def with_frame(self, frame: polars.DataFrame, extra: Mapping[str, Column] | None = None) -> Self:
        return replace(self, frame=frame, extra=self.extra if extra is None else extra)

    def __len__(self) -> int:
        return self.frame.height

    def to_pandas(self) -> pandas.DataFrame:
        return self.frame.to_pandas()


def _stored(of: Type) -> Any:
    import polars

    if of == DATE:
        return polars.Datetime("ns", "UTC")
    return {"Integer": polars.Int64, "Text": polars.String, "Boolean": polars.Boolean}.get(
        of.name, polars.Float64
    )


def _raw(stored: Any) -> Any:
    """Times arrive as integer nanoseconds."""
    import polars

    return polars.Int64 if stored == polars.Datetime("ns", "UTC") else stored


class Picks(Table):
    """Arrival times at stations."""

    COLUMNS = {
        "time": Column(DATE, help="arrival time, UTC"),
        "network": Column(TEXT),
        "station": Column(TEXT),
        "location": Column(TEXT),
        "channel": Column(TEXT, help="the channel it was picked on"),
        "phase": Column(TEXT, help="P or S"),
        "score": Column(NUMBER, help="what the picker judged it by; see the picker's help"),
        "uncertainty": Column(Type("Time"), "s", "one standard deviation, where the picker gives it"),
        "amplitude": Column(NUMBER, help="largest amplitude after the pick, in the unit of the waves"),
    }


class Detections(Table):
    """Stretches of time on a channel in which something stood out."""

    COLUMNS = {
        "time": Column(DATE, help="start, UTC"),
        "end": Column(DATE, help="end, UTC"),
        "duration": Column(Type("Time"), "s"),
        "network": Column(TEXT),
        "station": Column(TEXT),
        "location": Column(TEXT),
        "channel": Column(TEXT),
        "peak": Column(NUMBER, help="largest value, in the unit that the threshold was in"),
    }


class Catalog(Table):
    """Events."""

    COLUMNS = {
        "time": Column(DATE, help="origin time, UTC"),
        "latitude": Column(Type("Angle"), "deg"),
        "longitude": Column(Type("Angle"), "deg"),
        "depth": Column(Type("Length"), "km", "below sea level"),
        "magnitude": Column(MAGNITUDE),
        "kind": Column(TEXT, help="earthquake, tremor, ..."),
        "quality": Column(PROBABILITY, help="how sure the method is of it"),
        "stations": Column(INTEGER, help="stations that took part"),
    }
