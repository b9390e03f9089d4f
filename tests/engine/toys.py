"""Operators for tests of the engine: small, and they write down that they ran."""

from __future__ import annotations

import os
import time as clock
from pathlib import Path

from seisdsl.data.table import Detections, Table
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import DATE, NUMBER, ColumnOf, Time, TimeRange
from seisdsl.operator import Context, Facts, Operator, Upstream, param

BEGIN = 1_471_219_200 * NS
RATE = 10.0


def noted(word: str) -> None:
    if path := os.environ.get("TOYS_LOG"):
        with Path(path).open("a", encoding="utf-8") as log:
            log.write(word + "\n")


class Ticks(Operator, name="ticks"):
    """Ten samples a second, each told by its own second, with a burst every minute."""

    lasts: Time = param("10min", "how long")
    slow: Time = param("0s", "how long it takes to read a part")
    seed: int = param(0, "another one is another record")
    part: TimeRange | None = param(None, "the part to give")

    def facts(self, piped: Facts) -> Facts:
        return Facts(rate=RATE, simulated=True)

    def holds(self) -> int:
        return round(self.lasts * RATE * 4)

    def extents(self) -> tuple[TimeRange, ...]:
        return (TimeRange(BEGIN, BEGIN + round(self.lasts * NS)),)

    def during(self, time: TimeRange) -> Ticks:
        return self.model_copy(update={"part": time})

    def apply(self) -> Waves:
        import torch

        noted("ticks")
        clock.sleep(self.slow)
        part = self.part or self.extents()[0]
        first, last = (-(-edge * int(RATE) // NS) for edge in (part.start, part.end))
        number = torch.arange(first, last)
        second = number // int(RATE)
        burst = (second % 60 >= 28) & (second % 60 <= 30)
        samples = (second % 7 + 3 + self.seed) * (1 + 9 * burst).float()
        return Waves(
            samples[None],
            torch.ones(1, len(number), dtype=torch.bool),
            rate=RATE,
            start=first * NS // int(RATE),
            channels=(Channel("XX", "TICK", "", "EHZ"),),
            simulated=True,
        )


class Smoothed(Operator, name="smoothed"):
    """The mean of the last seconds."""

    over: Time = param("3s", "how many")

    def context(self, piped: Facts) -> Context:
        return Context(before=self.over)

    def apply(self, waves: Waves) -> Waves:
        import torch

        noted("smoothed")
        width = waves.count(self.over)
        padded = torch.nn.functional.pad(waves.samples, (width - 1, 0))
        return waves.with_samples(padded.unfold(1, width, 1).mean(-1))


class LessMean(Operator, name="less-mean"):
    """Waves without the mean of the whole record, which a survey tells."""

    def survey(self) -> tuple[str, Operator]:
        return "sums", Sums()

    def apply(self, waves: Waves, *, sums: Table | None = None) -> Waves:
        sums = sums or Sums().apply(waves)
        mean = sums.frame["sum"].sum() / sums.frame["count"].sum()
        return waves.with_samples(waves.samples - mean)


class Sums(Operator, name="sums"):
    """Sum and number of the samples."""

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Table:
        columns = {"time": ColumnOf(DATE), "sum": ColumnOf(NUMBER), "count": ColumnOf(NUMBER)}
        total = float(waves.samples.double().sum())
        return Table.of({"time": [waves.start], "sum": [total], "count": [waves.length]}, extra=columns)


class Largest(Operator, name="largest"):
    """The largest sample of the whole record, which nothing less than the whole tells."""

    def apply(self, waves: Waves) -> float:
        noted("largest")
        return float(waves.samples.max())


class Bursts(Operator, name="bursts"):
    """Where a sample is larger than a threshold and the one before is not."""

    above: float = param(5.0, "the threshold")

    def context(self, piped: Facts) -> Context:
        return Context(before=0.1)

    def apply(self, waves: Waves) -> Detections:
        loud = waves.samples[0] > self.above
        at = (loud[1:] & ~loud[:-1]).nonzero()[:, 0] + 1
        times = [waves.time_of(sample) for sample in at.tolist()]
        return Detections.of(
            {
                "time": times,
                "end": times,
                "duration": [0.0] * len(times),
                "station": ["TICK"] * len(times),
                "peak": waves.samples[0, at].tolist(),
            },
            simulated=True,
        )


class Weighed(Operator, name="weighed"):
    """The mean of the samples around each burst, and how many bursts the whole record has."""

    streams = "waves"

    def context(self, piped: Facts) -> Context:
        return Context(2.0, 2.0) if piped.kind == "Waves" else Context()

    def apply(self, bursts: Detections, *, waves: Upstream[Waves]) -> Table:
        noted("weighed")
        columns = {"time": ColumnOf(DATE), "mean": ColumnOf(NUMBER), "of": ColumnOf(NUMBER)}
        times = bursts.within(waves.span).frame["time"].to_physical().to_list()
        parts = [waves.within(TimeRange(time - 2 * NS, time + 2 * NS)) for time in times]
        means = [float(part.samples.double().mean()) for part in parts]
        return Table.of({"time": times, "mean": means, "of": [len(bursts)] * len(times)}, extra=columns)


class Greedy(Operator, name="greedy"):
    """Runs out of memory where it is given more than so much."""

    most: Time = param("20s", "what it can hold")

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Waves:
        if waves.span.seconds > self.most:
            raise MemoryError
        return waves


class Picky(Operator, name="picky"):
    """Fails on one second of the record."""

    second: int = param(300, "which")

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Waves:
        if waves.span.start <= BEGIN + self.second * NS < waves.span.end:
            raise ZeroDivisionError("by nought")
        return waves
