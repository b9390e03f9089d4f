"""Dividing examples so that nothing of one part is known from another.

Parts are numbered, the last is the one to be judged on. None is the part of an example left out.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import accumulate

Parts = list[int | None]
NEVER = 2**63 - 1


def by_key(keys: Sequence[Hashable], shares: Sequence[float], seed: int) -> Parts:
    """Those of one key go together, keys in an order drawn by their names.

    Keys are put into the parts one by one, so that each part has about its share of the examples.
    """
    number = Counter(keys)
    edges = _edges(shares, len(keys))
    part: dict[Hashable, int] = {}
    passed = 0
    for key in sorted(number, key=lambda key: _drawn(seed, key)):
        part[key] = min(bisect_right(edges, passed + number[key] / 2), len(shares) - 1)
        passed += number[key]
    return [part[key] for key in keys]


def borders(starts: Sequence[int], shares: Sequence[float]) -> list[int]:
    """The times that divide examples by their shares."""
    order = sorted(starts)
    return [
        order[round(edge)] if round(edge) < len(order) else NEVER
        for edge in _edges(shares, len(order))[:-1]
        if order
    ]


def by_time(starts: Sequence[int], ends: Sequence[int], at: Sequence[int]) -> Parts:
    """The part between two borders that each lies in; one that reaches over a border is in none."""
    found: Parts = []
    for start, end in zip(starts, ends, strict=True):
        part = bisect_right(at, start)
        found.append(part if bisect_left(at, end) == part else None)
    return found


def only_latest(parts: Parts, keys: Sequence[Hashable]) -> Parts:
    """Those of a key that is in several parts are left out of all but the last of them.

    An empty key, such as that of noise, keeps nothing together.
    """
    last: dict[Hashable, int] = {}
    for part, key in zip(parts, keys, strict=True):
        if part is not None and key:
            last[key] = max(part, last.get(key, part))
    return [
        None if part is not None and key and part < last[key] else part
        for part, key in zip(parts, keys, strict=True)
    ]


def apart(parts: Parts, starts: Sequence[int], ends: Sequence[int], places: Sequence[Hashable]) -> Parts:
    """Those left out whose window shares record, at the same place, with one of a later part."""
    found = list(parts)
    of_place: dict[Hashable, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        if parts[number] is not None:
            of_place[place].append(number)
    for numbers in of_place.values():
        numbers.sort(key=lambda number: starts[number])
        for part in sorted({p for number in numbers if (p := found[number]) is not None}):
            later = [number for number in numbers if (p := parts[number]) is not None and p > part]
            begin = [starts[number] for number in later]
            reach = list(accumulate((ends[number] for number in later), max))
            for number in numbers:
                before = bisect_left(begin, ends[number])
                if found[number] == part and before and reach[before - 1] > starts[number]:
                    found[number] = None
    return found


def _edges(shares: Sequence[float], count: int) -> list[float]:
    return [passed / sum(shares) * count for passed in accumulate(shares)]


def _drawn(seed: int, key: Hashable) -> bytes:
    return hashlib.blake2b(f"{seed} {key}".encode(), digest_size=8).digest()
