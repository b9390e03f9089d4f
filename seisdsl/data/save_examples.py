"""Examples as arrays: one file that any other program can learn from."""

from __future__ import annotations

from typing import Any

from seisdsl.data.arrays import Arrays
from seisdsl.data.examples import Examples
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Waves
from seisdsl.operator import Unsuitable

_PLACE = ("latitude", "longitude", "elevation")


def example_arrays(examples: Examples[Any]) -> Arrays:
    """Values, masks and labels along an axis `example`; what a station lacks of the traces is masked."""
    import numpy as np

    values = examples.values
    kind = type(values[0]) if values else None
    if kind not in (Waves, Spectrogram) or any(type(value) is not kind for value in values):
        raise Unsuitable("examples of waves or of spectrograms can be saved, and there must be some")
    if len({_grid(value) for value in values}) > 1:
        raise Unsuitable("examples of different lengths, rates or units cannot be saved together")
    traces = max(len(value.channels) for value in values)
    first, along = values[0], ("example", "trace")
    ids = [[channel.id for channel in value.channels] for value in values]
    variables: dict[str, tuple[tuple[str, ...], Any]] = {
        "mask": ((*along, "sample"), np.stack([_padded(value.mask, traces) for value in values])),
        "id": (along, np.array([own + [""] * (traces - len(own)) for own in ids], dtype=str)),
        "class": (("class",), np.array(examples.classes, dtype=str)),
    }
    about: dict[str, Any] = {"kind": "Examples", "of": type(first).__name__, "unit": first.unit}
    if isinstance(first, Waves):
        samples = np.stack([_padded(value.samples, traces) for value in values])
        variables["samples"] = ((*along, "sample"), samples)
        about["rate"] = first.rate
    else:
        power = np.stack([_padded(value.power, traces) for value in values])
        variables["power"] = ((*along, "frequency", "sample"), power)
        variables["frequency"] = (("frequency",), first.frequencies.cpu().numpy())
        about["step"] = first.step
    for name in _PLACE:
        places = [getattr(value.channels[0], name) if value.channels else None for value in values]
        variables[name] = (("example",), np.array(places, dtype=np.float64))
    if examples.labels:
        variables["label"] = (("example",), np.array(examples.labels, dtype=str))
    for name, keys in examples.groups.items():
        column = np.array(keys, dtype=np.int64 if all(isinstance(key, int) for key in keys) else str)
        variables[name] = (("example",), column)
    for name in sorted({name for told in examples.truth for name in told}):
        column = np.array([told.get(name, np.nan) for told in examples.truth], dtype=np.float64)
        variables[f"truth_{name}"] = (("example",), column)
    return Arrays(variables, {**about, "simulated": examples.simulated})


def _grid(value: Waves | Spectrogram) -> tuple[Any, ...]:
    """What must be the same in all of them."""
    if isinstance(value, Waves):
        return value.length, value.rate, value.unit
    return value.windows, value.step, value.unit, tuple(value.frequencies.tolist())


def _padded(values: Any, traces: int) -> Any:
    import numpy as np

    array = values.detach().cpu().numpy()
    return np.pad(array, [(0, traces - len(array)), *((0, 0),) * (array.ndim - 1)])
