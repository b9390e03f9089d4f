"""The operator `sta-lta`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, Literal

from seisdsl.data.clips import CLIPPED
from seisdsl.data.table import Picks
from seisdsl.data.waves import Waves
from seisdsl.operator import Context, Facts, Unsuitable, param
from seisdsl.operators.pick._averages import EnergyAverages


class StaLta(EnergyAverages, name="sta-lta"):
    """Pick where the short-term energy leaps above the long-term energy.

    Cheap and untrained: a baseline for every learned picker, and a first guess for `ar-aic`. It is
    late on emergent onsets and blind to what grows slowly. A pick's `score` is the largest ratio
    of its trigger; the components of a station are judged together, and `channel` names the one
    whose energy leapt most. `amplitude` is the largest absolute sample of that channel during the
    trigger, which ends at `off`, at a gap, or after `long`. A rise less than `long` after another one,
    with no fall below `off` between them, belongs to it. Nothing is picked until `long` has been
    recorded without a gap. `clipped` says whether the instrument was, during the trigger: then the
    amplitude is too small.
    """

    cite = (
        "Allen 1978, doi:10.1785/BSSA0680051521",
        "Withers et al. 1998, doi:10.1785/BSSA0880010095",
    )
    example = "simulate two-events | bandpass 1..20Hz | sta-lta on=4 | count"
    tags = ("pick", "trigger", "STA/LTA", "baseline")
    version = 3

    on: float = param(3.5, "pick where the ratio rises to this", above=1)
    off: float = param(1.5, "the trigger ends where the ratio falls below this", above=0, at_most="on")
    per: Literal["station", "trace"] = param(
        "station", "one pick for all components of an instrument, or one for each trace"
    )

    def context(self, piped: Facts) -> Context:
        """A trigger lasts `long` at most, and no rise from longer ago keeps another from being one."""
        return Context(before=self.memory() + self.long, after=self.long)

    def facts(self, piped: Facts) -> Facts:
        if self.off > self.on:
            raise Unsuitable(
                f"the trigger would end at a ratio of {self.off:g} before it begins at {self.on:g}",
                parameter="off",
                repair=f"off={self.on / 2:g}",
            )
        if piped.rate:
            self.check_rate(piped.rate)
        return piped.but(rate=None, columns={**Picks.COLUMNS, **CLIPPED})

    def apply(self, waves: Waves) -> Picks:
        self.facts(Facts(rate=waves.rate))
        if 0 < waves.length < waves.count(self.long):
            warnings.warn(
                f"sta-lta gives nothing: the record lasts {waves.span.seconds:g} s, and no ratio can be formed "
                f"before {self.long:g} s (long) have been recorded",
                stacklevel=2,
            )
        columns: dict[str, list[Any]] = {name: [] for name in (*Picks.COLUMNS, *CLIPPED)}
        for trace, sample, last, score, amplitude in self._triggers(waves):
            channel = waves.channels[trace]
            time, end = waves.time_of(sample, trace), waves.time_of(last, trace)
            columns["time"].append(time)
            columns["network"].append(channel.network)
            columns["station"].append(channel.station)
            columns["location"].append(channel.location)
            columns["channel"].append(channel.code)
            columns["phase"].append("P")
            columns["score"].append(score)
            columns["uncertainty"].append(None)
            columns["amplitude"].append(amplitude)
            columns["clipped"].append(waves.clips.met(channel.instrument, time, end))
        return Picks.of(columns, extra=CLIPPED, simulated=waves.simulated)

    def _triggers(self, waves: Waves) -> Iterator[tuple[int, int, int, float, float]]:
        """Trace, first sample, the one after the last, largest ratio and amplitude of each trigger."""
        import torch

        from seisdsl.methods.pick.leaps import leaps

        if not waves.channels or not waves.length:
            return
        traces = [[n] for n in range(len(waves.channels))]
        groups = list(waves.by_instrument().values()) if self.per == "station" else traces
        order = [trace for group in groups for trace in group]
        side_by_side = waves if order == sorted(order) else waves.select(order)
        of = [number for number, group in enumerate(groups) for _ in group]
        found = leaps(
            side_by_side.samples,
            side_by_side.mask,
            torch.tensor(of, device=waves.samples.device),
            waves.count(self.short),
            waves.count(self.long),
            on=self.on,
            off=self.off,
            method=self.method,
        )
        trace = [order[row] for row in found.trace.tolist()]
        yield from zip(trace, *(column.tolist() for column in found[1:]), strict=True)
