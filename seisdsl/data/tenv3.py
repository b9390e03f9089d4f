"""Positions as the Nevada Geodetic Laboratory writes them (`.tenv3`)."""

from __future__ import annotations

from seisdsl.data.positions import Rows, of_mjd, why_not
from seisdsl.data.series import Series, Site
from seisdsl.data.sheet import Complaints, lines, unreadable

_FEWEST = 17  # cells of a row without correlations and place


def read_tenv3(path: str, origins: dict[str, tuple[float, ...]]) -> Series:
    """Millimetres east, north and up of the first whole metre of each site; days at noon."""
    sites: dict[str, Rows] = {}
    complaints = Complaints(path)
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
            complaints.add(number, why_not(cells, ".tenv3"))
            continue
        name = cells[0]
        if name not in sites:
            sites[name] = Rows(path, _site(cells), complaints if not sites else Complaints(path))
        origin = origins.setdefault(name, whole)
        east, north, up = (round(1000 * (m - o), 6) for m, o in zip(metres, origin, strict=True))
        sites[name].add(number, of_mjd(mjd), (east, north, up), sigma)
    if not sites:
        raise unreadable(path, "none of its lines is a position", *complaints.named())
    return Series.joined([rows.series() for rows in sites.values()])


def _site(cells: list[str]) -> Site:
    """Older files do not say where it is."""
    try:
        latitude, longitude, height = (float(cell) for cell in cells[20:23])
    except ValueError:
        return Site(cells[0])
    return Site(cells[0], latitude, (longitude + 180) % 360 - 180, height)
