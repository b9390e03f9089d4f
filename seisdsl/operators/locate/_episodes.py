"""Episodes of groups, cut into the parts that are located one by one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from seisdsl.data.groups import Groups
from seisdsl.data.waves import NS
from seisdsl.language.types import TimeRange

SHARP = 0.7  # how a station's weight in the middle of a group grows with its score

Place = tuple[float, float, float]  # latitude, longitude, elevation (m)


@dataclass(frozen=True)
class Part:
    """One stretch of an episode."""

    group: str  # its strongest
    episode: str
    time: TimeRange
    stations: dict[tuple[str, str], float]  # the best score of each
    middle: tuple[float, float]  # latitude and longitude
    others: tuple[tuple[float, float], ...] = ()  # middles of the groups of other episodes at the same time


@dataclass(frozen=True)
class _Window:
    group: str
    time: int
    length: int
    strength: float
    stations: dict[tuple[str, str], tuple[float, Place]]


def parts_of(groups: Groups, time: TimeRange, longest: float) -> list[Part]:
    """Parts that touch a time, each no longer than `longest` seconds.

    An episode whose windows are centred within `longest` of one another is one part; a longer one is
    cut evenly. Of a part's windows, together, what is nearest to where the group was strongest counts.
    """
    import polars as pl

    frame = groups.frame.with_columns(
        episode=pl.coalesce("episode", "group"), ns=pl.col("time").to_physical(), half=pl.col("window") / 2
    )
    around = _ns(2 * longest + max(frame["half"].drop_nulls().to_list(), default=0.0))
    near = pl.col("ns").is_between(time.start - around, time.end + around)
    frame = frame.filter(pl.col("episode").is_in(frame.filter(near)["episode"].unique().to_list()))
    frame = frame.drop_nulls(["group", "ns", "window", "latitude", "longitude"])
    by_episode: dict[str, dict[tuple[int, str], list[dict[str, object]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in frame.sort("ns", "group", "network", "station").iter_rows(named=True):
        by_episode[row["episode"]][row["ns"], row["group"]].append(row)
    found = [
        part
        for episode, windows in sorted(by_episode.items())
        for part in _cut(episode, [_window(rows) for rows in windows.values()], longest)
    ]
    return [
        replace(part, others=tuple(other.middle for other in found if _beside(part, other)))
        for part in found
        if part.time.start < time.end and part.time.end > time.start
    ]


def _beside(part: Part, other: Part) -> bool:
    together = min(part.time.end, other.time.end) - max(part.time.start, other.time.start)
    return part.episode != other.episode and together > 0


def _ns(seconds: float) -> int:
    return round(seconds * NS)


def _window(rows: list[dict[str, object]]) -> _Window:
    first = rows[0]
    stations = {
        (str(row["network"] or ""), str(row["station"])): (
            _number(row["score"]),
            (_number(row["latitude"]), _number(row["longitude"]), _number(row["elevation"])),
        )
        for row in rows
    }
    length = _ns(_number(first["window"]))
    return _Window(
        str(first["group"]), int(_number(first["ns"])), length, _number(first["strength"]), stations
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else 0.0


def _cut(episode: str, windows: list[_Window], longest: float) -> Iterator[Part]:
    begin, span = windows[0].time, windows[-1].time - windows[0].time
    count = max(1, math.ceil(span / _ns(longest)))
    for number in range(count):
        own = [w for w in windows if min((w.time - begin) * count // max(span, 1), count - 1) == number]
        if own:
            yield _part(episode, own, longest)


def _part(episode: str, windows: list[_Window], longest: float) -> Part:
    best = max(windows, key=lambda window: window.strength)
    low = min(window.time - window.length // 2 for window in windows)
    high = max(window.time + window.length // 2 for window in windows)
    if high - low > _ns(longest):
        low = min(max(low, best.time - _ns(longest / 2)), high - _ns(longest))
        high = low + _ns(longest)
    scores: dict[tuple[str, str], float] = {}
    places: dict[tuple[str, str], Place] = {}
    for window in windows:
        for name, (score, place) in window.stations.items():
            scores[name] = max(score, scores.get(name, -math.inf))
            places[name] = place
    return Part(best.group, episode, TimeRange(low, high), scores, _middle(scores, places))


def _middle(
    scores: dict[tuple[str, str], float], places: dict[tuple[str, str], Place]
) -> tuple[float, float]:
    """Of the stations, those with high scores counting more; across 180 degrees of longitude too."""
    top = max(scores.values())
    east = next(iter(places.values()))[1]
    total = latitude = longitude = 0.0
    for name, score in scores.items():
        weight = math.exp(SHARP * (score - top))
        total += weight
        latitude += weight * places[name][0]
        longitude += weight * ((places[name][1] - east + 180) % 360 - 180)
    return latitude / total, east + longitude / total
