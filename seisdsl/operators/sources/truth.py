"""The operator `truth`."""

from __future__ import annotations

from typing import Any, overload

from seisdsl.data.series import Series
from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import TEXT, ColumnOf, TimeRange, Type
from seisdsl.operator import Context, Facts, Operator, Unsuitable

LATER = 900  # seconds after the origin, within which all waves of an event have come
ANGLE = Type("Angle")
COLUMNS = {
    **Catalog.COLUMNS,
    "event": ColumnOf(TEXT),
    "duration": ColumnOf(Type("Time"), "s"),
    "energy": ColumnOf(Type("Energy"), "J"),
    "stress_drop": ColumnOf(Type("Pressure"), "Pa"),
    **dict.fromkeys(("strike", "dip", "rake"), ColumnOf(ANGLE, "deg")),
}
READ = "a catalogue of others is read by `read-catalog`"


class TrueEvents(Operator, name="truth"):
    """Give the true events behind simulated waves, to judge a catalogue by.

    Those whose origin lies in the time of the waves, earthquakes and tremor alike, with how long they
    last, the energy they radiate, and the number of `stations` where they stand above the noise. What
    no method can find is to be left out first: `where stations >= 3`. Of simulated displacements: slow
    slip, earthquakes and antenna changes. Real records carry no truth.
    """

    example = "simulate two-events | truth | show"
    tags = ("truth", "score", "catalogue")

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        if not piped.simulated:
            raise Unsuitable("only simulated waves know what is in them", notes=[READ])
        return Facts(simulated=True, columns=None if piped.kind == "Series" else COLUMNS)

    @overload
    def apply(self, waves: Waves) -> Catalog: ...
    @overload
    def apply(self, waves: Series) -> Catalog: ...
    def apply(self, waves: Any) -> Catalog:
        if isinstance(waves, Series):
            if waves.truth is None:
                raise Unsuitable("these series do not know what is in them", notes=[READ])
            return waves.truth
        if waves.scene is None:
            raise Unsuitable("these waves do not know what is in them", notes=[READ])
        span = waves.span
        known = waves.scene(TimeRange(span.start, span.end + LATER * NS)).within(span)
        return Catalog(known.frame, known.extra, simulated=True)
