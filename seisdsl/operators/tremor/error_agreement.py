"""The operator `error-agreement`."""

from __future__ import annotations

from itertools import combinations

from seisdsl.data.examples import Examples
from seisdsl.data.scores import Scores
from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, NUMBER, TEXT, ColumnOf
from seisdsl.operator import Branches, Facts, Operator, Unsuitable
from seisdsl.operators.tremor._answers import answers

COLUMNS = {
    "method": ColumnOf(TEXT),
    "against": ColumnOf(TEXT),
    "examples": ColumnOf(INTEGER, help="that both have judged"),
    "wrong": ColumnOf(INTEGER, help="of these, that one or both have wrong"),
    "same": ColumnOf(INTEGER, help="of these, to which both give the same wrong label"),
    "overlap": ColumnOf(NUMBER, help="the share of the same wrong label among the wrong"),
    "chance": ColumnOf(NUMBER, help="the overlap of errors that know nothing of each other"),
}


class ErrorAgreement(Operator, name="error-agreement"):
    """Tell whether two methods go wrong on the same examples, more than by chance.

    Each branch gives the scores of the same examples. The level of chance is what two methods with
    the same confusion matrices would share if the example itself did not matter: errors that agree
    far more than that come of the examples, or of their labels, and a third method of the kind will
    not mend them. Shares that are not defined, where neither has an error, are left empty.
    """

    cite = "Nakano and Sugiyama 2022, doi:10.1186/s40623-022-01696-1"
    example = """\
let data = simulate two-events duration=5min | resample 25Hz
  | examples window=41s hop=20s classes=["noise", "earthquake"]
let two = data | train (waveform-cnn length=1024 filters=2) epochs=1
let many = data | train (waveform-cnn length=1024 filters=16) epochs=1
error-agreement { two = data | two, many = data | many }"""
    tags = ("score", "methods")

    def facts(self, piped: Facts) -> Facts:
        return Facts(columns=COLUMNS)

    def apply(self, results: Branches[Examples[Scores]]) -> Table:
        import torch

        from seisdsl.methods.tremor.reading import agreement

        first = next(iter(results.values()))
        for name, examples in results.items():
            if examples.labels != first.labels or examples.groups != first.groups:
                raise Unsuitable(
                    f"`{name}` holds other examples than `{next(iter(results))}`",
                    notes=["both branches must begin with the same examples"],
                )
        if not first.labels:
            raise Unsuitable("there are no labels to compare with")
        classes = first.classes or tuple(sorted(set(first.labels)))
        truth = torch.tensor([classes.index(label) for label in first.labels])
        said = {name: answers(examples.values, classes) for name, examples in results.items()}
        rows: dict[str, list[object]] = {name: [] for name in COLUMNS}
        for one, other in combinations(said, 2):
            both = (said[one] >= 0) & (said[other] >= 0)
            found = agreement(said[one][both], said[other][both], truth[both], len(classes))
            for name, value in zip(COLUMNS, (one, other, int(both.sum()), *found), strict=True):
                rows[name].append(value)
        simulated = any(examples.simulated for examples in results.values())
        return Table.of(rows, extra=COLUMNS, simulated=simulated)
