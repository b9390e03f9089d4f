"""Examples and models in a few lines."""

from __future__ import annotations

from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.model import Model
from seisdsl.data.words import counted, instant, marks


def learnt(value: Examples[Any] | ExamplesOverview | Model[Any, Any]) -> list[str]:
    if isinstance(value, Model):
        return _model(value)
    return _examples(value if isinstance(value, ExamplesOverview) else ExamplesOverview.of(value))


def _examples(of: ExamplesOverview) -> list[str]:
    where = f" at {counted(len(of.stations), 'station')}" if of.stations else ""
    lines = [f"Examples of {of.kind or 'nothing'}{marks(of)}: {of.number:,}{where}"]
    if of.span:
        lines.append(f"  begin {instant(of.span.start)} to {instant(of.span.end)}")
    for one in of.classes:
        events = f" of {counted(len(one.events), 'event')}" if one.events else ""
        scores = "" if one.low is None else f", score {one.low:.3g} to {one.high:.3g}"
        lines.append(f"  {one.name:<20} {one.number:,}{events}{scores}")
    return lines


def _model(model: Model[Any, Any]) -> list[str]:
    weights = model.weights
    size = sum(tensor.numel() for tensor in weights.tensors.values())
    where = ", trained on simulated records" if model.simulated else ""
    lines = [f"Model of {weights.method}{where}: tells {', '.join(weights.classes)}; {size:,} numbers"]
    trained = weights.trained
    if trained:
        lines.append(
            f"  {trained['examples']:,} examples, {trained['passes']} passes, seed {trained['seed']}"
        )
        best = {
            k: v for k, v in trained["best"].items() if k in ("valid_loss", "accuracy", "balanced_accuracy")
        }
        if best:
            said = ", ".join(f"{name.replace('_', ' ')} {number:.3f}" for name, number in best.items())
            lines.append(f"  validation: {said}")
    if weights.temperature != 1 or weights.bias:
        lines.append(f"  calibrated: temperature {weights.temperature:.3f}")
    return lines
