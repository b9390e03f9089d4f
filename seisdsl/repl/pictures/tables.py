"""Tables in a terminal: columns with their units or types, and where or when their rows are."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.table import Table as Grid
from rich.text import Text

from seisdsl.data.show import ROWS, cell
from seisdsl.data.table import Table
from seisdsl.data.words import instant, rest
from seisdsl.repl.pictures.canvas import ends, labelled
from seisdsl.repl.pictures.traces import LABEL

STATIONS = 12


def grid(table: Table, width: int) -> tuple[Grid, list[Text]]:
    """The first rows, as many columns as fit, and a word on what is not shown."""
    columns, frame = table.columns, table.frame
    names = [name for name in frame.columns if frame[name].null_count() < len(table)]
    rows = [[cell(one) for one in row] for row in frame.select(names).head(ROWS).rows()]
    heads = [_head(name, columns.get(name)) for name in names]
    widths = [max(len(text) for text in (*head, *(row[at] for row in rows))) for at, head in enumerate(heads)]
    fitting = sum(np.cumsum([size + 2 for size in widths]) <= width - 2)
    drawn = Grid(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for at, (name, below) in enumerate(heads[:fitting]):
        numeric = frame[names[at]].dtype.is_numeric()
        head = Text.assemble((name, "bold"), "\n", (below, "dim"))
        drawn.add_column(head, justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        drawn.add_row(*(Text(text) for text in row[:fitting]))
    hidden = [f"  columns not shown: {', '.join(names[fitting:])}"] if fitting < len(names) else []
    more = [*rest(len(table) - ROWS, "row"), *hidden]
    return drawn, [Text(line, "dim") for line in more]


def _head(name: str, column: Any) -> tuple[str, str]:
    """A column's name, and its unit or else its type."""
    if column is None:
        return name, ""
    return name, column.unit or ("UTC" if column.type.name == "Date" else str(column.type))


def times_picture(table: Table, width: int) -> list[Text]:
    """When rows are, station by station."""
    frame = table.frame.select("time", "station").drop_nulls()
    if not len(frame):
        return []
    times = frame["time"].dt.timestamp("ns").to_numpy()
    first, last = int(times.min()), int(times.max())
    at = ((times - first).astype(float) / max(last - first, 1) * (width - 1)).astype(int)
    stations = frame["station"].unique().sort().to_list()
    names = np.array(frame["station"].to_list())
    lines = []
    for station in stations[:STATIONS]:
        marked = np.zeros(width, bool)
        marked[at[names == station]] = True
        lines.append("".join("│" if here else " " for here in marked))
    return [
        *labelled(lines, [str(station) for station in stations[:STATIONS]], LABEL),
        ends(instant(first), instant(last), width, LABEL),
        *(Text(line, "dim") for line in rest(len(stations) - STATIONS, "station")),
    ]
