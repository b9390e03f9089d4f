"""The earthquakes and tremors of a scene: those at random, hour by hour, and those planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from seisdsl.data.scenes import Scene
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange
from seisdsl.methods.simulate.sources import HOUR, Earthquake, earthquakes_of_hour, made
from seisdsl.methods.simulate.tremor import Tremor, tremors_of_hour

LONGEST = 900 * NS  # the waves of an event are over this long after its origin
E = TypeVar("E", Earthquake, Tremor)


def earthquakes(scene: Scene, time: TimeRange) -> Iterator[Earthquake]:
    """Those whose waves may reach into the time, by origin hour by hour."""
    places = [(s.latitude, s.longitude) for s in scene.stations]
    yield from _of_hours(
        time, lambda hour: earthquakes_of_hour(scene.seed, hour, scene.per_hour, places, scene.smallest)
    )
    planned = [plan for plan in scene.planned if plan.kind == "earthquake"]
    yield from _near(
        time,
        (
            made(
                scene.seed, plan.origin, plan.latitude, plan.longitude, plan.depth, plan.magnitude, (number,)
            )
            for number, plan in enumerate(planned)
        ),
    )


def tremors(scene: Scene, time: TimeRange) -> Iterator[Tremor]:
    """Those whose waves may reach into the time."""
    places = [(s.latitude, s.longitude, s.elevation) for s in scene.stations]
    yield from _of_hours(time, lambda hour: tremors_of_hour(scene.seed, hour, scene.tremors, places))
    planned = [plan for plan in scene.planned if plan.kind == "tremor"]
    yield from _near(
        time,
        (
            Tremor(
                plan.origin, plan.latitude, plan.longitude, plan.depth, plan.magnitude, plan.duration,
                scene.seed, (number,),
            )
            for number, plan in enumerate(planned)
        ),
    )  # fmt: skip


def _of_hours(time: TimeRange, events: Callable[[int], Iterable[E]]) -> Iterator[E]:
    for hour in range((time.start - LONGEST) // HOUR, (time.end - 1) // HOUR + 1):
        yield from _near(time, events(hour))


def _near(time: TimeRange, events: Iterable[E]) -> Iterator[E]:
    return (event for event in events if time.start - LONGEST <= event.origin < time.end)
