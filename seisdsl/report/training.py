"""Pictures of learning: how a training went, and what a method is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.model import Model
from seisdsl.report.style import FAINT, INK, MARK, TRUE, WIDE, nothing, plain

SHARES = {"accuracy": FAINT, "balanced_accuracy": MARK}
_DARK = 0.55  # share from which numbers are written in white


def learning_curves(model: Model[Any, Any]) -> Figure:
    """Loss, and what was right of the validation examples, pass by pass; the best pass is marked."""
    history = model.history
    title = f"Training of {model.weights.method}"
    caption = "trained on simulated records" if model.simulated else ""

    def draw(canvas: Any) -> None:
        if history is None or not len(history):
            nothing(canvas, "its training is not told")
            return
        frame = history.frame
        told = [name for name in SHARES if frame[name].null_count() == 0]
        loss, *right = canvas.subplots(1, 2 if told else 1, squeeze=False)[0]
        passes = frame["epoch"].to_numpy()
        loss.plot(passes, frame["loss"].to_numpy(), color=FAINT, label="training")
        validated = frame["valid_loss"].null_count() == 0
        judged = frame["valid_loss" if validated else "loss"]
        if validated:
            loss.plot(passes, judged.to_numpy(), color=MARK, label="validation")
        best = passes[int(judged.to_numpy().argmin())]
        for axes in right:
            for name in told:
                axes.plot(passes, frame[name].to_numpy(), color=SHARES[name], label=name.replace("_", " "))
            axes.set_ylim(None, 1)
        for axes, label in zip((loss, *right), ("loss", "validation"), strict=False):
            axes.axvline(best, color=INK, lw=0.6, ls=":", label=f"kept: pass {best}")
            axes.set_xlabel("pass over the examples")
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.set_ylabel(label)
            axes.legend(frameon=False)
            plain(axes)

    return Figure(draw, title, caption, (WIDE, 3.3), model.simulated)


def judgement(metrics: Metrics) -> Figure:
    """The confusion matrix and the reliability diagram, of examples; else the numbers with their intervals."""
    if {"confusion", "reliability"} <= set(metrics.tables):
        return Figure(lambda canvas: _examples(canvas, metrics), "", "", (WIDE, 3.6), metrics.simulated)
    return Figure(lambda canvas: _numbers(canvas, metrics), "", "", (7.0, 3.5), metrics.simulated)


def _examples(canvas: Any, metrics: Metrics) -> None:
    left, right = canvas.subplots(1, 2)
    frame = metrics.tables["confusion"].frame
    classes = list(dict.fromkeys(frame["truth"].to_list()))
    size = len(classes)
    share = frame["share"].fill_null(0).to_numpy().reshape(size, size)
    number = frame["number"].to_numpy().reshape(size, size)
    left.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row in range(size):
        for column in range(size):
            colour = "white" if share[row, column] > _DARK else INK
            text = f"{100 * share[row, column]:.1f} %\n{number[row, column]:,}"
            left.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    left.set_xticks(range(size), classes)
    left.set_yticks(range(size), classes)
    left.set_xlabel("named")
    left.set_ylabel("true")
    frame = metrics.tables["reliability"].frame
    right.plot([0, 1], [0, 1], color=FAINT, lw=1)
    sure, true = frame["probability"].to_numpy(), frame["right"].to_numpy()
    right.plot(sure, true, color=TRUE, lw=1)
    right.scatter(
        sure, true, s=6 + 60 * np.sqrt(frame["number"].to_numpy() / frame["number"].max()), color=TRUE
    )
    right.set_xlabel("probability that was told")
    right.set_ylabel("share that was right")
    right.set_aspect("equal")
    plain(right)


def _numbers(canvas: Any, metrics: Metrics) -> None:
    shown = {name: metric for name, metric in metrics.metrics.items() if _is_share(metric)}
    if not shown:
        nothing(canvas, "no share among these figures")
        return
    axes = canvas.add_subplot()
    for row, (_, metric) in enumerate(shown.items()):
        axes.plot(metric.value, row, "o", color=TRUE)
        if metric.low is not None and metric.high is not None:
            axes.plot([metric.low, metric.high], [row, row], color=TRUE, lw=1)
    axes.set_yticks(range(len(shown)), [name.replace("_", " ") for name in shown])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color=FAINT, lw=0.4)
    plain(axes)


def _is_share(metric: Metric) -> bool:
    known = [value for value in (metric.value, metric.low, metric.high) if value is not None]
    return not metric.unit and all(0 <= value <= 1 for value in known)
