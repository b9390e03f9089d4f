"""What a reader is told of a value first: a line, and a few numbers with their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.field import Field
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.model import Model
from seisdsl.data.overview import WavesOverview
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.show import summary
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Detections, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.data.words import duration, gaps
from seisdsl.data.words import instant as iso
from seisdsl.language.types import TimeRange
from seisdsl.report.condensed import ExamplesFew, ScoresColumns, SpectrogramColumns, WavesColumns

Facts = list[tuple[str, str]]


def facts_of(value: Any) -> Facts:
    """The first one is what matters most."""
    match value:
        case Catalog():
            return _catalog(value)
        case Groups():
            return [
                _rows(value, "group", "group"),
                *_of(value, "episode"),
                *_of(value, "station"),
                *_span(value),
            ]
        case Picks():
            return [_rows(value, "pick"), *_phases(value), *_of(value, "station"), *_span(value)]
        case Detections():
            return [_rows(value, "detection"), *_of(value, "station"), *_span(value)]
        case Table():
            return [_rows(value, "row"), *_span(value)]
        case Waves():
            return _waves(WavesOverview.of(value))
        case WavesColumns():
            return _waves(value.overview)
        case Spectrogram() | SpectrogramColumns():
            band = value.band if isinstance(value, SpectrogramColumns) else value.frequencies
            return [
                (
                    "traces",
                    f"{value.traces if isinstance(value, SpectrogramColumns) else len(value.channels):,}",
                ),
                ("windows", f"{value.windows:,}, one each {value.step:g} s"),
                *([("frequencies", f"{float(band[0]):g} to {float(band[-1]):g} Hz")] if len(band) else []),
                _missing(value),
            ]
        case Scores() | ScoresColumns():
            span = value.span if isinstance(value, Scores) else value.times.span
            times = [("from", instant(span.start)), ("to", instant(span.end))]
            named = ", ".join(value.classes)
            return [("stations", f"{len(value.channels):,}"), ("windows", f"{value.windows:,}"),
                    ("classes", named), *times, _missing(value)]  # fmt: skip
        case Series():
            return [("sites", f"{len(value.sites):,}"), ("epochs", f"{len(value.epochs):,}"),
                    *_times(value.span), _missing(value)]  # fmt: skip
        case Field():
            known = value.values[value.mask]
            held = (
                f"{float(known.min()):.4g} to {float(known.max()):.4g} {value.unit}" if len(known) else "none"
            )
            return [(value.name.replace("_", " "), held.strip()), ("points", f"{value.mask.numel():,}")]
        case Metrics():
            return [(name.replace("_", " "), metric_text(metric)) for name, metric in value.metrics.items()]
        case Model():
            return _model(value)
        case Examples() | ExamplesFew():
            told = ExamplesOverview.of(value) if isinstance(value, Examples) else value.overview
            return [("examples", f"{told.number:,}"), *((one.name, f"{one.number:,}") for one in told.classes),
                    ("stations", f"{len(told.stations):,}"), *_times(told.span)]  # fmt: skip
        case Mapping():
            return [("parts", ", ".join(map(str, value)))]
        case bool() | int():
            return [("value", str(value).lower() if isinstance(value, bool) else f"{value:,}")]
    return [("value", summary(value))]


def instant(ns: int) -> str:
    """Date and time; of midnight the date alone. All times of a page are UTC."""
    return iso(ns).replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")


def metric_text(metric: Metric) -> str:
    return f"{metric.value:.4g}{f' {metric.unit}' if metric.unit else ''}"


def interval_text(metric: Metric) -> str:
    return "" if metric.low is None or metric.high is None else f"{metric.low:.4g} to {metric.high:.4g}"


def _rows(table: Table, what: str, by: str = "") -> tuple[str, str]:
    number = table.frame[by].n_unique() if by and len(table) else len(table)
    return what if number == 1 else f"{what}s", f"{number:,}"


def _catalog(catalog: Catalog) -> Facts:
    kinds = [kind for kind in catalog.frame["kind"].drop_nulls().unique().to_list() if kind]
    what = kinds[0] if len(kinds) == 1 else "event"
    found = [_rows(catalog, what), *_span(catalog)]
    for name, unit in (("magnitude", ""), ("depth", " km")):
        numbers = catalog.frame[name].drop_nulls().drop_nans().to_list()
        if numbers:
            found.append((f"{name}s", f"{min(numbers):.3g} to {max(numbers):.3g}{unit}"))
    return found


def _of(table: Table, what: str) -> Facts:
    if what not in table.frame.columns or not len(table):
        return []
    by = ["network", "station"] if what == "station" and "network" in table.frame.columns else [what]
    return [(f"{what}s", f"{table.frame.select(by).n_unique():,}")]


def _phases(picks: Picks) -> Facts:
    if "phase" not in picks.frame.columns:
        return []
    numbers = picks.frame["phase"].drop_nulls().value_counts().sort("phase").rows()
    return [(f"{phase} picks", f"{number:,}") for phase, number in numbers if phase]


def _span(table: Table) -> Facts:
    if not table.timed or not table.frame["time"].drop_nulls().len():
        return []
    times = table.frame["time"].dt.timestamp("ns").drop_nulls().to_list()
    return [("from", instant(min(times))), ("to", instant(max(times)))]


def _times(span: TimeRange | None) -> Facts:
    return [("from", instant(span.start)), ("to", instant(span.end))] if span else []


def _missing(of: Any) -> tuple[str, str]:
    if isinstance(of, ScoresColumns | SpectrogramColumns):
        return "missing", gaps(1 - of.known)
    return "missing", gaps(1 - float(of.mask.double().mean()) if of.mask.numel() else 0.0)


def _waves(told: WavesOverview) -> Facts:
    stations = {(channel.network, channel.station) for channel in told.channels}
    return [
        ("traces", f"{len(told.channels):,}"),
        ("stations", f"{len(stations):,}"),
        ("length", duration(told.span.seconds)),
        *_times(told.span),
        ("rate", f"{told.rate:g} Hz"),
        ("unit", told.unit),
        ("missing", gaps(told.missing / max(told.length * len(told.channels), 1))),
    ]


def _model(model: Model[Any, Any]) -> Facts:
    weights = model.weights
    size = sum(tensor.numel() for tensor in weights.tensors.values())
    found = [
        ("method", weights.method),
        ("tells", ", ".join(weights.classes)),
        ("numbers learnt", f"{size:,}"),
    ]
    trained = weights.trained
    for name in ("examples", "passes", "seed"):
        if name in trained:
            found.append((name, f"{trained[name]:,}"))
    return found
