"""The part of a continuous record in which an event's waves pass each instrument."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.motion._records import Record, record_of

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True)
class Around:
    """Which part of a record belongs to an event: seconds and kilometres."""

    before: float
    quiet: float  # of it that must be recorded
    after: float
    far: float

    @property
    def reach(self) -> float:
        """Seconds around an origin time in which anything counts."""
        from seisdsl.methods.motion.joining import SLOW

        return self.before + self.far / SLOW + self.after


def event_names(events: Catalog) -> polars.Series:
    """What each event is called: as its catalogue has it, or by time and place."""
    import polars as pl

    place = pl.format(
        "{}Z {} {}",
        pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f"),
        pl.col("latitude").round(3),
        pl.col("longitude").round(3),
    )
    own = [pl.col("event")] if "event" in events.frame.columns else []
    return events.frame.select(pl.coalesce(*own, place).alias("event")).to_series()


def windows(waves: Waves, events: Catalog, around: Around) -> Iterator[tuple[int, float, Record]]:
    """The row of each event, the hypocentral distance (km) of each instrument from it, and what was recorded.

    From some seconds before the first P wave can come to some after the last S wave. Another event is
    told of where its waves come in that time and are a tenth as strong or more.
    """
    from seisdsl.methods.motion.joining import arrivals, strength

    instruments = waves.by_instrument()
    places = {name: _place(waves.channels[traces[0]], name) for name, traces in instruments.items()}
    frame = events.frame
    latitude, longitude, depth, magnitude = (
        frame[name].to_numpy() for name in ("latitude", "longitude", "depth", "magnitude")
    )
    origin = frame["time"].to_physical().to_numpy()
    for name, traces in instruments.items():
        far, earliest, latest = arrivals(*places[name], latitude, longitude, depth)
        strong = strength(magnitude, far)
        for row in (far <= around.far).nonzero()[0].tolist():
            begin, end = earliest[row] - around.before, latest[row] + around.after
            since = (origin - origin[row]) / NS
            others = (since + earliest < end) & (since + latest > begin) & (far <= around.far)
            others &= (abs(since) <= around.reach) & (strong > strong[row] - 1)
            others[row] = False
            left, right = (_sample(waves, int(origin[row]), seconds) for seconds in (begin, end))
            needed = [
                _sample(waves, int(origin[row]), seconds) - left
                for seconds in (earliest[row] - around.quiet, latest[row])
            ]
            record = record_of(waves, name, traces, left, right, (needed[0], needed[1]))
            if record is not None:
                several = ["several events"] if others.any() else []
                yield row, float(far[row]), record.flagged(several)


def _sample(waves: Waves, origin: int, seconds: float) -> int:
    """The number of the first sample, from where the waves begin, that is not before a time."""
    return math.ceil((origin + round(seconds * NS) - waves.start) * waves.rate / NS - 1e-6)


def _place(channel: Channel, name: str) -> tuple[float, float]:
    if channel.latitude is None or channel.longitude is None:
        raise Unsuitable(
            f"nobody says where {name.rstrip('.')} stands",
            notes=["which part of a record an event's waves pass in follows from its distance"],
            repair="give `stations=` where the waves are read",
        )
    return channel.latitude, channel.longitude


def those_near(events: Catalog, time: TimeRange, around: Around) -> Catalog:
    """The events that have a place and whose waves may be in a time."""
    import polars as pl

    spare = round(around.reach * NS)
    known = events.within(TimeRange(time.start - spare, time.end + spare))
    return known.with_frame(
        known.frame.drop_nulls(["time", "latitude", "longitude"]).with_columns(pl.col("depth").fill_null(0))
    )
