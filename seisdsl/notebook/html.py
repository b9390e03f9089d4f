"""Values as a notebook shows them: a line, their pictures, and the first rows. Everything is escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.show import summary
from seisdsl.data.table import Table

ROWS = 20
SHARP = 1.5  # pixels of a picture to one of the page
STYLE = """<style>
.seis { line-height: 1.4; }
.seis .seis-head { margin: 0.2em 0; }
.seis .seis-simulated { color: firebrick; font-style: normal; font-weight: bold; }
.seis .seis-rows { max-height: 24em; overflow: auto; }
.seis table { border-collapse: collapse; margin: 0; font-size: 90%; }
.seis th { position: sticky; top: 0; background: Canvas; color: CanvasText; text-align: left; }
.seis th, .seis td { padding: 0.15em 0.7em; white-space: nowrap; border-bottom: 1px solid #8884; }
.seis td { font-variant-numeric: tabular-nums; text-align: left; }
.seis td[align=right] { text-align: right; }
.seis .seis-note { color: GrayText; font-size: 90%; margin: 0.2em 0; }
.seis pre { margin: 0.2em 0; }
.seis img { max-width: 100%; height: auto; background: white; }
.seis .seis-part { border-left: 3px solid #8886; padding-left: 0.8em; margin: 0.6em 0; }
</style>"""


def html(value: Any) -> str:
    """A value of any kind on a page of its own style."""
    return f'<div class="seis">{STYLE}{"".join(_shown(value))}</div>'


def _shown(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and not isinstance(value, Metrics):
        for name, part in value.items():
            yield f'<div class="seis-part"><b>{escape(str(name))}</b>{"".join(_shown(part))}</div>'
        return
    first, *lines = summary(value).splitlines() or [""]
    yield _head(value, first)
    if isinstance(value, Table):
        yield rows(value)
    elif isinstance(value, Metrics):
        yield rows(value.to_table())
        for name, table in value.tables.items():
            yield f"<p class=seis-head><b>{escape(name)}</b></p>{rows(table)}"
    elif lines:
        yield f"<pre>{escape(chr(10).join(lines))}</pre>"
    yield from pictures(value)


def _head(value: Any, line: str) -> str:
    """What it is in bold, then that it is simulated, then the rest of the line."""
    kind, colon, rest = line.partition(":")
    if not colon:
        return f"<p class=seis-head>{escape(line)}</p>"
    simulated = ' <span class="seis-simulated">simulated</span>' if getattr(value, "simulated", False) else ""
    name = escape(kind.removesuffix(", simulated"))
    return f"<p class=seis-head><b>{name}</b>{simulated}{escape(rest)}</p>"


def rows(table: Table) -> str:
    """The first rows, scrolling; columns without any value are left out."""
    from seisdsl.report.html_parts import table_html

    frame, known = table.frame, table.columns
    names = [name for name in frame.columns if frame[name].null_count() < max(len(frame), 1)]
    units = [known[name].unit if name in known else "" for name in names]
    shown = frame.select(names).head(ROWS).rows()
    of = f"<p class=seis-note>the first {ROWS} of {len(frame):,} rows</p>" if len(frame) > ROWS else ""
    return f"<div class=seis-rows>{table_html(names, shown, units=units)}</div>{of}"


def pictures(value: Any) -> Iterator[str]:
    """The pictures of a value; what cannot be drawn is said, and the value is shown without."""
    from seisdsl.report.figures import figures_of

    try:
        yield from [_picture(figure) for _, figure in figures_of(value)]
    except Exception as reason:
        said = escape(f"no picture: {type(reason).__name__}: {reason}")
        yield f"<p class=seis-note>{said}</p>"


def _picture(figure: Figure) -> str:
    out = io.BytesIO()
    figure.drawn().savefig(out, format="png", dpi=SHARP * 96)
    held = base64.b64encode(out.getvalue()).decode()
    about = escape(figure.title or figure.caption or "picture", quote=True)
    wide = round(figure.size[0] * 96)
    return f'<p><img src="data:image/png;base64,{held}" width="{wide}" alt="{about}"></p>'
