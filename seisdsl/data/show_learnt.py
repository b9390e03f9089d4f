"""Examples and models in a few lines."""

from __future__ import annotations

from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.words import counted, instant, marks


def learnt(value: Examples[Any] | Model[Any, Any]) -> list[str]:
    return _examples(value) if isinstance(value, Examples) else _model(value)


def _examples(examples: Examples[Any]) -> list[str]:
    of = type(examples.values[0]).__name__ if len(examples) else "nothing"
    lines = [f"Examples of {of}{marks(examples)}: {len(examples):,}"]
    if examples.labels:
        lines.append("  " + ", ".join(f"{name} {number:,}" for name, number in examples.numbers().items()))
    times, stations = (examples.groups.get(name, ()) for name in ("time", "station"))
    if times:
        lines.append(f"  begin {instant(min(times))} to {instant(max(times))}")
    if stations:
        lines.append(f"  at {counted(len(set(stations)), 'station')}")
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
