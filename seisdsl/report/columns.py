"""Samples gathered into columns of time as they come: a picture of any length from bounded memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
MOST = 1600  # columns: more than a picture has pixels


class Columns:
    """Numbers by row and column. `ways` says how the samples of a column become one: fmin, fmax or add.

    A column is `every` samples, a power of two, at whole multiples of it since 1970, so that the columns
    are the same however the record is cut into parts.
    """

    def __init__(self, ways: Mapping[str, np.ufunc], most: int = MOST) -> None:
        self.ways, self.most, self.every = dict(ways), most, 1
        self.first = self.last = 0  # columns, half-open
        self.values: dict[str, Array] = {}
        self._rows: dict[str, int] = {}
        self._alike = True

    def add(self, names: Sequence[str], first: int, values: Mapping[str, Array]) -> None:
        """Samples [row, ..., sample] from the number `first` on; what is not known is NaN, or 0 of a sum."""
        count = next(iter(values.values())).shape[-1]
        if not count or not names:
            return
        new = not self.values
        self._alike &= new or list(names) == list(self._rows)
        for name in names:
            self._rows.setdefault(name, len(self._rows))
        while True:
            low, high = first // self.every, (first + count - 1) // self.every + 1
            if not new:
                low, high = min(low, self.first), max(high, self.last)
            if high - low <= self.most:
                break
            self._widen()
        parts = {key: self._cut(key, array, first) for key, array in values.items()}
        at = slice(first // self.every - low, (first + count - 1) // self.every + 1 - low)
        rows = [self._rows[name] for name in names]
        for key, part in parts.items():
            held = self.values.get(key)
            shape = (len(self._rows), *part.shape[1:-1], high - low)
            blank = np.zeros(shape) if self.ways[key] is np.add else np.full(shape, np.nan)
            if held is not None:
                blank[: held.shape[0], ..., self.first - low : self.last - low] = held
            blank[rows, ..., at] = self.ways[key](blank[rows, ..., at], part)
            self.values[key] = blank
        self.first, self.last = low, high

    def _cut(self, key: str, array: Array, first: int) -> Array:
        if self.every == 1:
            return array
        starts = np.arange(-(-first // self.every) * self.every, first + array.shape[-1], self.every) - first
        if not len(starts) or starts[0]:
            starts = np.concatenate([[0], starts])
        return np.asarray(self.ways[key].reduceat(array, starts, axis=-1))

    def _widen(self) -> None:
        """Columns twice as wide."""
        for key, held in self.values.items():
            edges = np.arange(-(-self.first // 2) * 2, self.last, 2) - self.first
            if not len(edges) or edges[0]:
                edges = np.concatenate([[0], edges])
            self.values[key] = self.ways[key].reduceat(held, edges, axis=-1)
        self.every *= 2
        self.first, self.last = self.first // 2, -(-self.last // 2)

    @property
    def order(self) -> list[str]:
        """The rows: in the order of the parts where all have the same ones, else by name."""
        return list(self._rows) if self._alike else sorted(self._rows)

    def __getitem__(self, key: str) -> Array:
        return self.values[key][[self._rows[name] for name in self.order]]
