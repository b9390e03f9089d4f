"""Sheets of examples: some windows of each class side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.figure import Figure
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Waves
from seisdsl.report.condensed import ExamplesFew, spectrogram_columns, spread, waves_columns
from seisdsl.report.records import edges_of, runs
from seisdsl.report.style import GAP, INK, NS, SCALE, WIDE, nothing

ACROSS = 5  # examples of a class
_CLASSES = 6
_TRACES = 3


def drawable(examples: Examples[Any]) -> bool:
    return bool(examples.values) and isinstance(examples.values[0], Waves | Spectrogram)


def example_sheet(of: Examples[Any] | ExamplesFew) -> Figure:
    """Some windows of each class, spread over them all, with their stations."""
    examples = of.few if isinstance(of, ExamplesFew) else of
    told = of.overview if isinstance(of, ExamplesFew) else ExamplesOverview.of(of)
    classes = [(one.name, one.number) for one in told.classes if one.number][:_CLASSES]
    if not classes or not drawable(examples):
        said = "no example" if not told.number else f"{told.number:,} examples of {told.kind}"
        return Figure(lambda canvas: nothing(canvas, said), size=(WIDE, 2.5))

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(classes), ACROSS, squeeze=False, sharex=True)
        for own, (name, number) in zip(panels, classes, strict=True):
            members = [n for n, label in enumerate(examples.labels) if label == name]
            picked = [members[at] for at in spread(len(members), ACROSS)]
            for axes in own[len(picked) :]:
                axes.set_axis_off()
            for axes, at in zip(own, picked, strict=False):
                _window(axes, examples.values[at])
                stations = examples.groups.get("station", ())
                axes.set_title(str(stations[at]) if stations else "", fontsize=8)
                axes.tick_params(labelsize=8)
            own[0].set_ylabel(f"{name}\n{number:,} examples", fontsize=8.5, weight="bold")
        for axes in panels[-1]:
            axes.set_xlabel("time (s)")

    waves = isinstance(examples.values[0], Waves)
    caption = "each trace scaled by its own peak; grey: not recorded"
    if not waves:
        low, high = (float(examples.values[0].frequencies[at]) for at in (0, -1))
        caption = f"power in decibels, upwards from {low:.3g} to {high:.3g} Hz; white: not recorded"
    return Figure(draw, "", caption, (WIDE, 0.8 + 1.35 * len(classes)), told.simulated)


def _window(axes: Any, value: Waves | Spectrogram) -> None:
    axes.set_yticks([])
    if isinstance(value, Waves):
        of = waves_columns([value.select(spread(len(value.channels), _TRACES))])
        seconds = (of.times.edges - of.times.start) / NS
        for row in range(len(of.channels)):
            low, high = of.low[row], of.high[row]
            known = np.isfinite(low)
            peak = float(max(-low[known].min(), high[known].max())) if known.any() else 0.0
            scale = 0.48 / peak if peak else 0.0
            axes.fill_between(seconds[:-1], -row + low * scale, -row + high * scale, color=INK, lw=0.4)
            for first, last in runs(~known):
                axes.fill_between(seconds[[first, last]], -row - 0.45, -row + 0.45, color=GAP, lw=0)
        axes.set_xlim(0, seconds[-1])
        return
    picture = spectrogram_columns([value])
    seconds = (picture.times.edges - picture.times.start) / NS
    power = picture.power[0]
    known = np.isfinite(power) & (power > 0)
    level = np.ma.array(10 * np.log10(np.where(known, power, 1)), mask=~known)
    axes.pcolormesh(seconds, edges_of(picture.frequencies), level, cmap=SCALE, rasterized=True)
