"""Named results as a page shows them: what they are, their pictures, tables and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seisdsl.data.field import Field
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.report.condensed import ExamplesFew, ScoresColumns, SpectrogramColumns, WavesColumns
from seisdsl.report.facts import facts_of, interval_text, metric_text
from seisdsl.report.figures import ALONE, Beside, figures_of
from seisdsl.report.images import Image, image_of
from seisdsl.report.sheets import Sheet, sheet_of
from seisdsl.report.sites import MODELS

_KINDS: dict[type, str] = {
    int: "Integer", float: "Number", bool: "Boolean", str: "Text",
    WavesColumns: "Waves", ExamplesFew: "Examples", ScoresColumns: "Scores", SpectrogramColumns: "Spectrogram",
}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A metric with the interval it lies in, and how many cases it rests on."""

    name: str
    value: str
    interval: str
    cases: int | None


@dataclass(frozen=True)
class Shown:
    """A result: `kind` is its type, `pipeline` the program that makes it, `stage` and `line` where it comes from.

    `confidence` is that of the intervals of its `numbers`.
    """

    name: str
    kind: str
    anchor: str
    facts: tuple[tuple[str, str], ...]
    images: tuple[Image, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    numbers: tuple[Number, ...] = ()
    confidence: float = 0.0
    simulated: bool = False
    trained: bool = False  # on simulated records, which the result itself may not be
    empty: bool = False
    pipeline: str = ""
    text: str = ""  # as it stands in the program
    line: int = 0
    stage: str = ""


def parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A record as its parts, however deep."""
    if isinstance(value, Mapping) and not isinstance(value, Metrics):
        for inner, part in value.items():
            yield from parts(part, f"{name}.{inner}" if name else str(inner))
    else:
        yield name or type(value).__name__.lower(), value


def stations_of(values: Mapping[str, Any]) -> Any:
    """Longitude and latitude of the stations that any of the results tells, for the maps of the others."""
    found: set[tuple[float, float]] = set()
    for value in values.values():
        match value:
            case Waves() | Scores() | WavesColumns() | ScoresColumns():
                pairs = [(c.longitude, c.latitude) for c in value.channels]
            case Groups():
                pairs = value.frame.select("longitude", "latitude").rows()
            case _:
                continue
        found |= {(lon, lat) for lon, lat in pairs if lon is not None and lat is not None}
    return np.array(sorted(found)) if found else None


def beside_of(values: Mapping[str, Any]) -> Beside:
    """What of the results is drawn into the pictures of others: told by name, else the first of its kind."""

    def one(kind: type, *names: str, last: bool = True) -> Any:
        named = [values[name] for name in names if isinstance(values.get(name), kind)]
        return next(iter([*named, *(v for v in values.values() if last and type(v) is kind)]), None)

    predicted = [v for v in values.values() if isinstance(v, Flatfile) and "residual" in v.frame.columns]
    fields = (v for v in values.values() if isinstance(v, Field) and "detectable" in v.name)
    return Beside(
        stations_of(values),
        one(Catalog, "truth", last=False),
        one(Picks, "picks"),
        one(Catalog, "truth", "events", "catalog"),
        one(Series, *MODELS, last=False),
        next(fields, None),
        predicted[0] if len(predicted) == 1 else None,
    )


def shown(
    name: str,
    value: Any,
    *,
    stem: str,
    beside: Beside = ALONE,
    simulated: bool = False,
    **about: Any,
) -> Shown:
    """`stem` is how the names of files that lie beside the page begin; `simulated` is known of its stage."""
    short = re.sub(r"[^A-Za-z0-9]+", "-", name)
    images = tuple(
        image_of(figure, f"{name} {what}".strip(), title=what, file=f"{stem}-{short}-{number}")
        for number, (what, figure) in enumerate(figures_of(value, beside), 1)
    )
    trained = isinstance(value, Model)
    return Shown(
        name, _KINDS.get(type(value), type(value).__name__), f"result-{short}", tuple(facts_of(value)), images,
        tuple(_sheets(name, value, f"{stem}-{short}.csv")), tuple(_numbers(value)),
        confidence=value.confidence if isinstance(value, Metrics) else 0.0,
        simulated=bool(simulated or getattr(value, "simulated", False)) and not trained,
        trained=trained and value.simulated,
        empty=isinstance(value, Table) and not len(value), **about,
    )  # fmt: skip


def _sheets(name: str, value: Any, beside: str) -> Iterator[Sheet]:
    if isinstance(value, Table) and len(value):
        yield sheet_of(value, name, beside=beside)
    if isinstance(value, Metrics):
        for inner, table in value.tables.items():
            if len(table):
                yield sheet_of(table, f"{name} {inner}", caption=inner.replace("_", " "))
    if isinstance(value, Model) and value.history is not None and len(value.history):
        yield sheet_of(value.history, f"{name} history", caption="its training, pass by pass")


def _numbers(value: Any) -> Iterator[Number]:
    if isinstance(value, Metrics):
        for name, metric in value.metrics.items():
            yield Number(name.replace("_", " "), metric_text(metric), interval_text(metric), metric.number)
