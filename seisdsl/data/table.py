"""Tables: named columns that know their type and unit.

Times are stored as UTC nanoseconds, numbers as float64 in the unit of their column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from seisdsl.language.types import DATE, INTEGER, MAGNITUDE, NUMBER, PROBABILITY, TEXT, Type, Value
from seisdsl.language.types import ColumnOf as Column

if TYPE_CHECKING:
    import pandas
    import polars
    from obspy.core.event import Catalog as Events

    from seisdsl.language.types import TimeRange


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

        schema = {name: stored(column.type) for name, column in cls.COLUMNS.items()}
        schema |= {name: stored(c.type) for name, c in (changes.get("extra") or {}).items()}
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

    @property
    def timed(self) -> bool:
        """Whether its rows have times of their own, so that parts of it can be told apart."""
        return "time" in self.frame.columns and self.frame["time"].dtype == stored(DATE)

    def within(self, time: TimeRange) -> Self:
        """The rows whose time lies in a half-open time."""
        import polars

        at = polars.col("time").dt.timestamp("ns")
        return self.with_frame(self.frame.filter((at >= time.start) & (at < time.end)))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The rows of all parts, in order of time and then of the other columns, whatever the parts were."""
        import polars

        frame = polars.concat([part.frame for part in parts], how="vertical_relaxed", rechunk=True)
        first = ["time"] if parts[0].timed else []
        order = [*first, *(name for name in frame.columns if name not in first)]
        sortable = [name for name in order if not frame[name].dtype.is_nested()]
        simulated = any(part.simulated for part in parts)
        return replace(parts[0].with_frame(frame.sort(sortable, nulls_last=True)), simulated=simulated)

    def __len__(self) -> int:
        return self.frame.height

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame; its `attrs` say what the columns are, so that it comes back as it was."""
        from seisdsl.data.frames import pandas_of

        return pandas_of(self)


def stored(of: Type) -> Any:
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

    def to_obspy(self) -> Events:
        """obspy's catalogue of events with these picks: one event, or those of a column `event`."""
        from seisdsl.data.quakeml import picks_as_events

        return picks_as_events(self)


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

    def to_obspy(self) -> Events:
        """obspy's catalogue, an event for each row."""
        from seisdsl.data.quakeml import events_of

        return events_of(self)

    @classmethod
    def from_obspy(cls, events: Events) -> Catalog:
        """The preferred origins and magnitudes of obspy's events."""
        from seisdsl.data.quakeml import catalog_of

        return catalog_of(events)
