"""The operator `trigger`."""

from __future__ import annotations

from typing import Literal

from seisdsl.data.clips import CLIPPED
from seisdsl.data.table import Detections
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Time
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, param


class Trigger(Operator, name="trigger"):
    """Detect where a positive trace, such as an envelope or an energy ratio, stands out.

    A detection begins where the values rise to `on` and lasts while they keep to `off`; a gap ends
    it. With `longest` and `scale=none` a record of any length is worked through in little memory; the
    parts of a longer detection each begin where the values are at `on` or rise to it. Each trace is
    judged by itself. A trace that is zero for more than half of its record has no median to be
    measured by, and gives nothing.
    """

    cite = "Withers et al. 1998, doi:10.1785/BSSA0880010095"
    example = "simulate two-events | envelope | trigger on=3 shortest=2s | count"
    tags = ("pick", "detection", "threshold")
    version = 3

    on: float = param(3.0, "a detection begins where the values rise to this", above=0)
    off: float | None = param(
        None, "it ends where they fall below this; half of `on` if not given", above=0, at_most="on"
    )
    scale: Literal["median", "none"] = param(
        "median", "whether thresholds are multiples of the trace's median, or plain values"
    )
    shortest: Time = param("0s", "leave out what is shorter", at_least="0s")
    longest: Time | None = param(
        None,
        "one that keeps to `off` for longer is told in parts, cut at whole multiples of this since 1970",
        above="shortest",
    )

    def context(self, piped: Facts) -> Context:
        """All of the record where the median is asked for, or where a detection may last any time."""
        if self.scale == "median" or self.longest is None:
            return WHOLE
        return Context(before=self.longest, after=self.longest)

    def facts(self, piped: Facts) -> Facts:
        if self.off is not None and self.off > self.on:
            raise Unsuitable(
                f"a detection would end below {self.off:g} before it begins at {self.on:g}",
                parameter="off",
                repair=f"off={self.on / 2:g}",
            )
        if self.longest is not None and piped.rate and round(self.longest * piped.rate) < 1:
            raise Unsuitable(
                f"{self.longest:g} s holds no sample at {piped.rate:g} Hz",
                parameter="longest",
                repair=f"longest={10 / piped.rate:g}s",
            )
        return piped.but(rate=None, columns={**Detections.COLUMNS, **CLIPPED})

    def apply(self, waves: Waves) -> Detections:
        import torch

        from seisdsl.methods.pick.parts import parts
        from seisdsl.methods.pick.runs import largest
        from seisdsl.methods.pick.trigger import medians, triggers

        self.facts(Facts(rate=waves.rate))
        values, mask = waves.samples, waves.mask
        if self.scale == "median":
            if bool((values[mask] < 0).any()):
                raise Unsuitable(
                    "the traces swing to both sides of zero: multiples of their median mean nothing",
                    parameter="scale",
                    notes=["the samples are to be positive, as those of an envelope are"],
                    repair="envelope | trigger",
                )
            values = values.double()
            level = medians(values, mask)
            values = values / level.masked_fill(level == 0, torch.inf)
        off = self.on / 2 if self.off is None else self.off
        if self.longest is None:
            found = triggers(values, mask, self.on, off)
        else:
            found = parts(values, mask, self.on, off, waves.count(self.longest), waves.first)
        found = found[(found[:, 2] - found[:, 1]) >= self.shortest * waves.rate]
        trace, start, end = (column.tolist() for column in found.T)
        channels = [waves.channels[number] for number in trace]
        times = [waves.time_of(sample, number) for sample, number in zip(start, trace, strict=True)]
        ends = [waves.time_of(sample, number) for sample, number in zip(end, trace, strict=True)]
        return Detections.of(
            {
                "time": times,
                "end": ends,
                "duration": [(last - first) / NS for first, last in zip(times, ends, strict=True)],
                "network": [channel.network for channel in channels],
                "station": [channel.station for channel in channels],
                "location": [channel.location for channel in channels],
                "channel": [channel.code for channel in channels],
                "peak": largest(values, found).tolist(),
                "clipped": [
                    waves.clips.met(channel.instrument, first, last)
                    for channel, first, last in zip(channels, times, ends, strict=True)
                ],
            },
            extra=CLIPPED,
            simulated=waves.simulated,
        )
