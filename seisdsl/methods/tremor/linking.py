"""Groups of windows that follow one another, linked into episodes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Seen:
    """One group in one window: when (ns), its stations, and its middle in km."""

    name: str
    time: int
    stations: frozenset[str]
    middle: tuple[float, float]


def linked(groups: Sequence[Seen], patience: int, alike: float, moves: float) -> dict[str, str]:
    """The episode of each group, called by the name of its first.

    A group goes on an earlier one of at most `patience` nanoseconds before that shares at least
    `alike` of both groups' stations, or whose middle lies within `moves` km; of several, the one
    that shares most, then the nearest. One that nothing goes before begins an episode.
    """
    episode: dict[str, str] = {}
    open_ones: list[Seen] = []
    in_order = sorted(groups, key=lambda group: (group.time, group.name))
    for time, together in groupby(in_order, key=lambda group: group.time):
        now = list(together)
        open_ones = [group for group in open_ones if time - group.time <= patience]
        pairs = sorted(
            (-shared, apart, one.name, other.name)
            for one in now
            for other in open_ones
            if (shared := _shared(one, other)) >= alike or _apart(one, other) <= moves
            for apart in (_apart(one, other),)
        )
        for _, _, name, before in pairs:
            episode.setdefault(name, episode[before])
        for group in now:
            episode.setdefault(group.name, group.name)
        open_ones += now
    return episode


def _shared(one: Seen, other: Seen) -> float:
    """Jaccard's index of their stations."""
    return len(one.stations & other.stations) / len(one.stations | other.stations)


def _apart(one: Seen, other: Seen) -> float:
    return math.dist(one.middle, other.middle)
