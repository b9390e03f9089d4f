"""A map of dots: the coast, and the places of a table."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from rich.text import Text

from seisdsl.data.table import Table
from seisdsl.repl.pictures.canvas import Array, braille, ends
from seisdsl.report.coast import coast
from seisdsl.report.maps import around

LINES = 16
LABEL = 8
FEW = 4
MARKS = "•●"  # a few places in a cell, many


def map_picture(table: Table, width: int) -> list[Text]:
    """The places of a table's rows over the coast."""
    frame = table.frame.select("longitude", "latitude").drop_nulls()
    places = frame.to_numpy().astype(float)
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places):
        return []
    west, east, south, north = box = _box(places, width - LABEL)
    columns, rows = 2 * min(width - LABEL, 4 * LINES), 4 * LINES
    ground = _lines(coast(*box), box, columns, rows)
    counts = np.zeros((rows // 4, columns // 2), int)
    x, y = _dots(places, box, columns, rows)
    np.add.at(counts, (np.clip(y // 4, 0, rows // 4 - 1), np.clip(x // 2, 0, columns // 2 - 1)), 1)
    lines = []
    labels = [f"{north:.2f}°", *[""] * (rows // 4 - 2), f"{south:.2f}°"]
    for label, signs, own in zip(labels, braille(ground), counts.tolist(), strict=True):
        line = Text(f"{label:>{LABEL}} ", "dim")
        for some, cells in groupby(zip(signs, own, strict=True), key=lambda cell: cell[1] > 0):
            line.append("".join(MARKS[n > FEW] if n else sign for sign, n in cells), "red" if some else "dim")
        lines.append(line)
    return [*lines, ends(f"{west:.2f}°", f"{east:.2f}°", columns // 2, LABEL)]


def _box(places: Array, width: int) -> tuple[float, float, float, float]:
    """The frame of the map, widened where the screen has room: what lies around helps to see where it is."""
    west, east, south, north = around(places[:, 0], places[:, 1])
    squeeze = max(np.cos(np.deg2rad((south + north) / 2)), 0.05)
    shape = 2 * min(width, 4 * LINES) / (4 * LINES)  # width over height, in dots
    wide, high = (east - west) * squeeze, north - south
    more_wide = max(0.0, shape * high - wide) / squeeze / 2
    more_high = max(0.0, wide / shape - high) / 2
    return west - more_wide, east + more_wide, max(south - more_high, -89.0), min(north + more_high, 89.0)


def _dots(
    places: Array, box: tuple[float, float, float, float], columns: int, rows: int
) -> tuple[Array, Array]:
    west, east, south, north = box
    x = (places[:, 0] - west) / (east - west) * (columns - 1)
    y = (north - places[:, 1]) / (north - south) * (rows - 1)
    return np.rint(x).astype(int), np.rint(y).astype(int)


def _lines(points: Array, box: tuple[float, float, float, float], columns: int, rows: int) -> Array:
    """Dots along lines of longitude and latitude, which end where a point is NaN."""
    dots = np.zeros((rows, columns), bool)
    if len(points) < 2:
        return dots
    west, east, south, north = box
    scale = np.array([(columns - 1) / (east - west), (rows - 1) / (north - south)])
    first, second = points[:-1], points[1:]
    there = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    first, second = first[there], second[there]
    steps = np.ceil(np.abs((second - first) * scale).max(axis=1)).astype(int) + 1
    which = np.repeat(np.arange(len(first)), steps)
    part = (np.arange(len(which)) - np.repeat(steps.cumsum() - steps, steps)) / np.repeat(steps, steps)
    along = first[which] + part[:, None] * (second - first)[which]
    x, y = _dots(along, box, columns, rows)
    inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    dots[y[inside], x[inside]] = True
    return dots
