"""Spectrograms, scores and fields in a terminal, as colours."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from seisdsl.data.field import Field
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.words import instant, rest
from seisdsl.repl.pictures.canvas import Array, ends, heat, labelled, shrunk, title
from seisdsl.repl.pictures.traces import LABEL

LINES = 10
DECIBELS = 50  # from the darkest to the lightest


def spectrogram_picture(of: Spectrogram, width: int, colour: bool) -> list[Text]:
    """The power of the trace that was recorded longest, in decibels, high frequencies above."""
    if not of.mask.any():
        return []
    trace = int(of.mask.sum(dim=1).argmax())
    power = of.power[trace].detach().double().cpu().numpy()[::-1]
    known = np.broadcast_to(of.mask[trace].cpu().numpy(), power.shape)
    level = 10 * np.log10(np.maximum(power, np.finfo(float).tiny))
    top = float(np.percentile(level[known], 99.5))
    rows = LINES * 2 if colour else LINES
    small, there = shrunk((level - top) / DECIBELS + 1, known, rows, width)
    low, high = (f"{float(of.frequencies[at]):.3g} Hz" for at in (0, -1))
    lines = heat(small, there, colour)
    said = f"{of.channels[trace].id}, {DECIBELS} dB below {top:.0f} dB of {of.unit}"
    end = of.start + round(max(of.windows - 1, 0) * of.step * 1e9)
    return [
        title(said, LABEL),
        *labelled(lines, [high, *[""] * (len(lines) - 2), low], LABEL),
        ends(instant(of.start), instant(end), width, LABEL),
    ]


def scores_picture(scores: Scores, width: int, colour: bool) -> list[Text]:
    """How probable anything but noise is, station by station."""
    quiet = [number for number, name in enumerate(scores.classes) if name == "noise"]
    wanted = scores.probabilities.detach().cpu().numpy()
    values = 1 - wanted[:, quiet[0]] if quiet else wanted.max(axis=1)
    known = scores.mask.cpu().numpy()
    if not known.any():
        return []
    stations = min(len(values), 2 * LINES if colour else LINES)
    small, there = shrunk(values[:stations], known[:stations], stations, width)
    names = [f"{c.network}.{c.station}" for c in scores.channels[:stations]]
    lines = heat(small, there, colour)
    said = "anything but noise" if quiet else "the likeliest class"
    return [
        title(f"probability of {said}, 0 dark to 1 light", LABEL),
        *labelled(lines, names[::2] if colour else names, LABEL),
        ends(instant(scores.start), instant(scores.span.end), width, LABEL),
        *(Text(line, "dim") for line in rest(len(scores.channels) - stations, "station")),
    ]


def field_picture(field: Field, width: int, colour: bool) -> list[Text]:
    """A field over its two last directions, the largest value along the others."""
    large = [at for at, axis in enumerate(field.axes) if len(axis.values) > 1]
    if len(large) < 2 or not field.mask.any():
        return []
    vertical, across = large[-2:]
    values: Array = field.values.detach().double().cpu().numpy()
    known: Array = field.mask.cpu().numpy()
    values = np.where(known, values, -np.inf)
    others = tuple(at for at in range(values.ndim) if at not in (vertical, across))
    values = np.asarray(values.max(axis=others))
    known = np.isfinite(values)
    names = field.axes[vertical].name, field.axes[across].name
    upward = names[0] not in ("depth", "time")
    values, known = (part[::-1] if upward else part for part in (values, known))
    low, high = float(values[known].min()), float(values[known].max())
    shown = np.where(known, (values - low) / (high - low) if high > low else 0.5, 0)
    small, there = shrunk(shown, known, 2 * LINES if colour else LINES, min(width, 4 * LINES))
    lines = heat(small, there, colour)
    edges = [_said(field, vertical, at) for at in ((-1, 0) if upward else (0, -1))]
    said = f"{field.name} from {low:.4g} dark to {high:.4g} {field.unit} light"
    sides = [_said(field, across, at) for at in (0, -1)]
    return [
        title(said, LABEL),
        *labelled(lines, [edges[0], *[""] * (len(lines) - 2), edges[1]], LABEL),
        ends(sides[0], sides[1], small.shape[1], LABEL),
    ]


def _said(field: Field, direction: int, at: int) -> str:
    axis = field.axes[direction]
    value = axis.values[at].item()
    return instant(int(value)) if axis.name == "time" else f"{value:.5g} {axis.unit}".strip()
