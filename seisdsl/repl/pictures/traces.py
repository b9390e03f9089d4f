"""Traces in a terminal: each between the least and the largest of what falls into a column of dots."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.text import Text

from seisdsl.data.series import Series
from seisdsl.data.waves import Channel, Waves
from seisdsl.data.words import instant, rest
from seisdsl.repl.pictures.canvas import Array, braille, ends, labelled

MOST = 8  # traces
ROWS = 2  # lines of a trace, four dots each
LABEL = 16


def waves_picture(waves: Waves, width: int) -> list[Text]:
    """Some traces of waves, each as high as its own peak; where nothing was recorded nothing is drawn."""
    chosen = some(waves.channels)
    columns = 2 * width
    lines: list[Text] = []
    for trace in chosen:
        samples = waves.samples[trace].detach().double().cpu().numpy()
        mask = waves.mask[trace].cpu().numpy()
        at = np.arange(waves.length) * columns // max(waves.length, 1)
        low, high, said = _range(samples[mask], waves.unit)
        dots = wiggle(samples[mask], at[mask], columns, low, high)
        lines += labelled(braille(dots), [waves.channels[trace].id, said], LABEL)
    more = [Text(line, "dim") for line in rest(len(waves.channels) - len(chosen), "trace")]
    return [*lines, ends(instant(waves.span.start), instant(waves.span.end), width, LABEL), *more]


def _range(values: Array, unit: str) -> tuple[float, float, str]:
    """The range to draw, and how it is told: about zero, about what it lies at, or from zero up."""
    if not len(values):
        return 0.0, 0.0, "nothing recorded"
    least, largest = float(values.min()), float(values.max())
    if 0 <= least <= largest / 2:
        return 0.0, largest, f"to {largest:.3g} {unit}"
    middle = float(np.median(values))
    half = max(largest - middle, middle - least)
    about = f"{middle:.3g}" if abs(middle) > half / 10 else ""
    return middle - half, middle + half, f"{about}±{half:.3g} {unit}"


def some(channels: tuple[Channel, ...]) -> list[int]:
    """All traces of a few; of many, the vertical or first one of each instrument, as many as can be seen."""
    if len(channels) <= MOST:
        return list(range(len(channels)))
    of: dict[str, int] = {}
    for number, channel in enumerate(channels):
        if channel.instrument not in of or channel.code.endswith("Z"):
            of[channel.instrument] = number
    return list(of.values())[:MOST]


def series_picture(series: Series, width: int) -> list[Text]:
    """The components of some sites against time."""
    columns = 2 * width
    epochs = series.epochs.cpu().numpy()
    if not len(epochs):
        return []
    span = max(int(epochs[-1] - epochs[0]), 1)
    at = ((epochs - epochs[0]).astype(float) / span * (columns - 1)).astype(int)
    rows = [(s, c) for s in range(len(series.sites)) for c in range(len(series.components))]
    lines: list[Text] = []
    for site, component in rows[:MOST]:
        mask = series.mask[site, component].cpu().numpy()
        values = series.values[site, component].detach().double().cpu().numpy()[mask]
        label = f"{series.sites[site].name} {series.components[component]}"
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
        said = f"{low:.4g} to {high:.4g} {series.unit}" if len(values) else "nothing recorded"
        lines += labelled(braille(wiggle(values, at[mask], columns, low, high)), [label, said], 24)
    more = [Text(line, "dim") for line in rest(len(rows) - MOST, "row")]
    return [*lines, ends(instant(int(epochs[0])), instant(int(epochs[-1])), width, 24), *more]


def wiggle(values: Array, at: Array, columns: int, low: float, high: float) -> Array:
    """Dots [row, column] from the least to the largest of the values at each column."""
    height = 4 * ROWS
    dots: np.ndarray[Any, Any] = np.zeros((height, columns), bool)
    if not len(values):
        return dots
    least, largest = np.full(columns, np.inf), np.full(columns, -np.inf)
    np.minimum.at(least, at, values)
    np.maximum.at(largest, at, values)
    there = np.isfinite(least)
    scale = (height - 1) / (high - low) if high > low else 0.0
    middle = 0 if high > low else height // 2
    bottom, top = (
        np.rint((np.where(there, v, low) - low) * scale).astype(int) + middle for v in (least, largest)
    )
    level = np.arange(height)[:, None]
    return np.asarray(((level >= bottom) & (level <= top) & there)[::-1])
