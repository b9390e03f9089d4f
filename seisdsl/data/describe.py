"""Values as JSON: what a script wants to know of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.overview import Overview, WavesOverview
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves
from seisdsl.language.values import iso

ROWS = 1000  # of a table; a longer one is saved to a file


def as_data(value: Any) -> dict[str, Any]:
    match value:
        case Waves():
            return as_data(WavesOverview.of(value))
        case Examples():
            return as_data(ExamplesOverview.of(value))
        case ExamplesOverview():
            return {
                "of": value.kind,
                "examples": value.number,
                "classes": {
                    one.name: {
                        "examples": one.number,
                        "events": len(one.events),
                        "least_score": one.low,
                        "largest_score": one.high,
                    }
                    for one in value.classes
                },
                "stations": len(value.stations),
                "start": iso(value.span.start) if value.span else None,
                "end": iso(value.span.end) if value.span else None,
                "simulated": value.simulated,
            }
        case Overview():
            when = [iso(value.span.start), iso(value.span.end)] if value.span else [None, None]
            return {
                "chunks": value.parts,
                "traces": value.traces,
                "start": when[0],
                "end": when[1],
                "simulated": value.simulated,
            }
        case WavesOverview():
            return {
                "traces": len(value.channels),
                "channels": [channel.id for channel in value.channels],
                "samples": sum(value.recorded),
                "missing": value.missing,
                "rate": value.rate,
                "unit": value.unit,
                "start": iso(value.span.start),
                "end": iso(value.span.end),
                "simulated": value.simulated,
            }
        case Spectrogram():
            return {
                "traces": len(value.channels),
                "channels": [channel.id for channel in value.channels],
                "frequencies": value.frequencies.tolist(),
                "windows": int(value.mask.shape[-1]),
                "step": value.step,
                "start": iso(value.start),
                "unit": value.unit,
                "simulated": value.simulated,
            }
        case Table():
            return {
                "rows": len(value),
                "columns": {name: {"type": str(c.type), "unit": c.unit} for name, c in value.columns.items()},
                "simulated": value.simulated,
                "values": _rows(value),
                "cut": max(0, len(value) - ROWS),
            }
        case Scores():
            return {
                "stations": len(value.channels),
                "channels": [channel.id for channel in value.channels],
                "classes": list(value.classes),
                "windows": value.windows,
                "missing": int((~value.mask).sum()),
                "start": iso(value.start),
                "step": value.step,
                "window": value.window,
                "simulated": value.simulated,
            }
        case Series():
            return {
                "sites": [site.name for site in value.sites],
                "components": list(value.components),
                "epochs": len(value.epochs),
                "missing": int((~value.mask).sum()),
                "unit": value.unit,
                "start": iso(value.span.start) if value.span else None,
                "end": iso(value.span.end) if value.span else None,
                "steps": [
                    {"time": iso(step.time), "site": step.site, "cause": step.cause} for step in value.steps
                ],
                "simulated": value.simulated,
            }
        case Field():
            return {
                "name": value.name,
                "unit": value.unit,
                "axes": {a.name: {"size": len(a.values), "unit": a.unit} for a in value.axes},
                "missing": int((~value.mask).sum()),
                "simulated": value.simulated,
            }
        case Metrics():
            return {
                "metrics": {name: asdict(metric) for name, metric in value.metrics.items()},
                "confidence": value.confidence,
                "simulated": value.simulated,
            }
        case Figure():
            return {"title": value.title, "caption": value.caption, "simulated": value.simulated}
        case Mapping():
            return {"parts": {name: as_data(part) for name, part in value.items()}}
        case None | bool() | int() | float() | str():
            return {"value": value}
    return {"value": str(value)}


def _rows(table: Table) -> list[dict[str, Any]]:
    import polars as pl

    times = [name for name, of in table.frame.schema.items() if of == pl.Datetime("ns", "UTC")]
    frame = table.frame.head(ROWS).with_columns(pl.col(times).dt.timestamp("ns"))
    return [
        {name: iso(cell) if name in times and cell is not None else cell for name, cell in row.items()}
        for row in frame.iter_rows(named=True)
    ]
