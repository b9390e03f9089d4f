"""Values as HTML that stands by itself: tables, and pictures as SVG. Everything in it is escaped."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from seisdsl.data.show import cell
from seisdsl.data.table import Table

ROWS = 20
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)  # the XML declaration and document type


def table_html(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    units: Sequence[str] = (),
    caption: str = "",
    total: int | None = None,
) -> str:
    """A plain table; numbers stand to the right. `total` is how many rows there are where not all are shown."""
    kept = [list(row) for row in rows]
    units = units or [""] * len(columns)
    head = "".join(
        f'<th scope="col">{escape(name)}{f" <small>({escape(unit)})</small>" if unit else ""}</th>'
        for name, unit in zip(columns, units, strict=True)
    )
    body = "\n".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in kept)
    left = (total or 0) - len(kept)
    said = ". ".join(
        part for part in (caption, f"{left:,} more rows are not shown" if left > 0 else "") if part
    )
    return (
        '<table class="seis-table">'
        + (f"<caption>{escape(said)}</caption>" if said else "")
        + f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _td(value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"<td{' align=right' if number else ''}>{escape(cell(value))}</td>"


def rows_html(table: Table, rows: int = ROWS) -> str:
    """The first rows of a table; columns without any value are left out."""
    frame = table.frame
    names = [name for name in frame.columns if frame[name].null_count() < max(len(frame), 1)]
    known = table.columns
    units = [known[name].unit if name in known else "" for name in names]
    shown = frame.select(names).head(rows).rows()
    return table_html(names, shown, units=units, total=len(frame))


def figure_svg(value: Any, **how: Any) -> str:
    """The picture of a value as an SVG element, without the head of a document. `how` as `figure_of` takes it.

    It has a style of its own inside: put it into an `img` where it must not touch its surroundings.
    """
    from seisdsl.report.figures import figure_of

    return svg_of(figure_of(value, **how))


def svg_of(figure: Any) -> str:
    import matplotlib

    out = io.StringIO()
    about = {"Date": None, "Creator": None, "Title": figure.title}
    with matplotlib.rc_context({"svg.hashsalt": "seisdsl"}):
        figure.drawn().savefig(out, format="svg", dpi=150, metadata=about)
    return _HEAD.sub("", out.getvalue(), count=1)


def png_of(figure: Any) -> bytes:
    out = io.BytesIO()
    figure.drawn().savefig(out, format="png", dpi=200)
    return out.getvalue()
