"""Groups of stations that saw the same thing at the same time."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.language.types import BOOLEAN, DATE, NUMBER, TEXT, Type
from seisdsl.language.types import ColumnOf as Column


class Groups(Table):
    """Groups of stations, one row for each station of a group in a window of time.

    A group is of one window; those that follow one another at about the same place share an
    `episode`. Both are named by their first window and its strongest station, so that their names
    do not depend on where a run begins.
    """

    COLUMNS = {
        "time": Column(DATE, help="centre of the window, UTC"),
        "window": Column(Type("Time"), "s", "length of the window"),
        "group": Column(TEXT, help="the same for all stations of a group"),
        "episode": Column(TEXT, help="the same for all groups that are linked in time"),
        "network": Column(TEXT),
        "station": Column(TEXT),
        "latitude": Column(Type("Angle"), "deg", "of the station"),
        "longitude": Column(Type("Angle"), "deg", "of the station"),
        "elevation": Column(Type("Length"), "m", "of the station, above sea level"),
        "score": Column(NUMBER, help="log-odds of the class at the station"),
        "seed": Column(BOOLEAN, help="whether the group grew from this station"),
        "strength": Column(NUMBER, help="log-likelihood of the group against noise alone"),
    }
