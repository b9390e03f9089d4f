"""The operator `ground-motion`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.motion import Motion
from seisdsl.data.table import Catalog
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, Length, Probability, Ratio, Time
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.motion._records import Record, in_gal, records
from seisdsl.operators.motion._windows import Around, event_names, those_near, windows
from seisdsl.operators.signal._corners import check_corner

if TYPE_CHECKING:
    from torch import Tensor

AT_ONCE = 2**24  # samples of records that are measured together
Spectrum = Literal["sa", "psv", "sd", "tsv", "tsv_tail"]


class GroundMotion(Operator, name="ground-motion"):
    """Measure how strongly the ground moved: PGA, PGV, JMA intensity, response spectra, durations.

    Reads accelerograms in gal or m/s^2, one row for each record of an instrument: runs of its
    components that lie less than `apart` apart are one record. A record with a gap in its strong part
    is flagged and not measured; of one with a gap elsewhere the run that holds the strong part is.
    Oscillators are followed exactly, as if the acceleration ran straight from sample to sample, and
    records are sampled more often where a period is shorter than ten samples. `intensity` takes all
    three components, everything else the two horizontal ones; it is not rounded. Durations are those
    in which the squared velocity of the oscillator gathers between two shares, to the end of the
    record (`tsv`) or until it has died away (`tsv_tail`). `flatfile` tells which event a record is of.

    With `events`, records may be continuous: there is one row for each event and instrument that is
    nearer than `far`, of the time from `before` the first P wave can come (8.2 km/s) to `after` the last
    S wave (2.8 km/s), and the row names its event. A gap between the two spoils it; where waves of
    another event come that are a tenth as strong or more, the row is flagged `several events`.
    """

    cite = (
        "Nigam and Jennings 1969, doi:10.1785/BSSA0590020909",
        "Boore 2010, doi:10.1785/0120090400",
        "Japan Meteorological Agency 1996, Notification No. 4",
    )
    example = "simulate-accelerograms events=1 stations=3 | ground-motion periods=[0.3s, 1s] | show"
    tags = ("strong motion", "intensity", "response spectrum", "PGA")
    version = 2

    periods: list[Time] = param([0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0], "of the oscillators")
    spectra: list[Spectrum] = param(["sa"], "what is measured at them: sa, psv, sd, tsv, tsv_tail")
    damping: Ratio = param("5%", "of the oscillators", above="0%", below="100%")
    horizontal: Literal["geometric-mean", "rotd50", "rotd100", "larger", "vector"] = param(
        "geometric-mean", "how two horizontal components are made one"
    )
    baseline: Literal["pre-event", "mean", "linear", "none"] = param(
        "pre-event", "what is taken out first: the mean before the event, of all, a line, nothing"
    )
    quiet: Time = param("10s", "of the record's beginning that is before the event", above="0s")
    above: Frequency = param("0.05Hz", "high-pass corner; 0Hz for none", at_least="0Hz")
    below: Frequency | None = param(None, "low-pass corner; none where not given", above="0Hz")
    corners: int = param(4, "order of the filters, each way", at_least=1, at_most=20)
    phase: Literal["zero", "causal"] = param("zero", "filter forwards and backwards, or forwards only")
    low: Probability = param(0.03, "share of the energy at which a duration begins", at_least=0)
    high: Probability = param(0.95, "share of the energy at which a duration ends", above="low", at_most=1)
    apart: Time = param("30s", "between two records of an instrument, at least", above="0s")
    longest: Time = param("600s", "record", above="0s")
    before: Time = param("15s", "of an event's record before its first P wave can come", at_least="0s")
    after: Time = param("60s", "of an event's record after its last S wave", at_least="0s")
    far: Length = param("300km", "hypocentral distance of an instrument from an event, at most", above="0km")

    @property
    def _around(self) -> Around:
        quiet = min(self.quiet, self.before) if self.baseline == "pre-event" else 0.0
        return Around(self.before, quiet, self.after, self.far / 1000)

    def context(self, piped: Facts) -> Context:
        """A record is told by its beginning, which is a time without any before it; an event's by its time."""
        reach = max(self.longest + self.apart, self._around.reach) + 1.0
        return Context(reach, reach)

    def facts(self, piped: Facts) -> Facts:
        self._check(piped.rate)
        return piped.but(rate=None, columns={**Motion.COLUMNS, **self._extra})

    @property
    def _extra(self) -> dict[str, Any]:
        return Motion.spectral(self.periods, self.spectra, self.damping)

    def _check(self, rate: float | None) -> None:
        if any(period <= 0 or not math.isfinite(period) for period in self.periods):
            raise Unsuitable("a period is longer than 0 s", parameter="periods")
        if len(self._extra) < len(self.periods) * len(self.spectra):
            raise Unsuitable("a period or a spectrum is named twice", parameter="periods")
        for name in ("above", "below"):
            if corner := getattr(self, name):
                check_corner(corner, rate, name)
        if self.below is not None and self.below <= self.above:
            raise Unsuitable("the low-pass corner is not above the high-pass one", parameter="below")
        if rate and min(self.periods, default=math.inf) < 2 / rate:
            raise Unsuitable(
                f"a period of {min(self.periods):g} s is beyond the Nyquist frequency, {rate / 2:g} Hz",
                parameter="periods",
            )

    def apply(self, waves: Waves, *, events: Catalog | None = None) -> Motion:
        self._check(waves.rate)
        factor = in_gal(waves)
        rows: dict[str, list[Any]] = {name: [] for name in (*Motion.COLUMNS, *self._extra)}
        found = self._triggered(waves, rows) if events is None else self._of_events(waves, events, rows)
        for one in found:
            for name in ("network", "station", "latitude", "longitude", "location", "elevation"):
                rows[name].append(getattr(one.channel, name))
            rows["duration"].append((one.end - one.start) / waves.rate)
            rows["horizontal"].append(self.horizontal)
            rows["flag"].append(one.flag)
        measured = ("pga", "pgv", "intensity", *self._extra)
        for name in measured:
            rows[name] = [None] * len(found)
        for numbers in _batches(found):
            values = self._measured(waves, [found[number] for number in numbers], factor)
            for name in measured:
                for number, value in zip(numbers, values[name].tolist(), strict=True):
                    rows[name][number] = value if math.isfinite(value) else None
        return Motion.of(rows, extra=self._extra, simulated=waves.simulated)

    def _triggered(self, waves: Waves, rows: dict[str, list[Any]]) -> list[Record]:
        longest = math.ceil(self.longest * waves.rate)
        found = list(records(waves, math.ceil(self.apart * waves.rate), longest))
        found.sort(key=lambda one: (one.start, one.channel.id))
        rows["time"] = [waves.time_of(one.start) for one in found]
        rows["event"] = rows["distance"] = [None] * len(found)
        return found

    def _of_events(self, waves: Waves, events: Catalog, rows: dict[str, list[Any]]) -> list[Record]:
        near = those_near(events, waves.span, self._around)
        times, called = near.frame["time"].to_physical().to_list(), event_names(near).to_list()
        found = list(windows(waves, near, self._around))
        found.sort(key=lambda one: (times[one[0]], one[0], one[2].channel.id))
        rows["time"] = [times[row] for row, _, _ in found]
        rows["event"] = [called[row] for row, _, _ in found]
        rows["distance"] = [distance for _, distance, _ in found]
        return [record for _, _, record in found]

    def _cleaned(self, waves: Waves) -> Waves:
        """Without baseline and filtered, each run on its own."""
        from seisdsl.methods.motion.baseline import levelled
        from seisdsl.methods.signal import filters

        quiet = round(self.quiet * waves.rate)
        clean = waves.by_segment(lambda runs: levelled(runs, self.baseline, quiet))
        samples = clean.samples
        for kind, corner in (("highpass", self.above), ("lowpass", self.below)):
            if corner:
                sections = filters.butterworth(kind, (corner,), waves.rate, self.corners)
                samples = filters.filtered(samples, clean.mask, sections, zero_phase=self.phase == "zero")
        return replace(clean, samples=samples)

    def _measured(self, waves: Waves, some: Sequence[Record], factor: float) -> dict[str, Tensor]:
        import torch

        from seisdsl.methods.motion.measures import horizontal, integrated, intensity
        from seisdsl.methods.motion.spectra import Shares, response_durations, spectral_displacement

        dt, how, periods = 1 / waves.rate, self.horizontal, self.periods
        laid, lengths = _laid(waves, some, factor)
        values = self._cleaned(laid).samples.view(len(some), 3, -1)
        device = values.device
        none = torch.full((len(some),), math.nan, dtype=torch.float64, device=device)
        one_there = torch.tensor([one.traces[0] is not None for one in some], device=device)
        other_there = torch.tensor([one.traces[1] is not None for one in some], device=device)
        alone = 0.0 if how in ("vector", "rotd100") else 1.0  # what one component is given for the other
        first = torch.where(one_there[:, None], values[:, 0], values[:, 1])
        second = torch.where((one_there & other_there)[:, None], values[:, 1], alone * first)
        pair = (first, second)
        known = (one_there | other_there) & (lengths > 1)
        found = {
            "pga": horizontal(pair, how),
            "pgv": horizontal((integrated(first, dt), integrated(second, dt)), how),
        }
        omega = 2 * math.pi / torch.tensor(list(periods), dtype=torch.float64, device=device)
        if {"sa", "psv", "sd"} & set(self.spectra):
            moved = spectral_displacement(pair, dt, periods, self.damping, how)
            by_kind = {"sd": moved, "psv": moved * omega, "sa": moved * omega**2}
        else:
            by_kind = {}
        for kind in ("tsv", "tsv_tail"):
            if kind in self.spectra:
                by_kind[kind] = response_durations(
                    pair, lengths, dt, periods, self.damping, how,
                    tail=kind == "tsv_tail", shares=Shares(self.low, self.high),
                )  # fmt: skip
        for kind in self.spectra:
            found |= dict(zip(Motion.spectral(periods, [kind]), by_kind[kind].T, strict=True))
        found = {name: torch.where(known, value.double(), none) for name, value in found.items()}
        three = torch.tensor([None not in one.traces for one in some], device=device) & (lengths > 1)
        return {**found, "intensity": torch.where(three, intensity(values, waves.rate), none)}


