"""What the operators on short-term and long-term averages share."""

from __future__ import annotations

from typing import Literal

from seisdsl.language.types import Time
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param


class EnergyAverages(Operator):
    """Mean energy of a short window against that of a long one."""

    short: Time = param("1s", "window of the short-term mean", above="0s")
    long: Time = param("30s", "window of the long-term mean", above="short")
    method: Literal["classic", "recursive"] = param(
        "classic", "plain means over both windows, or means that fade exponentially into the past"
    )

    def memory(self) -> float:
        """Seconds of record that decide a ratio."""
        from seisdsl.methods.pick.stalta import FADING

        return self.long if self.method == "classic" else (FADING + 1) * self.long

    def context(self, piped: Facts) -> Context:
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
