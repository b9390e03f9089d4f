"""Positions as the Nevada Geodetic Laboratory writes them (`.tenv3`)."""

from __future__ import annotations

from seisdsl.data.positions import Rows, of_mjd
from seisdsl.data.series import Series, Site
from seisdsl.data.sheet import Complaints, lines

_FEWEST = 17  # cells of a row without correlations and place


def read_tenv3(path: str) -> Series:
    """Millimetres east, north and up of the first whole metre; days at noon."""
    rows: Rows | None = None
    complaints = Complaints(path)
    origin: tuple[float, ...] | None = None
    for number, text in lines(path):
        cells = text.split()
        if not cells or cells[0] == "site":
            continue
        try:
            if len(cells) < _FEWEST:
                raise ValueError
            mjd = float(cells[3])
            metres = [float(cells[at]) + float(cells[at + 1]) for at in (7, 9, 11)]
            whole = tuple(float(cells[at]) for at in (7, 9, 11))
            sigma = tuple(1000 * float(cells[at]) for at in (14, 15, 16))
        except ValueError:
            complaints.add(number, "it is no row of a .tenv3 file")
            continue
        if rows is None or origin is None:
            rows, origin = Rows(path, _site(cells), complaints), whole
        east, north, up = (round(1000 * (m - o), 6) for m, o in zip(metres, origin, strict=True))
        rows.add(number, of_mjd(mjd), (east, north, up), sigma)
    return (rows or Rows(path, Site(""), complaints)).series()


def _site(cells: list[str]) -> Site:
    """Older files do not say where it is."""
    try:
        latitude, longitude, height = (float(cell) for cell in cells[20:23])
    except ValueError:
        return Site(cells[0])
    return Site(cells[0], latitude, (longitude + 180) % 360 - 180, height)
