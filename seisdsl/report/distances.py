"""Waves against distance from an event, with the times at which waves should arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.velocity import PublishedTimes, VelocityModel, read_velocity
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import TimeRange
from seisdsl.report.condensed import spread, waves_columns
from seisdsl.report.records import legend_of_phases, phases_of, picked
from seisdsl.report.spans import apart
from seisdsl.report.style import FAINT, INK, WIDE, colour_of_phase, nothing, plain

if TYPE_CHECKING:
    from seisdsl.methods.locate.tables import TravelTimes

BEFORE, AFTER = 5, 110  # seconds around an origin time: S waves from 300 km away are in it
FARTHEST = 300.0  # km
_TRACES = 40
_FEWEST = 14  # traces that a section has room for: fewer are not drawn larger
VELOCITY = "forearc"


@dataclass(frozen=True)
class Event:
    """Where and when: degrees, kilometres, nanoseconds."""

    time: int
    latitude: float
    longitude: float
    depth: float
    magnitude: float | None

    @property
    def around(self) -> TimeRange:
        return TimeRange(self.time - BEFORE * NS, self.time + AFTER * NS)

    def __str__(self) -> str:
        when = np.datetime64(self.time, "ns").astype("datetime64[s]")
        size = "" if self.magnitude is None else f"M {self.magnitude:.1f}, "
        return f"{size}{str(when).replace('T', ' ')} UTC, {self.depth:.0f} km deep"


def main_event(catalog: Catalog | None) -> Event | None:
    """The largest one whose place is known; of those without magnitudes the first."""
    if catalog is None:
        return None
    frame = catalog.frame.drop_nulls(["time", "latitude", "longitude"])
    frame = frame.sort(["magnitude", "time"], descending=[True, False], nulls_last=True)
    for row in frame.head(1).iter_rows(named=True):
        time = int(frame["time"].dt.timestamp("ns")[0])
        return Event(time, row["latitude"], row["longitude"], row["depth"] or 0.0, row["magnitude"])
    return None


def distance_section(
    waves: Waves, event: Event | None, picks: Picks | None = None, velocity: str = VELOCITY
) -> Figure:
    """The traces by their distance from an epicentre, with picks and the times of P and S waves."""
    if event is None:
        return Figure(lambda canvas: nothing(canvas, "no event is known"), size=(WIDE, 3.0))
    part = waves.within(event.around)
    rows, far = _chosen(part, event)
    if not rows:
        said = f"nothing recorded within {FARTHEST:.0f} km of the event"
        return Figure(lambda canvas: nothing(canvas, said), str(event), "", (WIDE, 3.0), waves.simulated)
    of = waves_columns([part.select(rows)])
    phases = phases_of(picks)
    top = max(float(far.max()) * 1.06, 10.0)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        seconds = (of.times.edges[:-1] - event.time) / NS
        for row, distance in enumerate(far):
            low, high = of.low[row], of.high[row]
            known = np.isfinite(low)
            peak = float(max(-low[known].min(), high[known].max())) if known.any() else 0.0
            scale = 0.8 * top / max(len(far), _FEWEST) / peak if peak else 0.0
            axes.fill_between(seconds, distance + low * scale, distance + high * scale, color=INK, lw=0.4)
            for phase, at in picked(picks, of.channels[row]).items():
                colour, dash = colour_of_phase(phase, phases)
                half = 0.5 * top / max(len(far), _FEWEST)
                axes.vlines(
                    (at - event.time) / NS, distance - half, distance + half, color=colour, ls=dash, lw=1.5
                )
        ends = _curves(axes, event, velocity, top)
        _names(axes, [channel.station for channel in of.channels], far, top)
        last = min(max(ends * 1.3 + 5, 15), float(seconds[-1]))
        axes.set_xlim(max(-BEFORE, float(seconds[0])), last)
        axes.set_ylim(-0.03 * top, top)
        axes.set_xlabel("time after the origin (s)")
        axes.set_ylabel("distance from the epicentre (km)")
        legend_of_phases(axes, phases)
        plain(axes)

    left = len({c.instrument for c in waves.channels}) - len(rows)
    caption = f"one trace a station, scaled by its own peak; lines: P and S of the velocity model {velocity}"
    caption += f"; {left} stations not shown" if left > 0 else ""
    return Figure(draw, str(event), caption, (WIDE, 6.5), waves.simulated)


def _chosen(waves: Waves, event: Event) -> tuple[list[int], Any]:
    """One trace for each station with a place and a record, from near to far, and the distances."""
    of: dict[str, int] = {}
    for row, channel in enumerate(waves.channels):
        there = channel.latitude is not None and channel.longitude is not None
        better = channel.instrument not in of or channel.code.endswith(("Z", "U"))
        if there and better and bool(waves.mask[row].any()):
            of[channel.instrument] = row
    rows = list(of.values())
    places = np.array([(waves.channels[row].latitude, waves.channels[row].longitude) for row in rows])
    if not rows:
        return [], np.empty(0)
    far = apart(event.latitude, event.longitude, places[:, 0], places[:, 1])
    order = [at for at in np.argsort(far, kind="stable").tolist() if far[at] <= FARTHEST]
    order = [order[at] for at in spread(len(order), _TRACES)] if order else []
    return [rows[at] for at in order], far[order]


def _curves(axes: Any, event: Event, velocity: str, top: float) -> float:
    """The travel times of P and S from the event's depth to the sea level; how long the last one takes."""
    import torch

    model = read_velocity(velocity)
    distance = torch.linspace(0, min(top, FARTHEST), 200)
    longest = 0.0
    for phase in ("P", "S"):
        table = _table(model, phase)
        depth = torch.full_like(distance, event.depth)
        times = table(distance, depth, torch.zeros_like(distance))
        colour, dash = colour_of_phase(phase)
        axes.plot(times, distance, color=colour, ls=dash, lw=1.1, alpha=0.75, zorder=3)
        axes.text(
            float(times[-1]),
            float(distance[-1]),
            f" {phase}",
            color=colour,
            va="top",
            weight="bold",
            zorder=5,
        )
        longest = max(longest, float(times[-1]))
    return longest


def _table(model: VelocityModel | PublishedTimes, phase: str) -> TravelTimes:
    from seisdsl.methods.locate.tables import published_table, table_of

    return published_table(model, phase) if isinstance(model, PublishedTimes) else table_of(model, phase)


def _names(axes: Any, names: list[str], far: Any, top: float) -> None:
    """Stations to the right, as far as their names do not cover one another."""
    last = -np.inf
    for name, distance in zip(names, far, strict=True):
        if distance - last > 0.028 * top:
            axes.text(
                1.01, distance, name, transform=axes.get_yaxis_transform(), va="center", fontsize=8, color=INK
            )
            last = distance
        else:
            axes.plot(1.0, distance, marker="_", transform=axes.get_yaxis_transform(), color=FAINT)
