"""The operator `event-terms`."""

from __future__ import annotations

from typing import Literal

from seisdsl.data.motion import Flatfile
from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, NUMBER, TEXT
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.motion import _rows

COLUMNS = {
    "name": Column(TEXT, help="of the event or station"),
    "term": Column(NUMBER, help="what its residuals have in common, drawn towards zero where they are few"),
    "scatter": Column(NUMBER, help="standard deviation of its residuals around its term"),
    "number": Column(INTEGER, help="residuals"),
    "between": Column(
        NUMBER, help="standard deviation of the terms: tau where they are of events; none of one alone"
    ),
    "within": Column(NUMBER, help="standard deviation of what is left: phi where terms are of events"),
    "mean": Column(NUMBER, help="of all residuals"),
}


class EventTerms(Operator, name="event-terms"):
    """Divide the residuals of a prediction into what events, or stations, have in common and what is left.

    A mixed-effects model by maximum likelihood: one mean, a normal term of each event with the
    standard deviation tau, and normal scatter within events with phi. Residuals are observed less
    predicted, in log10 for amplitudes.
    """

    cite = "Abrahamson and Youngs 1992, doi:10.1785/BSSA0820010505"
    example = (
        "let flat = simulate-ground-motion events=40 sites=20 rows=600 | split by=event\n"
        "let model = flat.train | train (attenuation target=pga)\n"
        "flat.test | model | event-terms | show"
    )
    tags = ("strong motion", "residual", "mixed effects")
    version = 2

    of: Literal["event", "station"] = param("event", "what has terms")

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is not None and "residual" not in piped.columns and "pga" not in piped.columns:
            raise Unsuitable("a flat-file without a prediction has no residuals")
        return Facts(simulated=piped.simulated, columns=COLUMNS)

    def apply(self, flatfile: Flatfile) -> Table:
        import numpy as np
        import polars as pl

        from seisdsl.methods.motion.mixed import mixed, numbered

        if "residual" not in flatfile.frame.columns:
            raise Unsuitable(
                "the flat-file has no residuals", repair="put a model before it: `flat | model | event-terms`"
            )
        frame = flatfile.frame.filter(pl.col("residual").is_not_null())
        if not frame.height:
            return Table.of({}, extra=COLUMNS, simulated=flatfile.simulated)
        names, group = numbered(_rows.keys_of(frame, self.of))
        found = mixed(_rows.column(frame, "residual"), group)
        number = np.bincount(group)
        scatter = np.sqrt(np.bincount(group, found.rest**2) / number)
        count = len(names)
        rows = {
            "name": names.tolist(),
            "term": found.terms.tolist(),
            "scatter": scatter.tolist(),
            "number": number.tolist(),
            "between": [found.between if count > 1 else None] * count,
            "within": [found.within] * count,
            "mean": [found.mean] * count,
        }
        return Table.of(rows, extra=COLUMNS, simulated=flatfile.simulated)
