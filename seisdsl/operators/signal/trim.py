"""The operator `trim`."""

from __future__ import annotations

import math
from dataclasses import replace

from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Time, TimeRange
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param


class Trim(Operator, name="trim"):
    """Cut a record at its start and end.

    By how much (`before`, `after`) or to a stretch of time, half-open; given both, to what is
    left by each. Its gaps stay where they are.
    """

    cite = ()
    example = "simulate two-events | trim before=10s after=10s | show"
    tags = ("time",)
    version = 1

    before: Time = param("0s", "how much to cut from the start", at_least="0s")
    after: Time = param("0s", "how much to cut from the end", at_least="0s")
    time: TimeRange | None = param(None, "what to keep: from .. to, half-open")

    def context(self) -> Context:
        """Its ends are those of the whole record."""
        return Context(math.inf, math.inf) if self.before or self.after else Context()

    def facts(self, piped: Facts) -> Facts:
        if self.time and self.time.start >= self.time.end:
            raise Unsuitable("the time to keep ends where it begins, or before", parameter="time")
        return piped

    def apply(self, waves: Waves) -> Waves:
        span = waves.span
        start, end = span.start + round(self.before * NS), span.end - round(self.after * NS)
        if self.time:
            start, end = max(start, self.time.start), min(end, self.time.end)
        first, stop = _first_from(start, waves), min(_first_from(end, waves), waves.length)
        if first >= stop:
            raise Unsuitable(
                f"nothing is left of a record of {span.seconds:g} s",
                parameter="time" if self.time else "before" if self.before else "after",
                notes=["the time to keep lies outside the record"] if self.time else [],
            )
        return replace(
            waves,
            samples=waves.samples[:, first:stop],
            mask=waves.mask[:, first:stop],
            start=waves.start + round(first * NS / waves.rate),
        )


def _first_from(time: int, waves: Waves) -> int:
    """The first sample at or after a time; a millionth of a sample is no difference."""
    return math.ceil((time - waves.start) * waves.rate / NS - 1e-6)
