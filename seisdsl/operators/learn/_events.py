"""What is at each station and when: from the truth of simulated waves, from a catalogue, or from picks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.truth import Heard
from seisdsl.data.waves import NS, Channel
from seisdsl.data.words import instant
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.learn.labels import Events

S_SPEED = 3500.0  # m/s: when the waves of an event that is only listed are at a station
P_SPEED = S_SPEED * math.sqrt(3)


@dataclass(frozen=True)
class Story:
    """The events at one station, the name of each, and its distance in metres where that is known."""

    events: Events
    names: Sequence[str]
    distances: Sequence[float | None]

    def told(self, row: int) -> dict[str, float]:
        """What is known of an event: not more than is known."""
        score, distance = float(self.events.score[row]), self.distances[row]
        known = {"score": score if math.isfinite(score) else None, "distance": distance}
        return {name: value for name, value in known.items() if value is not None}


At = Callable[[Channel], Story]


def of_heard(heard: Heard, classes: Sequence[str]) -> At:
    """Events that are known to be heard at stations, as the truth of simulated waves says."""
    frame = heard.frame.sort("time", "event")
    rows = _by_station(frame)
    begin, end = _times(frame["time"]), _times(frame["end"])
    score, names = _numbers(frame["score"]), frame["event"].to_list()
    distances = (frame["distance"] * 1000).to_list()
    kinds = _kinds(frame["kind"].to_list(), classes)

    def at(channel: Channel) -> Story:
        own = rows.get((channel.network, channel.station), [])
        return _story(own, begin, end, kinds, score, names, distances)

    return at


def of_catalog(catalog: Catalog, classes: Sequence[str], radius: float, lasts: float) -> At:
    """The events of a catalogue: from the P wave until so long after the S wave, near the epicentre.

    From `radius` to twice as far they may be heard or not, and so wherever their place is not known.
    """
    import torch

    from seisdsl.methods.learn.labels import across

    frame = catalog.frame.filter(catalog.frame["time"].is_not_null()).sort("time")
    times, (latitude, longitude, depth) = _times(frame["time"]), (
        _numbers(frame[name]) for name in ("latitude", "longitude", "depth")
    )  # fmt: skip
    kinds = _kinds(frame["kind"].fill_null("earthquake").to_list(), classes)
    names = _names(frame, times, frame["kind"].fill_null("earthquake").to_list())
    length = _durations(catalog, frame, lasts)

    def at(channel: Channel) -> Story:
        if channel.latitude is None or channel.longitude is None:
            raise Unsuitable(
                f"where {channel.network}.{channel.station} stands is not known, so what of the catalogue "
                "it heard is not either",
                repair='name the stations in the source: stations = "stations.csv"',
            )
        epicentre = across(latitude, longitude, (channel.latitude, channel.longitude))
        away = torch.hypot(epicentre, depth.nan_to_num() * 1000)
        score = torch.where(epicentre <= radius, math.inf, math.nan)
        unknown = epicentre.isnan()
        first = torch.where(unknown, 0.0, away / P_SPEED)
        last = torch.where(unknown, 2 * radius, away) / S_SPEED + length
        far = [None if lost else value for lost, value in zip(unknown.tolist(), away.tolist(), strict=True)]
        rows = (unknown | (epicentre <= 2 * radius)).nonzero()[:, 0].tolist()
        return _story(rows, times + _ns(first), times + _ns(last), kinds, score, names, far)

    return at


def of_picks(
    picks: Picks, classes: Sequence[str], radius: float, lasts: float, channels: Sequence[Channel]
) -> At:
    """An event from each pick on; of a column `kind`, and with the name in a column `event`, if there.

    At other stations it may be heard or not, unless they are known to be farther than twice the radius.
    """
    import torch

    from seisdsl.methods.learn.labels import across

    frame = picks.frame.filter(picks.frame["time"].is_not_null()).sort("time", "station")
    times, stations = _times(frame["time"]), list(zip(*_codes(frame), strict=True))
    said = frame["kind"].fill_null("earthquake").to_list() if "kind" in frame.columns else None
    kinds = _kinds(said or ["earthquake"] * len(frame), classes)
    names = _names(frame, times, [".".join(filter(None, codes)) for codes in stations])
    end = times + _ns(_durations(picks, frame, lasts))
    known = {code: c for c in channels for code in ((c.network, c.station), ("", c.station))}
    places = [(c.latitude, c.longitude) if (c := known.get(key)) else (None, None) for key in stations]
    place = torch.tensor(
        [[math.nan if value is None else value for value in pair] for pair in places], dtype=torch.float64
    ).view(-1, 2)

    def at(channel: Channel) -> Story:
        ours = ((channel.network, channel.station), ("", channel.station))
        own = torch.tensor([station in ours for station in stations], dtype=torch.bool)
        far = torch.zeros_like(own)
        if channel.latitude is not None and channel.longitude is not None:
            far = across(place[:, 0], place[:, 1], (channel.latitude, channel.longitude)) > 2 * radius
        score = torch.where(own, math.inf, math.nan).double()
        rows = (own | ~far).nonzero()[:, 0].tolist()
        return _story(rows, times, end, kinds, score, names, [None] * len(names))

    return at


def _story(
    rows: Sequence[int],
    begin: Tensor,
    end: Tensor,
    kinds: Tensor,
    score: Tensor,
    names: Sequence[str],
    distances: Sequence[float | None],
) -> Story:
    """Of some rows those of the classes that are asked for: others, such as ships, are noise."""
    import torch

    from seisdsl.methods.learn.labels import Events

    at = torch.tensor(rows, dtype=torch.long)
    at = at[kinds[at] >= 0]
    own = at.tolist()
    events = Events(begin, end, kinds, score).chosen(at)
    return Story(events, [names[row] for row in own], [distances[row] for row in own])


def _by_station(frame: Any) -> Mapping[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(*_codes(frame), strict=True)):
        found.setdefault(key, []).append(row)
    return found


def _codes(frame: Any) -> tuple[list[str], list[str]]:
    """Of the network, empty where it is not told, and of the station."""
    return frame["network"].fill_null("").to_list(), frame["station"].to_list()


def _kinds(kinds: Sequence[str], classes: Sequence[str]) -> Tensor:
    """The number of each one's class; -1 of a kind that is none of them."""
    import torch

    number = {name: at for at, name in enumerate(classes) if name != "noise"}
    return torch.tensor([number.get(kind, -1) for kind in kinds], dtype=torch.long)


def _names(frame: Any, times: Tensor, what: Sequence[str]) -> list[str]:
    """Of a column `event`, or from what is known and when it was."""
    named = frame["event"].to_list() if "event" in frame.columns else [None] * len(frame)
    return [
        str(name) if name else f"{kind} {instant(time)}"
        for name, kind, time in zip(named, what, times.tolist(), strict=True)
    ]


def _durations(table: Table, frame: Any, lasts: float) -> Tensor:
    """Of a column `duration`, in seconds; `lasts` where it says nothing."""
    import torch

    if "duration" not in frame.columns:
        return torch.full((len(frame),), lasts, dtype=torch.float64)
    column = table.columns.get("duration")
    own = _numbers(frame["duration"]) * (column.factor if column else 1.0)
    return torch.where(own.isnan(), lasts, own)


def _times(column: Any) -> Tensor:
    import torch

    return torch.tensor(column.dt.timestamp("ns").to_list(), dtype=torch.long)


def _numbers(column: Any) -> Tensor:
    """As they are, NaN where there is none."""
    import torch

    values = [math.nan if value is None else float(value) for value in column.to_list()]
    return torch.tensor(values, dtype=torch.float64)


def _ns(seconds: Tensor) -> Tensor:
    return (seconds * NS).round().long()
