"""Scores, series, fields, metrics and figures in a few lines."""

from __future__ import annotations

from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.words import counted, gaps, instant, marks, rest

_LINES = 10


def head_of(value: Scores | Series | Field | Metrics | Figure) -> list[str]:
    match value:
        case Scores():
            return _scores(value)
        case Series():
            return _series(value)
        case Field():
            return _field(value)
        case Metrics():
            return _metrics(value)
    lines = [f"Figure{marks(value)}: {value.title or 'untitled'}"]
    return lines + ([f"  {value.caption}"] if value.caption else [])


def _missing(of: Scores | Series | Field) -> str:
    return gaps(1 - float(of.mask.double().mean()) if of.mask.numel() else 0.0)


def _scores(scores: Scores) -> list[str]:
    last = scores.time_of(max(scores.windows - 1, 0))
    lines = [
        f"Scores{marks(scores)}: {counted(len(scores.channels), 'station')}, {_missing(scores)}",
        f"  {counted(scores.windows, 'window')} of {scores.window:g} s each {scores.step:g} s "
        f"from {instant(scores.start)} to {instant(last)}",
    ]
    judged = int(scores.mask.sum())
    likeliest = scores.logits.argmax(dim=1)[scores.mask]
    for number, name in enumerate(scores.classes):
        share = f"likeliest in {float((likeliest == number).sum()) / judged:.1%}" if judged else ""
        lines.append(f"  {name:<20} {share}".rstrip())
    return lines


def _series(series: Series) -> list[str]:
    span = series.span
    times = f" from {instant(span.start)} to {instant(span.end)}" if span else ""
    lines = [
        f"Series{marks(series)}: {counted(len(series.sites), 'site')}, "
        f"{', '.join(series.components)} in {series.unit or 'no unit'}, {_missing(series)}",
        f"  {counted(len(series.epochs), 'epoch')}{times}",
    ]
    for step in series.steps[:_LINES]:
        lines.append(f"  step at {step.site}, {instant(step.time)}: {step.cause}")
    return lines + rest(len(series.steps) - _LINES, "step")


def _field(field: Field) -> list[str]:
    known = field.values[field.mask]
    values = f"{float(known.min()):.4g} to {float(known.max()):.4g}" if known.numel() else "nothing known"
    lines = [
        f"Field{marks(field)}: {field.name}{f' in {field.unit}' if field.unit else ''}, {values}, {_missing(field)}"
    ]
    for axis in field.axes:
        ends = [axis.values[at].item() for at in (0, -1)] if len(axis.values) else []
        words = [instant(int(end)) if axis.name == "time" else f"{end:.6g}" for end in ends]
        unit = f" {axis.unit}" if axis.unit else ""
        lines.append(
            f"  {axis.name}: {len(axis.values):,}" + (f", {' to '.join(words)}{unit}" if words else "")
        )
    return lines


def _metrics(metrics: Metrics) -> list[str]:
    lines = [f"Metrics{marks(metrics)}: {counted(len(metrics), 'number')}"]
    return lines + [f"  {name:<20} {_metric(metric, metrics)}" for name, metric in metrics.metrics.items()]


def _metric(metric: Metric, metrics: Metrics) -> str:
    words = f"{metric.value:.4g}{f' {metric.unit}' if metric.unit else ''}"
    if metric.low is not None and metric.high is not None:
        words += f"  ({metrics.confidence:.0%}: {metric.low:.4g} to {metric.high:.4g})"
    return words + (f"  from {metric.number:,}" if metric.number is not None else "")
