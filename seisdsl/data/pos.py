"""Positions as the Plate Boundary Observatory and as GEONET write them (both `.pos`)."""

from __future__ import annotations

import math
import re

from seisdsl.data.positions import DAY, Rows, noon, why_not
from seisdsl.data.series import Series, Site
from seisdsl.data.sheet import Complaints, lines


def read_pbo(path: str) -> Series:
    """Millimetres from the reference position that the file names."""
    rows = Rows(path, Site(""), Complaints(path))
    name, place = "", (None, None, None)
    begun = False
    for number, text in lines(path):
        if text.startswith("4-character ID"):
            name = text.partition(":")[2].strip()
        elif text.startswith("NEU Reference position"):
            north, east, up = (float(cell) for cell in text.partition(":")[2].split()[:3])
            place = (north, (east + 180) % 360 - 180, up)  # type: ignore[assignment]
        elif text.startswith("*"):
            begun = True
        elif begun and text.strip():
            cells = text.split()
            try:
                time = _time(cells[0], cells[1])
                north, east, up, s_north, s_east, s_up = (1000 * float(cell) for cell in cells[15:21])
            except (ValueError, IndexError):
                rows.complaints.add(number, why_not(cells, "PBO .pos"))
                continue
            rounded = tuple(round(value, 6) for value in (east, north, up))
            rows.add(number, time, rounded, (s_east, s_north, s_up))
    rows.site = Site(name or _stem(path), *place)
    return rows.series()


def read_geonet(path: str, origins: dict[str, tuple[float, ...]]) -> Series:
    """Millimetres from the site's origin, along east, north and up there.

    The origin is the first position of the first file: a file holds a year, and a site has many.
    """
    rows = Rows(path, Site(_stem(path)), Complaints(path))
    name, inside = "", False
    axes: tuple[tuple[float, float, float], ...] = ()
    for number, text in lines(path):
        cells = text.split()
        if cells and cells[0] == "ID":
            name = cells[1] if len(cells) > 1 else ""
        elif text.startswith(("+DATA", "-DATA")):
            inside = text.startswith("+")
        elif inside and cells and not text.startswith("*"):
            try:
                time = _time("".join(cell.zfill(2) for cell in cells[:3]), cells[3].replace(":", ""))
                numbers = [float(cell) for cell in cells[4:10]]
                if len(numbers) != 6:
                    raise ValueError
            except (ValueError, IndexError):
                rows.complaints.add(number, why_not(cells, "GEONET .pos"))
                continue
            if not axes:
                origin = origins.setdefault(name or _stem(path), tuple(numbers))
                axes = _axes(origin[3], origin[4])
                rows.site = Site(name or _stem(path), *origin[3:6])
            moved = [1000 * (now - then) for now, then in zip(numbers[:3], origin, strict=False)]
            along = (sum(a * m for a, m in zip(axis, moved, strict=True)) for axis in axes)
            rows.add(number, time, tuple(round(value, 6) for value in along))
    return rows.series()


def _time(day: str, clock: str) -> int:
    """`20090101` and `120000`; a position of a whole day stands at noon."""
    at = noon(int(day[:4]), int(day[4:6]), int(day[6:8])) - DAY // 2
    hour, minute, second = (int(clock[start : start + 2]) for start in (0, 2, 4))
    return at + (hour * 3600 + minute * 60 + second) * 1_000_000_000


def _axes(latitude: float, longitude: float) -> tuple[tuple[float, float, float], ...]:
    """East, north and up in Earth-centred coordinates."""
    sin_lat, cos_lat = math.sin(math.radians(latitude)), math.cos(math.radians(latitude))
    sin_lon, cos_lon = math.sin(math.radians(longitude)), math.cos(math.radians(longitude))
    east = (-sin_lon, cos_lon, 0.0)
    north = (-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat)
    return east, north, (cos_lat * cos_lon, cos_lat * sin_lon, sin_lat)


def _stem(path: str) -> str:
    return re.split(r"[\\/]", path)[-1].split(".")[0]
