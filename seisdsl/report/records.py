"""Pictures of waves and spectrograms, in which a gap stays a gap."""

from __future__ import annotations

from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Waves
from seisdsl.report.style import GAP, INK, SCALE, instants, plain, time_axis

MOST = 30  # traces on one picture
_COLUMNS = 1500  # a trace is drawn as the largest and smallest sample of this many stretches
_PANELS = 6


def section(waves: Waves) -> Figure:
    """Traces one under the other, each scaled by its own peak, which is told beside it."""
    rows = _spread(len(waves.channels), MOST)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        for place, row in enumerate(rows):
            samples = waves.samples[row].detach().cpu().double().numpy().copy()
            recorded = waves.mask[row].cpu().numpy()
            samples[~recorded] = np.nan
            peak = float(np.nanmax(np.abs(samples))) if recorded.any() else 0.0
            at, low, high = _outline(samples)
            times = instants([waves.start]) + (at * 1e9 / waves.rate).astype("timedelta64[ns]")
            scale = 0.48 / peak if peak else 0.0
            axes.fill_between(times, -place + low * scale, -place + high * scale, color=INK, lw=0.4)
            for first, last in _runs(~recorded):
                edges = instants([waves.start]) + (np.array([first, last]) * 1e9 / waves.rate).astype(
                    "timedelta64[ns]"
                )
                axes.fill_between(edges, -place - 0.4, -place + 0.4, color=GAP, lw=0, zorder=0.5)
            axes.text(
                1.005, -place, f"{peak:.2g}", transform=axes.get_yaxis_transform(), va="center", fontsize=7
            )
        axes.set_yticks(
            [-place for place in range(len(rows))], [waves.channels[row].id for row in rows], fontsize=7
        )
        axes.set_ylim(-len(rows) + 0.4, 0.6)
        plain(axes)
        time_axis(axes, waves.span.start, waves.span.end)

    left = len(waves.channels) - len(rows)
    caption = f"right: peak in {waves.unit}"
    caption += "" if bool(waves.mask.all()) else "; grey: not recorded"
    caption += f"; {len(rows)} of {len(waves.channels)} traces" if left else ""
    return Figure(draw, "", caption, (8.0, 1.5 + 0.3 * len(rows)), waves.simulated)


def spectrograms(spectrogram: Spectrogram) -> Figure:
    """Power in decibels against time and frequency, a panel for each trace; white where there is a gap."""
    rows = _spread(len(spectrogram.channels), _PANELS)

    def draw(canvas: Any) -> None:
        panels = np.atleast_1d(canvas.subplots(len(rows), 1, sharex=True, sharey=True))
        step = spectrogram.step * 1e9
        edges = spectrogram.start + (np.arange(spectrogram.windows + 1) - 0.5) * step
        frequencies = spectrogram.frequencies.cpu().double().numpy()
        half = (frequencies[1] - frequencies[0]) / 2
        bins = np.append(frequencies - half, frequencies[-1] + half)
        for axes, row in zip(panels, rows, strict=True):
            power = spectrogram.power[row].detach().cpu().double().numpy()
            known = spectrogram.mask[row].cpu().numpy() & (power > 0)
            level = np.ma.array(10 * np.log10(np.where(known, power, 1)), mask=~known)
            low, high = np.percentile(level.compressed(), (2, 99.5)) if known.any() else (0, 1)
            image = axes.pcolormesh(
                instants(edges.astype(np.int64)),
                bins,
                level,
                cmap=SCALE,
                vmin=low,
                vmax=high,
                rasterized=True,
            )
            axes.set_ylabel("Hz")
            axes.set_title(spectrogram.channels[row].id, fontsize=8, loc="left")
            canvas.colorbar(image, ax=axes, label="dB", pad=0.01)
            plain(axes)
        time_axis(panels[-1], int(edges[0]), int(edges[-1]))

    return Figure(
        draw,
        "",
        f"decibels relative to 1 {spectrogram.unit}",
        (8.0, 1 + 1.6 * len(rows)),
        spectrogram.simulated,
    )


def _runs(missing: Any) -> Any:
    """The first and last samples of stretches without records, as [stretch, 2]."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]])))
    return changes.reshape(-1, 2)


def _spread(count: int, most: int) -> list[int]:
    """All of them, or some at even distances."""
    return list(range(count)) if count <= most else [round(n * (count - 1) / (most - 1)) for n in range(most)]


def _outline(samples: Any) -> tuple[Any, Any, Any]:
    """Sample numbers with the smallest and largest of each stretch; a stretch without records is NaN."""
    every = max(1, -(-len(samples) // _COLUMNS))
    if every == 1:
        return np.arange(len(samples)), samples, samples
    short = -len(samples) % every
    parts = np.pad(samples, (0, short), constant_values=np.nan).reshape(-1, every)
    there = np.isfinite(parts).any(axis=1)
    low = np.where(there, np.nanmin(np.where(np.isfinite(parts), parts, np.inf), axis=1), np.nan)
    high = np.where(there, np.nanmax(np.where(np.isfinite(parts), parts, -np.inf), axis=1), np.nan)
    return np.arange(len(parts)) * every, low, high
