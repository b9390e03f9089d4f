"""Positions and residuals as SIO and iGPS write them (`.neu`), with the steps that their header lists."""

from __future__ import annotations

import re
from datetime import date, timedelta

from seisdsl.data.positions import Rows, noon, why_not
from seisdsl.data.series import Series, Site, Step
from seisdsl.data.sheet import Complaints, lines, unreadable

_PLACE = re.compile(
    r"Reference position:\s*([NS])\s*(\d+)\s+(\d+)\s+([\d.]+)\s+([EW])\s*(\d+)\s+(\d+)\s+([\d.]+)\s+(-?[\d.]+)"
)
_STEP = re.compile(r"offset\s+\d+\*?:.*\((\d{4})-(\d\d)-(\d\d)\b")
_COLUMNS = re.compile(r"Dec Yr.*\((mm|cm|m)\)")
_IN_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
_NAME = re.compile(r"(?i)([_-]|clean|raw|filter|resid|trend|detrend|neu|enu|pos|final|igs\d*|\d)+$")


def read_neu(path: str) -> Series:
    """Millimetres; days at noon, from the year and the day of the year."""
    name = site_of(path)
    rows = Rows(path, Site(name), Complaints(path))
    factor, many = 0.0, 0
    breaks: set[int] = set()
    for number, text in lines(path):
        if text.startswith("#"):
            if found := _PLACE.search(text):
                rows.site = Site(name, *_place(found))
            if found := _STEP.search(text):
                breaks.add(noon(int(found[1]), int(found[2]), int(found[3])))
            if found := _COLUMNS.search(text):
                factor = _IN_MM[found[1]]
            continue
        cells = text.split()
        if not cells:
            continue
        if not factor:
            raise unreadable(path, "no line of its header says `(mm)` or `(m)` after the columns")
        try:
            day = date(int(cells[1]), 1, 1) + timedelta(int(cells[2]) - 1)
            north, east, up, *sigma = (factor * float(cell) for cell in cells[3:9])
        except (ValueError, IndexError, OverflowError):
            rows.complaints.add(number, why_not(cells, ".neu"))
            continue
        many = many or len(cells)
        if len(cells) != many:
            rows.complaints.add(number, f"{len(cells)} cells, where the lines before have {many}")
            continue
        spread = (sigma[1], sigma[0], sigma[2]) if len(sigma) == 3 else ()
        rows.add(number, noon(day.year, day.month, day.day), (east, north, up), spread)
    rows.steps = tuple(Step(time, name, "offset in the file's header") for time in sorted(breaks))
    return rows.series()


def site_of(path: str) -> str:
    """`albhCleanResid.neu` is of ALBH and `J089neu9818.csv` of J089: codes have four letters."""
    stem = re.split(r"[\\/]", path)[-1].split(".")[0]
    return stem[:4].upper() if len(stem) > 4 and _NAME.match(stem[4:]) else stem.upper()


def _place(found: re.Match[str]) -> tuple[float, float, float]:
    latitude = int(found[2]) + int(found[3]) / 60 + float(found[4]) / 3600
    longitude = int(found[6]) + int(found[7]) / 60 + float(found[8]) / 3600
    return (
        latitude if found[1] == "N" else -latitude,
        longitude if found[5] == "E" else -longitude,
        float(found[9]),
    )
