"""The operator `ar-aic`."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple, overload

from seisdsl.data.clips import CLIPPED
from seisdsl.data.table import Picks
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Time
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, Upstream, param

MARGIN = 20  # samples on either side that an onset needs to be told from chance
AT_ONCE = 2**21  # samples worked on together, which bounds the memory


class Guess(NamedTuple):
    """Where to look: a sample, and the traces that are heard together, the main one first."""

    sample: int
    traces: list[int]


class Onset(NamedTuple):
    sample: int
    score: float
    uncertainty: float  # in seconds


class ArAic(Operator, name="ar-aic"):
    """Find the sample at which noise gives way to signal, by the information criterion (AR-AIC).

    Piped picks, it refines each within `window` of where it was, P on the vertical component and
    S on the horizontal ones. Picks that meet at one onset become one; a pick without enough record
    around it, or without an onset there, stays as it was. Piped waves, it finds one P for each
    instrument, which is meant for event windows: it finds something in noise too. `score` tells
    them apart, it is how far the criterion falls below its sides: some tens in noise, hundreds and
    more at an onset. `uncertainty` comes from the curvature of the minimum. It holds where both
    stretches are autoregressions, and is too small for most records. `clipped` says whether the
    instrument was, within `window` of the onset or where the pick was made.
    """

    cite = (
        "Sleeman and van Eck 1999, doi:10.1016/S0031-9201(99)00007-2",
        "Maeda 1985, Zisin 38, 365-379",
    )
    example = "simulate two-events | bandpass 1..20Hz | sta-lta on=4 | ar-aic | count"
    tags = ("pick", "onset", "autoregression", "AIC")
    version = 2

    order: int = param(4, "terms of the autoregressions; 0 compares variances alone", at_least=0, at_most=50)
    window: Time = param("3s", "how far to look on either side", above="0s")

    def context(self, piped: Facts) -> Context:
        """A pick moves by a window at most, and is looked at within another one.

        To half a sample: a window has fifty of them at least.
        """
        reach = 2.05 * self.window
        return Context(reach, reach) if piped.kind == "Picks" else WHOLE

    def facts(self, piped: Facts) -> Facts:
        if piped.rate:
            self._check_rate(piped.rate)
        known = Picks.COLUMNS if piped.kind == "Waves" else piped.columns
        return piped.but(rate=None, columns=known and {**known, **CLIPPED})

    @property
    def _fewest(self) -> int:
        """Samples that a window needs."""
        return 2 * MARGIN + 10 * (self.order + 1)

    def _check_rate(self, rate: float) -> None:
        if (held := 2 * round(self.window * rate) + 1) < self._fewest:
            raise Unsuitable(
                f"{self.window:g} s on either side are {held} samples at {rate:g} Hz",
                parameter="window",
                notes=[f"order {self.order} needs {self._fewest} at least"],
                repair=f"window={self._fewest / rate:.2g}s",
            )

    @overload
    def apply(self, piped: Waves) -> Picks: ...

    @overload
    def apply(self, piped: Picks, *, waves: Upstream[Waves]) -> Picks: ...

    def apply(self, piped: Waves | Picks, *, waves: Waves | None = None) -> Picks:
        if isinstance(piped, Waves):
            self._check_rate(piped.rate)
            return self._pick(piped)
        if waves is None:
            raise Unsuitable("picks are refined on waves, and there are none", parameter="waves")
        self._check_rate(waves.rate)
        return self._refine(piped, waves)

    def _pick(self, waves: Waves) -> Picks:
        import torch

        from seisdsl.methods.pick.runs import largest

        guesses = self._first_guesses(waves)
        onsets = self._onsets(waves, guesses)
        found = [(onset, guess.traces[0]) for onset, guess in zip(onsets, guesses, strict=True) if onset]
        after = [(trace, onset.sample, waves.length) for onset, trace in found]
        to_end = torch.tensor(after, dtype=torch.long, device=waves.samples.device).reshape(-1, 3)
        channels = [waves.channels[trace] for _, trace in found]
        return Picks.of(
            {
                "time": [waves.time_of(onset.sample, trace) for onset, trace in found],
                "network": [channel.network for channel in channels],
                "station": [channel.station for channel in channels],
                "location": [channel.location for channel in channels],
                "channel": [channel.code for channel in channels],
                "phase": ["P"] * len(found),
                "score": [onset.score for onset, _ in found],
                "uncertainty": [onset.uncertainty for onset, _ in found],
                "amplitude": largest(waves.samples.abs(), to_end).tolist(),
                "clipped": [self._clipped(waves, onset.sample, trace) for onset, trace in found],
            },
            extra=CLIPPED,
            simulated=waves.simulated,
        )

    def _clipped(self, waves: Waves, sample: int, trace: int) -> bool:
        """Whether the instrument was clipped within a window of a sample."""
        time, window = waves.time_of(sample, trace), round(self.window * NS)
        return waves.clips.met(waves.channels[trace].instrument, time - window, time + window)

    def _first_guesses(self, waves: Waves) -> list[Guess]:
        """Of each instrument, on its component with the largest peak."""
        import torch

        from seisdsl.methods.pick.search import first_guess, height

        instruments = [components(waves, traces, "P") for traces in waves.by_instrument().values()]
        if not instruments or not waves.length:
            return []
        size = max(1, AT_ONCE // waves.length)
        parts = [slice(first, first + size) for first in range(0, len(waves.channels), size)]
        peaks = [height(waves.samples[part], waves.mask[part]).amax(-1) for part in parts]
        peak = torch.cat(peaks).tolist()
        ordered = [sorted(traces, key=lambda trace: -peak[trace]) for traces in instruments]
        guesses = []
        for first in range(0, len(ordered), size):
            part = ordered[first : first + size]
            main = [traces[0] for traces in part]
            half = waves.count(self.window)
            sample, found = first_guess(waves.samples[main], waves.mask[main], half, MARGIN)
            told = zip(sample.tolist(), part, found.tolist(), strict=True)
            guesses += [Guess(at, traces) for at, traces, has_one in told if has_one]
        return guesses

    def _refine(self, picks: Picks, waves: Waves) -> Picks:
        import polars as pl

        columns = {name: picks.frame[name].to_list() for name in ("channel", "score", "uncertainty")}
        columns["time"] = picks.frame["time"].to_physical().to_list()
        told = "clipped" in picks.frame.columns
        columns["clipped"] = picks.frame["clipped"].to_list() if told else [None] * len(picks)
        matched = self._matched(picks, waves)
        onsets = self._onsets(waves, list(matched.values()))
        for (row, guess), onset in zip(matched.items(), onsets, strict=True):
            trace = guess.traces[0]
            clipped = self._clipped(waves, onset.sample if onset else guess.sample, trace)
            columns["clipped"][row] = clipped or bool(columns["clipped"][row])
            if onset:
                columns["time"][row] = waves.time_of(onset.sample, trace)
                columns["channel"][row] = waves.channels[trace].code
                columns["score"][row] = onset.score
                columns["uncertainty"][row] = onset.uncertainty
        types = {**picks.frame.schema, "clipped": pl.Boolean()}
        changed = [
            pl.Series(name, values, dtype=pl.Int64 if name == "time" else types[name]).cast(types[name])
            for name, values in columns.items()
        ]
        same = ["network", "station", "location", "channel", "phase", "time"]
        frame = picks.frame.with_columns(changed).unique(same, keep="first", maintain_order=True)
        return picks.with_frame(frame, {**(picks.extra or {}), **CLIPPED})

    def _matched(self, picks: Picks, waves: Waves) -> dict[int, Guess]:
        """By row, what to look at for each pick that lies in the record of its instrument, or its station."""
        instruments = waves.by_instrument()
        stations: dict[tuple[str, str], list[int]] = {}
        for traces in instruments.values():
            channel = waves.channels[traces[0]]
            stations.setdefault((channel.network, channel.station), traces)
        frame = picks.frame.with_columns(ns=picks.frame["time"].to_physical())
        names = ("network", "station", "location", "channel", "phase", "ns")
        matched = {}
        for row, (network, station, location, channel, phase, time) in enumerate(frame.select(names).rows()):
            instrument = f"{network}.{station}.{location or ''}.{(channel or '')[:-1]}"
            traces = instruments.get(instrument) or stations.get((network, station), [])
            if not traces or time is None:
                continue
            heard = components(waves, traces, phase or "P")
            heard = sorted(heard, key=lambda trace: waves.channels[trace].code != channel)
            sample = round((time - waves.start) * waves.rate / NS)
            sample = round((time - waves.start - waves.late(heard[0], sample)) * waves.rate / NS)
            if 0 <= sample < waves.length:
                matched[row] = Guess(sample, heard)
        return matched

    def _onsets(self, waves: Waves, guesses: list[Guess]) -> list[Onset | None]:
        import torch

        from seisdsl.methods.pick.search import refined

        half = waves.count(self.window)
        size = max(1, AT_ONCE // (2 * half + 1))
        device = waves.samples.device
        onsets: list[Onset | None] = []
        for first in range(0, len(guesses), size):
            part = guesses[first : first + size]
            pairs = [(trace, pick) for pick, guess in enumerate(part) for trace in guess.traces]
            trace, pick = torch.tensor(pairs, device=device).T
            found = refined(
                waves.samples,
                waves.mask,
                trace,
                pick,
                torch.tensor([guess.sample for guess in part], device=device),
                half=half,
                order=self.order,
                margin=MARGIN,
                fewest=self._fewest,
            )
            onsets += [
                Onset(sample, depth, spread / waves.rate) if has_one else None
                for sample, depth, spread, has_one in zip(*(values.tolist() for values in found), strict=True)
            ]
        return onsets


def components(waves: Waves, traces: list[int], phase: str) -> list[int]:
    """The vertical of an instrument's traces for P, the others for S; all of them where it has no such."""
    by_kind: dict[bool, list[int]] = defaultdict(list)
    for trace in traces:
        by_kind[waves.channels[trace].code.endswith("Z")].append(trace)
    return by_kind[not phase.upper().startswith("S")] or traces
