"""Dividing examples so that nothing of one part is known from another."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence


def by_key(keys: Sequence[Hashable], shares: Sequence[float], seed: int) -> list[int]:
    """The part of each example; those of one key go together, keys in an order drawn by their names.

    Keys are put into the parts one by one, so that each part has about its share of the examples.
    """
    number: dict[Hashable, int] = {}
    for key in keys:
        number[key] = number.get(key, 0) + 1
    order = sorted(number, key=lambda key: _drawn(seed, key))
    edges = _edges(shares, len(keys))
    part: dict[Hashable, int] = {}
    passed = 0
    for key in order:
        middle = passed + number[key] / 2
        part[key] = next((n for n, edge in enumerate(edges) if middle < edge), len(edges) - 1)
        passed += number[key]
    return [part[key] for key in keys]


def by_time(starts: Sequence[int], ends: Sequence[int], shares: Sequence[float]) -> list[int | None]:
    """The part of each example by its time, the first part the earliest.

    Parts have their shares of the examples; one whose window reaches over a border into the next part
    is in neither.
    """
    order = sorted(starts)
    borders = [order[min(int(edge), len(order) - 1)] for edge in _edges(shares, len(order))[:-1]]
    found: list[int | None] = []
    for start, end in zip(starts, ends, strict=True):
        first = sum(start >= border for border in borders)
        last = sum(end > border for border in borders)
        found.append(first if first == last else None)
    return found


def _edges(shares: Sequence[float], count: int) -> list[float]:
    total = sum(shares)
    return [sum(shares[: n + 1]) / total * count for n in range(len(shares))]


def _drawn(seed: int, key: Hashable) -> bytes:
    return hashlib.blake2b(f"{seed} {key}".encode(), digest_size=8).digest()