def _batches(found: Sequence[Record]) -> list[list[int]]:
    """Numbers of records of about one length, so many together as memory allows."""
    order = sorted(range(len(found)), key=lambda number: found[number].right - found[number].left)
    batches: list[list[int]] = []
    for number in order:
        length = max(found[number].right - found[number].left, 1)
        if batches and (len(batches[-1]) + 1) * 3 * length <= AT_ONCE:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def _laid(waves: Waves, some: Sequence[Record], factor: float) -> tuple[Waves, Tensor]:
    """Records in gal, three traces each with nothing behind, and how many samples each record has."""
    import torch

    device = waves.samples.device
    lengths = torch.tensor([one.right - one.left for one in some], device=device)
    values = torch.zeros(3 * len(some), max(int(lengths.max()), 2), dtype=torch.float64, device=device)
    mask = torch.zeros_like(values, dtype=torch.bool)
    for row, one in enumerate(some):
        for component, trace in enumerate(one.traces):
            if trace is not None:
                own = 3 * row + component
                values[own, : one.right - one.left] = waves.samples[trace, one.left : one.right] * factor
                mask[own, : one.right - one.left] = True
    channels = (waves.channels[0],) * len(values)
    return Waves(values, mask, waves.rate, waves.start, channels, unit="gal"), lengths
