"""The operator `trim`."""

from __future__ import annotations

from seisdsl.data.table import Table
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Time, TimeRange
from seisdsl.operator import WHOLE, Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.signal.recorded_runs import RecordedRuns


class Trim(Operator, name="trim"):
    """Cut a record at its start and end.

    By how much (`before`, `after`) from the first and last sample that any channel recorded, or to a
    stretch of time, half-open; given both, to what is left by each. Its gaps stay where they are.
    Nothing is left of a record that lies outside of the time.
    """

    cite = ()
    example = "simulate two-events | trim before=10s after=10s | show"
    tags = ("time",)
    version = 2

    before: Time = param("0s", "how much to cut from the start", at_least="0s")
    after: Time = param("0s", "how much to cut from the end", at_least="0s")
    time: TimeRange | None = param(None, "what to keep: from .. to, half-open")

    def context(self, piped: Facts) -> Context:
        """Its ends are those of the whole record."""
        return WHOLE if self.before or self.after else Context()

    def survey(self) -> tuple[str, Operator] | None:
        return ("runs", RecordedRuns()) if self.before or self.after else None

    def facts(self, piped: Facts) -> Facts:
        if self.time and self.time.start >= self.time.end:
            raise Unsuitable("the time to keep ends where it begins, or before", parameter="time")
        return piped

    def apply(self, waves: Waves, *, runs: Table | None = None) -> Waves:
        kept = self.time or TimeRange(waves.span.start, waves.span.end + 1)
        if self.before or self.after:
            kept = self._inside(kept, RecordedRuns().apply(waves) if runs is None else runs)
        return waves.within(kept)

    def _inside(self, time: TimeRange, runs: Table) -> TimeRange:
        """Of a time, what the cuts leave of a record."""
        if not len(runs):
            return time
        first = int(runs.frame["start"].to_physical().min())  # type: ignore[arg-type]
        last = int(runs.frame["end"].to_physical().max())  # type: ignore[arg-type]
        start, end = first + round(self.before * NS), last - round(self.after * NS)
        if start >= end:
            raise Unsuitable(
                f"nothing is left of a record of {(last - first) / NS:g} s",
                parameter="before" if self.before else "after",
            )
        return TimeRange(max(start, time.start), max(min(end, time.end), max(start, time.start)))
