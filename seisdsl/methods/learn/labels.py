"""What a window of record at a station is an example of."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

S_SPEED, P_SPEED = 3500.0, 6200.0  # m/s: when the waves of an event that is only listed are at a station
EARTH = 6371e3


@dataclass(frozen=True)
class Event:
    """Waves of one event at one station: from when to when (ns), and how strong."""

    start: int
    end: int
    kind: str
    name: str
    score: float  # amplitude over that of the noise; infinite where it is only known to be there
    distance: float  # metres


@dataclass(frozen=True)
class Label:
    kind: str
    event: Event | None = None


@dataclass(frozen=True)
class Rule:
    """From which score on a window counts as its event's, up to which as noise, and how much must lie in it."""

    classes: tuple[str, ...]
    noise: str = "noise"
    heard: float = 1.0
    silent: float = 0.3
    inside: float = 0.5
    stronger: bool = False  # whether a window with events of two kinds is of the stronger, or of none


def label_of(start: int, end: int, events: Iterable[Event], rule: Rule) -> Label | None:
    """What a window is an example of; None where that is not clear.

    Of an event that is short against the window the share `inside` of it must lie in the window, of a
    long one it must fill that share of the window.
    """
    near = [e for e in events if e.start < end and e.end > start and e.kind in rule.classes]
    strong = [event for event in near if event.score >= rule.heard]
    if not strong:
        clear = all(event.score <= rule.silent for event in near)
        return Label(rule.noise) if clear and rule.noise in rule.classes else None
    fitting = [event for event in strong if _share(event, start, end) >= rule.inside]
    if not fitting:
        return None
    best = max(fitting, key=lambda event: (event.score, event.name))
    others = [e for e in near if e.kind != best.kind and e.score > rule.silent]
    if others and not (rule.stronger and best.score > max(event.score for event in others)):
        return None
    return Label(best.kind, best)


def _share(event: Event, start: int, end: int) -> float:
    together = min(event.end, end) - max(event.start, start)
    return together / max(1, min(event.end - event.start, end - start))


def chance_of(seed: int, station: str, time: int) -> float:
    """A number from 0 to 1 that a window has for good, whatever is around it."""
    digest = hashlib.blake2b(f"{seed} {station} {time}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True)
class Listed:
    """An event of a catalogue: ns, degrees, metres."""

    time: int
    latitude: float
    longitude: float
    depth: float
    kind: str
    lasts: float


def arrived(events: Sequence[Listed], latitude: float, longitude: float, radius: float) -> list[Event]:
    """When listed events are at a station no farther than `radius` from the epicentre."""
    found = []
    for event in events:
        across = _across(event.latitude, event.longitude, latitude, longitude)
        if across <= radius:
            away = math.hypot(across, event.depth)
            begin = event.time + round(away / P_SPEED * 1e9)
            end = event.time + round((away / S_SPEED + event.lasts) * 1e9)
            name = f"{event.kind} {event.time}"
            found.append(Event(begin, end, event.kind, name, math.inf, away))
    return found


def _across(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in metres."""
    one, two = math.radians(lat), math.radians(other_lat)
    half = math.sin((two - one) / 2) ** 2
    half += math.cos(one) * math.cos(two) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))
