"""What the operators on short-term and long-term averages share."""

from __future__ import annotations

from typing import Literal

from seisdsl.data.waves import Waves
from seisdsl.language.types import Time
from seisdsl.operator import Context, Operator, Unsuitable, param

FADING = 15  # long windows after which the recursion has forgotten what came before, to a part in 10^6


class EnergyAverages(Operator):
    """Mean energy of a short window against that of a long one."""

    short: Time = param("1s", "window of the short-term mean", above="0s")
    long: Time = param("30s", "window of the long-term mean", above="short")
    method: Literal["classic", "recursive"] = param(
        "classic", "plain means over both windows, or means that fade exponentially into the past"
    )

    def memory(self) -> float:
        """Seconds of record that decide a ratio."""
        return self.long if self.method == "classic" else FADING * self.long

    def context(self) -> Context:
        return Context(before=self.memory())

    def check_rate(self, rate: float) -> None:
        if round(self.short * rate) < 1:
            raise Unsuitable(
                f"a window of {self.short:g} s holds no sample at {rate:g} Hz",
                parameter="short",
                repair=f"short={2 / rate:g}s",
            )
        if round(self.long * rate) <= round(self.short * rate):
            raise Unsuitable(
                f"windows of {self.short:g} s and {self.long:g} s hold the same samples at {rate:g} Hz",
                parameter="long",
                repair=f"long={30 * self.short:g}s",
            )

    def check_length(self, waves: Waves) -> None:
        if 0 < waves.length < waves.count(self.long):
            seconds = waves.span.seconds
            raise Unsuitable(
                f"the record lasts {seconds:g} s, shorter than the long window of {self.long:g} s",
                parameter="long",
                notes=["no ratio can be formed before `long` has been recorded without a gap"],
                repair=f"long={seconds / 3:.3g}s",
            )
