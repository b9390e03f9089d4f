"""What a window of record at a station is an example of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

EARTH = 6371e3  # m
AT_ONCE = 2**21  # pairs of window and event


@dataclass(frozen=True)
class Events:
    """Waves of events at one station, in order of time: from when to when (ns), of which class, how strong.

    `score` is their amplitude over that of the noise: infinite where they are only known to be there,
    NaN where they may be heard or not.
    """

    begin: Tensor
    end: Tensor
    kind: Tensor
    score: Tensor

    def chosen(self, rows: Tensor) -> Events:
        return Events(self.begin[rows], self.end[rows], self.kind[rows], self.score[rows])


@dataclass(frozen=True)
class Rule:
    """From which score on a window counts as its event's, up to which as noise, and how much must lie in it.

    `noise` is the number of that class, none where it is not asked for. `stronger` says whether a
    window with events of two classes is of the stronger one, or of none.
    """

    noise: int | None = 0
    heard: float = 1.0
    silent: float = 0.3
    inside: float = 0.5
    stronger: bool = False


def labelled(begin: Tensor, end: Tensor, events: Events, rule: Rule) -> tuple[Tensor, Tensor]:
    """The class of each window and the row of its event; -1 where it is not clear, or there is none.

    Of an event that is short against the window the share `inside` of it must lie in the window, of a
    long one it must fill that share of the window. Noise has the row of the loudest waves too faint to
    count. Windows are in order of time.
    """
    kinds, rows = torch.full_like(begin, -1), torch.full_like(begin, -1)
    last = 0
    while last < len(begin):
        first, last = last, min(len(begin), last + max(1, AT_ONCE // (len(events.begin) + 1)))
        part = slice(first, last)
        near = ((events.begin < end[part].max()) & (events.end > begin[part].min())).nonzero()[:, 0]
        kind, row = _labelled(begin[part], end[part], events.chosen(near), rule)
        kinds[part] = kind
        rows[part] = torch.cat([near, near.new_tensor([-1])])[row]
    return kinds, rows


def _labelled(begin: Tensor, end: Tensor, events: Events, rule: Rule) -> tuple[Tensor, Tensor]:
    together = torch.minimum(end[:, None], events.end) - torch.maximum(begin[:, None], events.begin)
    least = torch.minimum((end - begin)[:, None], events.end - events.begin)
    strong, near = events.score >= rule.heard, together > 0
    counts = near & strong & (together >= rule.inside * least)
    row = _strongest(events.score, counts)
    there = row >= 0
    kind = torch.cat([events.kind, events.kind.new_tensor([-1])])[row]
    clear = near & ((events.score > rule.silent) | strong | events.score.isnan())
    others = clear & (events.kind != kind[:, None])
    best = torch.cat([events.score, events.score.new_tensor([0.0])])[row]
    rival = events.score.expand_as(near).masked_fill(~others, -1.0)
    lost = (rival >= best[:, None]).any(1) if rule.stronger else others.any(1)
    quiet = ~clear.any(1)
    noise = -1 if rule.noise is None else rule.noise
    kind = torch.where(there & ~lost, kind, torch.where(quiet, noise, -1))
    row = torch.where(quiet, _strongest(events.score, near), row)
    return kind, torch.where(kind >= 0, row, -1)


def _strongest(score: Tensor, among: Tensor) -> Tensor:
    """For each window the event with the highest score, of equal ones the first; -1 where there is none."""
    if not among.shape[1]:
        return torch.full((len(among),), -1, device=among.device)
    own = score.expand_as(among).masked_fill(~among, -1.0)
    equal = among & (own == own.amax(1, keepdim=True))
    number = torch.arange(len(score), device=score.device)
    first = torch.where(equal, number, len(score)).amin(1)
    return torch.where(among.any(1), first, -1)


def recorded(mask: Tensor, left: Tensor, length: int, missing: float) -> Tensor:
    """Whether each window can be used: a component begins, ends and lacks at most a share of it.

    `mask` is [component, time], `left` the first place of each window.
    """
    counted = torch.nn.functional.pad(mask.to(torch.int32).cumsum(-1, dtype=torch.int32), (1, 0))
    held = counted[:, left + length] - counted[:, left]
    enough = length - held <= missing * length + 1e-9
    return (enough & mask[:, left] & mask[:, left + length - 1]).any(0)


def chance_of(seed: int, station: str, number: int) -> float:
    """A number from 0 to 1 that a window has for good, whatever is around it."""
    digest = hashlib.blake2b(f"{seed} {station} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def across(latitude: Tensor, longitude: Tensor, other: tuple[float, float]) -> Tensor:
    """Great-circle distance in metres, of degrees."""
    one, two = latitude.deg2rad(), torch.tensor(other[0], dtype=torch.float64).deg2rad()
    turn = (longitude - other[1]).deg2rad()
    half = ((two - one) / 2).sin() ** 2 + one.cos() * two.cos() * (turn / 2).sin() ** 2
    return 2 * EARTH * half.sqrt().clamp(max=1).asin()
