"""Metrics of examples that were told apart by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seisdsl.data.examples import Examples
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.scores import Scores
from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, NUMBER, TEXT, ColumnOf, Type
from seisdsl.operators.learn._judged import groups_of, judged
from seisdsl.operators.learn._units import FEWEST

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.learn.quality import Sums
    from seisdsl.operators.learn.score import Score

USUAL = ("noise", "earthquake", "tremor")  # the classes whose own numbers a program may name
DAY = 86_400.0
OVERALL = (
    "accuracy", "balanced_accuracy", "precision", "recall", "f1", "calibration_error", "nll", "auc", "judged"
)  # fmt: skip
BY_CLASS = ("recall", "precision", "f1")
OPERATING = ("false_alarms", "operating_precision", "operating_recall")
FIELDS: dict[str, Type] = {
    **dict.fromkeys(OVERALL, NUMBER),
    **{f"{name}_{of}": NUMBER for of in USUAL for name in BY_CLASS},
    **{f"{name}_{of}": NUMBER for of in USUAL[1:] for name in OPERATING},
    **{name: Type("Table") for name in ("confusion", "reliability", "by_class")},
}

CONFUSION = {
    "truth": ColumnOf(TEXT),
    "named": ColumnOf(TEXT, help="the class that was likeliest"),
    "number": ColumnOf(INTEGER),
    "share": ColumnOf(NUMBER, help="of the examples of this truth"),
}
RELIABILITY = {
    "low": ColumnOf(NUMBER, help="of the bin: probability of the class that was named"),
    "high": ColumnOf(NUMBER),
    "probability": ColumnOf(NUMBER, help="its mean"),
    "right": ColumnOf(NUMBER, help="share of the examples whose class was named right"),
    "number": ColumnOf(INTEGER),
}
CLASSES = {
    "class": ColumnOf(TEXT),
    "number": ColumnOf(INTEGER),
    **{name: ColumnOf(NUMBER) for name in BY_CLASS},
    "auc": ColumnOf(NUMBER, help="area below the curve of hits against false alarms, against all others"),
}


def of_classes(examples: Examples[Scores], how: Score) -> Metrics:
    import torch

    from seisdsl.methods.learn import quality

    logits, truth, chosen = judged(examples.values, examples.labels)
    logits, truth = logits.cpu(), truth.cpu()
    classes = examples.values[0].classes
    group = groups_of(examples, chosen, how.by, how.block)
    number = int(group.max()) + 1 if group is not None else 0
    if group is None or number < FEWEST:
        group, number = torch.zeros(len(truth), dtype=torch.long), 1
    once = torch.ones(1, number, dtype=torch.float64)
    times = quality.draws(number, how.draws, how.seed) if number >= FEWEST else once[:0]
    both = torch.cat([once, times])
    sums = quality.sums(logits, truth, group)
    numbers = quality.told(sums.drawn(both), how.balance)
    odds = quality.log_odds(logits)
    areas = torch.stack(
        [quality.area(odds[:, n], truth == n, both[:, group]) for n in range(len(classes))], 1
    )
    numbers["auc"] = areas.nanmean(1)
    count = torch.bincount(truth, minlength=len(classes))
    metrics: dict[str, Metric] = {}
    for name in OVERALL[:-1]:
        _put(metrics, name, numbers[name], len(truth), how)
    metrics["judged"] = Metric(len(chosen) / len(examples), number=len(examples))
    for at, own in enumerate(classes):
        for name in BY_CLASS:
            _put(metrics, f"{name}_{own}", numbers[f"{name}_of"][:, at], int(count[at]), how)
    if how.quiet is not None:
        window = examples.values[0].window
        metrics |= _operating(logits, truth, group, both, classes, window, how)
    first = sums.drawn(once)
    tables = {
        "confusion": _confusion(first, classes),
        "reliability": _reliability(quality.reliability(first, how.balance), quality.BINS),
        "by_class": _by_class({**numbers, "auc_of": areas}, count, classes),
    }
    return Metrics(metrics, how.confidence, examples.simulated, tables)


def _put(metrics: dict[str, Metric], name: str, values: Tensor, number: int, how: Score) -> None:
    """The first of the values, with the interval that the others span; left out where it is not defined."""
    from seisdsl.methods.learn.quality import interval

    if values[0].isfinite():
        drawn = values[1:][values[1:].isfinite()]
        low, high = map(float, interval(drawn, how.confidence)) if len(drawn) else (None, None)
        metrics[name] = Metric(float(values[0]), "", low, high, number)


def _operating(
    logits: Tensor,
    truth: Tensor,
    group: Tensor,
    times: Tensor,
    classes: Sequence[str],
    window: float,
    how: Score,
) -> dict[str, Metric]:
    """Where records are as quiet as `quiet` says, and the likeliest class there is named."""
    import torch

    from seisdsl.methods.learn import quality

    assert how.quiet is not None
    others = (1 - how.quiet) / (len(classes) - 1)
    prior = torch.tensor([how.quiet if name == "noise" else others for name in classes], dtype=torch.float64)
    prior = prior / prior.sum()
    sums = quality.sums(logits + prior.log(), truth, group).drawn(times)
    found = quality.in_operation(sums, prior)
    recall = quality.told(sums, how.balance)["recall_of"]
    metrics: dict[str, Metric] = {}
    number = len(truth)
    for at, name in enumerate(classes):
        if name == "noise":
            continue
        alarms = found["false"][:, at] * DAY / window
        _put(metrics, f"false_alarms_{name}", alarms, number, how)
        if metrics[f"false_alarms_{name}"].value == 0:
            metrics[f"false_alarms_{name}"] = Metric(
                0.0, "", 0.0, _at_most(truth, at, prior, how) * DAY / window, number
            )
        _put(metrics, f"operating_precision_{name}", found["precision"][:, at], number, how)
        _put(metrics, f"operating_recall_{name}", recall[:, at], int((truth == at).sum()), how)
    return metrics


def _at_most(truth: Tensor, own: int, prior: Tensor, how: Score) -> float:
    """The rate of false alarms in a window that seeing none leaves possible."""
    tail = (1 - how.confidence) / 2
    rates: list[float] = [
        float(prior[n]) * (1 - tail ** (1 / max(int((truth == n).sum()), 1)))
        for n in range(len(prior))
        if n != own
    ]
    return sum(rates)


def _confusion(sums: Sums, classes: Sequence[str]) -> Table:
    named = sums.named[0].round().long().tolist()
    rows = [
        (truth, said, number, number / total if (total := sum(row)) else None)
        for truth, row in zip(classes, named, strict=True)
        for said, number in zip(classes, row, strict=True)
    ]
    return _table(CONFUSION, rows)


def _reliability(found: tuple[Tensor, Tensor, Tensor], bins: int) -> Table:
    columns = zip(*(part.tolist() for part in found), strict=True)
    rows = [
        (at / bins, (at + 1) / bins, sure, right, round(number))
        for at, (sure, right, number) in enumerate(columns)
        if number
    ]
    return _table(RELIABILITY, rows)


def _by_class(numbers: Mapping[str, Tensor], count: Tensor, classes: Sequence[str]) -> Table:
    own = [numbers[f"{name}_of"][0].tolist() for name in (*BY_CLASS, "auc")]
    parts = zip(classes, count.tolist(), *own, strict=True)
    return _table(CLASSES, [tuple(None if part != part else part for part in row) for row in parts])


def _table(columns: Mapping[str, ColumnOf], rows: Sequence[tuple[object, ...]]) -> Table:
    parts = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return Table.of(dict(zip(columns, parts, strict=True)), extra=columns)
