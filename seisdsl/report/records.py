"""Pictures of waves and spectrograms, in which a gap stays a gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seisdsl.data.figure import Figure
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Picks
from seisdsl.data.waves import Channel, Waves
from seisdsl.data.words import duration
from seisdsl.report.condensed import (
    SpectrogramColumns,
    WavesColumns,
    spectrogram_columns,
    spread,
    waves_columns,
)
from seisdsl.report.style import (
    GAP,
    INK,
    NS,
    SCALE,
    WIDE,
    colour_of_phase,
    instants,
    plain,
    quantity,
    time_axis,
)

MOST = 30  # traces on one picture


def section(waves: Waves | WavesColumns, picks: Picks | None = None) -> Figure:
    """Traces one under the other, each scaled by its own peak, which is told beside it, with picks on them."""
    of = waves if isinstance(waves, WavesColumns) else waves_columns([waves])
    rows = chosen(of.channels)
    phases = phases_of(picks)

    def draw(canvas: Any) -> None:
        axes = canvas.add_subplot()
        times = instants(of.times.edges)
        for place, row in enumerate(rows):
            low, high = of.low[row], of.high[row]
            known = np.isfinite(low)
            peak = float(max(-low[known].min(), high[known].max())) if known.any() else 0.0
            scale = 0.46 / peak if peak else 0.0
            axes.fill_between(times[:-1], -place + low * scale, -place + high * scale, color=INK, lw=0.5)
            for first, last in runs(~known):
                axes.fill_between(
                    times[[first, last]], -place - 0.42, -place + 0.42, color=GAP, lw=0, zorder=0.5
                )
            told = quantity(peak, of.overview.unit) if known.any() else "no record"
            axes.text(1.005, -place, told, transform=axes.get_yaxis_transform(), va="center", fontsize=8)
            for phase, at in picked(picks, of.channels[row]).items():
                colour, dash = colour_of_phase(phase, phases)
                axes.vlines(instants(at), -place - 0.45, -place + 0.45, color=colour, ls=dash, lw=1.3)
        axes.set_yticks([-place for place in range(len(rows))], [of.channels[row].id for row in rows])
        axes.tick_params(axis="y", labelsize=8)
        axes.set_ylim(-len(rows) + 0.4, 0.6)
        plain(axes)
        time_axis(axes, of.overview.span.start, of.overview.span.end)
        legend_of_phases(axes, phases)

    return Figure(draw, "", _caption(of, rows), (WIDE, 1.3 + 0.32 * len(rows)), of.simulated)


def _caption(of: WavesColumns, rows: Sequence[int]) -> str:
    said = ["each trace scaled by its own peak, told to its right"]
    if of.overview.missing:
        said.append("grey: not recorded")
    if of.times.several:
        said.append(f"smallest and largest of each {duration(of.times.step / NS)}")
    if len(rows) < len(of.channels):
        said.append(f"{len(rows)} of {len(of.channels)} traces")
    return "; ".join(said)


def chosen(channels: Sequence[Channel]) -> list[int]:
    """All traces of a few; of many the vertical or else the last of each instrument, at even distances."""
    if len(channels) <= MOST:
        return list(range(len(channels)))
    of: dict[str, int] = {}
    for row, channel in enumerate(channels):
        if channel.instrument not in of or channel.code.endswith(("Z", "U")):
            of[channel.instrument] = row
    rows = list(of.values())
    return [rows[at] for at in spread(len(rows), MOST)]


def phases_of(picks: Picks | None) -> list[str]:
    return [] if picks is None else sorted({phase or "" for phase in picks.frame["phase"].to_list()})


def legend_of_phases(axes: Any, phases: Sequence[str]) -> None:
    for phase in phases:
        colour, dash = colour_of_phase(phase, phases)
        axes.plot([], [], color=colour, ls=dash, lw=1.3, label=f"{phase} pick".strip())
    if phases:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1, 1), ncols=len(phases), frameon=False, borderaxespad=0.2
        )


def picked(picks: Picks | None, channel: Channel) -> dict[str, Any]:
    """Times of the picks at the station of a trace, by phase."""
    if picks is None:
        return {}
    frame = picks.frame
    own = frame.filter(
        (frame["station"] == channel.station)
        & (frame["network"].is_null() | (frame["network"] == "") | (frame["network"] == channel.network))
    )
    return {
        phase or "": part["time"].dt.timestamp("ns").to_numpy() for (phase,), part in own.group_by("phase")
    }


def spectrograms(spectrogram: Spectrogram | SpectrogramColumns) -> Figure:
    """Power in decibels against time and frequency, a panel for each trace; white where there is a gap."""
    of = spectrogram if isinstance(spectrogram, SpectrogramColumns) else spectrogram_columns([spectrogram])

    def draw(canvas: Any) -> None:
        panels = canvas.subplots(len(of.channels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        bins = edges_of(of.frequencies)
        for axes, channel, power in zip(panels, of.channels, of.power, strict=True):
            known = np.isfinite(power) & (power > 0)
            level = np.ma.array(10 * np.log10(np.where(known, power, 1)), mask=~known)
            low, high = np.percentile(level.compressed(), (2, 99.5)) if known.any() else (0, 1)
            image = axes.pcolormesh(
                instants(of.times.edges), bins, level, cmap=SCALE, vmin=low, vmax=high, rasterized=True
            )
            axes.set_ylabel("frequency (Hz)")
            axes.set_title(channel.id, fontsize=9, loc="left")
            canvas.colorbar(image, ax=axes, label="power (dB)", pad=0.01)
            plain(axes)
        time_axis(panels[-1], of.times.span.start, of.times.span.end)

    said = [f"decibels relative to 1 {of.unit}", "white: not recorded" if of.known < 1 else ""]
    said.append(f"mean of each {duration(of.times.step / NS)}" if of.times.several else "")
    said.append(f"{len(of.channels)} of {of.traces} traces" if len(of.channels) < of.traces else "")
    caption = "; ".join(part for part in said if part)
    return Figure(draw, "", caption, (WIDE, 0.9 + 1.7 * len(of.channels)), of.simulated)


def edges_of(middles: Any) -> Any:
    """The edges of cells around ascending middles."""
    if len(middles) < 2:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[2 * middles[0] - between[0]], between, [2 * middles[-1] - between[-1]]])


def runs(missing: Any) -> Any:
    """The first and last columns of stretches without records, as [stretch, 2]."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]])))
    return changes.reshape(-1, 2)
