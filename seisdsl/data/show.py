"""Values in a few lines of plain text, none wider than 100 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.overview import Overview, WavesOverview
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.show_arrays import head_of
from seisdsl.data.show_learnt import learnt
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.data.words import counted, duration, gaps, instant, marks, rest
from seisdsl.language.types import TimeRange

__all__ = ["instant", "summary"]

WIDTH = 100
ROWS = 10
_TRACES = 6
_CELL = 28


def summary(value: Any) -> str:
    """What a person wants to know of a value at a glance."""
    if isinstance(value, Waves):
        lines = _waves(WavesOverview.of(value))
    elif isinstance(value, WavesOverview):
        lines = _waves(value)
    elif isinstance(value, Overview):
        lines = _overview(value)
    elif isinstance(value, Spectrogram):
        lines = _spectrogram(value)
    elif isinstance(value, Table):
        lines = _table(value)
    elif isinstance(value, Examples | ExamplesOverview | Model):
        lines = learnt(value)
    elif isinstance(value, Scores | Series | Field | Metrics | Figure):
        lines = head_of(value)
    elif isinstance(value, Mapping):
        lines = [line for name, part in value.items() for line in _part(str(name), part)]
    elif isinstance(value, TimeRange):
        lines = [f"{instant(value.start)} to {instant(value.end)}"]
    elif isinstance(value, bool):
        lines = ["true" if value else "false"]
    elif isinstance(value, float):
        lines = [f"{value:.6g}"]
    else:
        lines = str(value).splitlines() or [""]
    return "\n".join(_short(printable(line), WIDTH) for line in lines)


def _part(name: str, part: Any) -> list[str]:
    first, *rest = summary(part).splitlines()
    return [f"{name}: {first}", *(f"  {line}" for line in rest)]


def _waves(waves: WavesOverview) -> list[str]:
    stations = len({(c.network, c.station) for c in waves.channels})
    lines = [
        f"Waves{marks(waves)}: {counted(len(waves.channels), 'trace')} of {counted(stations, 'station')}",
        f"  {instant(waves.span.start)} to {instant(waves.span.end)}, {duration(waves.span.seconds)}",
        f"  {waves.rate:g} Hz, {counted(waves.length, 'sample')} each, in {waves.unit}, "
        + gaps(waves.missing / max(waves.length * len(waves.channels), 1)),
    ]
    traces = list(zip(waves.channels, waves.peaks, waves.recorded, strict=True))
    for channel, peak, some in traces[:_TRACES]:
        lines.append(f"  {channel.id:<20} " + (f"peak {peak:.3g}" if some else "nothing recorded"))
    return lines + rest(len(waves.channels) - _TRACES, "trace")


def _overview(value: Overview) -> list[str]:
    when = f", {instant(value.span.start)} to {instant(value.span.end)}" if value.span else ""
    traces = f", {counted(value.traces, 'trace')}" if value.traces else ""
    return [f"{value.kind}{marks(value)}: {counted(value.parts, 'chunk')}{traces}{when}"]


def _spectrogram(of: Spectrogram) -> list[str]:
    traces, frequencies, windows = of.power.shape
    missing = 1 - float(of.mask.double().mean()) if of.mask.numel() else 0.0
    span = f"{float(of.frequencies[0]):.4g} to {float(of.frequencies[-1]):.4g} Hz" if frequencies else "none"
    end = of.start + round(max(windows - 1, 0) * of.step * 1e9)
    return [
        f"Spectrogram{marks(of)}: {counted(traces, 'trace')}, in {of.unit}, {gaps(missing)}",
        f"  {counted(windows, 'window')} each {of.step:g} s from {instant(of.start)} to {instant(end)}",
        f"  {frequencies:,} frequencies from {span}",
    ]


def _table(table: Table) -> list[str]:
    columns = table.columns
    names = [name for name in table.frame.columns if table.frame[name].null_count() < max(len(table), 1)]
    rows = table.frame.select(names).head(ROWS).rows()
    units = {name: columns[name].unit for name in names if name in columns}
    cells = [[f"{name} [{units[name]}]" if units.get(name) else name for name in names]]
    cells += [[cell(one) for one in row] for row in rows]
    head = f"{type(table).__name__}{marks(table)}: {counted(len(table), 'row')}"
    if not len(table):
        return [head, "  columns: " + ", ".join(table.frame.columns)]
    left, lines = _aligned(cells, [isinstance(one, int | float) for one in rows[0]])
    hidden = [f"  columns not shown: {', '.join(names[left:])}"] if left < len(names) else []
    return [head, *lines, *rest(len(table) - ROWS, "row"), *hidden]


def _aligned(cells: Sequence[Sequence[str]], right: Sequence[bool]) -> tuple[int, list[str]]:
    """As many columns as fit beside one another, and the lines."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    fitting, used = 0, 0
    while fitting < len(widths) and used + widths[fitting] + 2 <= WIDTH:
        used += widths[fitting] + 2
        fitting += 1
    lines = []
    for row in cells:
        parts = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in list(zip(row, widths, right, strict=True))[:fitting]
        ]
        lines.append("  " + "  ".join(parts).rstrip())
    return fitting, lines


def cell(value: Any) -> str:
    """One cell of a table as text."""
    import datetime as dt

    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        text = value.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return text.removesuffix(".000") + "Z"
    if isinstance(value, float):
        return f"{value:.6g}"
    return _short(printable(str(value)), _CELL)


def printable(text: str) -> str:
    """A station name cannot move the cursor of a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
