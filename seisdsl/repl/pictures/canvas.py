"""Dots and colours in the cells of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from seisdsl.data.show import printable

Array = np.ndarray[Any, Any]

_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # of a braille sign, [row, column]
_SHADES = " ░▒▓█"


def braille(dots: Array) -> list[str]:
    """Lines of text for dots [row, column]: four rows and two columns of dots make a sign."""
    rows, columns = -(-dots.shape[0] // 4), -(-dots.shape[1] // 2)
    full = np.zeros((rows * 4, columns * 2), bool)
    full[: dots.shape[0], : dots.shape[1]] = dots
    cells = full.reshape(rows, 4, columns, 2)
    codes = (cells * _DOTS[None, :, None, :]).sum(axis=(1, 3))
    return ["".join(chr(0x2800 + code) if code else " " for code in line) for line in codes.tolist()]


def heat(values: Array, known: Array, colour: bool) -> list[Text]:
    """Lines for values from 0 to 1, [row, column]: two rows a line in colour, one where there is none."""
    values = np.clip(np.where(known, values, 0.0), 0, 1)
    if not colour:
        steps = np.ceil(values * (len(_SHADES) - 1)).astype(int)
        return [Text("".join(_SHADES[step] for step in line)) for line in steps.tolist()]
    palette = _palette()
    if len(values) % 2:
        values = np.vstack([values, np.zeros_like(values[:1])])
        known = np.vstack([known, np.zeros_like(known[:1])])
    levels = (values * (len(palette) - 1)).astype(int)
    lines = []
    for top in range(0, len(levels), 2):
        line = Text()
        for column in range(levels.shape[1]):
            upper, lower = (
                palette[levels[row, column]] if known[row, column] else "" for row in (top, top + 1)
            )
            if upper and lower:
                line.append("▀", f"{upper} on {lower}")
            elif upper or lower:
                line.append("▀" if upper else "▄", upper or lower)
            else:
                line.append(" ")
        lines.append(line)
    return lines


def _palette() -> list[str]:
    """Colours that all readers can tell apart, dark to light."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    from seisdsl.report.style import SCALE

    return [to_hex(colour) for colour in colormaps[SCALE](np.linspace(0, 1, 64))]


def shrunk(values: Array, known: Array, rows: int, columns: int) -> tuple[Array, Array]:
    """The largest known value of each cell of a smaller grid; a grid that is small already is stretched."""
    values = np.where(known, values, -np.inf)
    for axis, size in ((0, rows), (1, columns)):
        at = np.arange(size) * values.shape[axis] // size
        large = values.shape[axis] > size
        values = np.maximum.reduceat(values, at, axis=axis) if large else values.take(at, axis=axis)
    known = np.isfinite(values)
    return np.where(known, values, 0.0), known


def labelled(lines: Sequence[str | Text], labels: Sequence[str], width: int) -> list[Text]:
    """Lines with a label before each."""
    padded = [*labels, *[""] * len(lines)][: len(lines)]
    return [
        Text.assemble((f"{printable(label)[:width]:>{width}} ", "dim"), line)
        for label, line in zip(padded, lines, strict=True)
    ]


def title(text: str, indent: int) -> Text:
    """A line above a picture."""
    return Text(" " * (indent + 1) + printable(text), "dim")


def ends(first: str, last: str, width: int, indent: int) -> Text:
    """A line below a picture: what its left and right edges are."""
    gap = max(1, width - len(first) - len(last))
    return Text(" " * (indent + 1) + first + " " * gap + last, style="dim")
