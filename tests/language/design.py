"""The programs of the design, and stand-ins for those of its operators that later issues write."""

from __future__ import annotations

from typing import Any, Literal, TypeVar, overload

from language.checking import operators
from syntax.programs import EXAMPLES
from vocabulary import Examples, Groups, Metrics, Scores

from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import InputFile, OutputFile, Ratio, Record, Time, Type
from seisdsl.operator import Facts, Operator, Registry, collecting, param

A = TypeVar("A")
T = TypeVar("T")

with collecting() as LATER:

    class EnvelopeCorrelation(Operator, name="envelope-correlation"):
        """Group stations by their envelopes."""

        def apply(self, waves: Waves) -> Groups:
            return Groups.of({})

    class MakeExamples(Operator, name="examples"):
        """Cut waves into labelled windows."""

        window: Time = param("60s", "length of each")
        classes: list[Literal["noise", "earthquake", "tremor"]] = param(..., "their classes")

        def apply(self, waves: Waves) -> Examples[Waves]:
            return Examples()

    class Split(Operator, name="split"):
        """Split examples for training, validation and test."""

        by: Literal["time", "station", "event"] = param("time", "what keeps examples together")
        train: Ratio = param("70%", "share")
        valid: Ratio = param("15%", "share")
        test: Ratio = param("15%", "share")

        @classmethod
        def gives(cls, inputs: Any, arguments: Any, signature: Any) -> Type | None:
            of = inputs.get("examples")
            if of is None or of.name != "Examples":
                return None
            return Type("Record", fields=tuple((name, of) for name in ("train", "valid", "test")))

        def apply(self, examples: Examples[A]) -> Record:
            return Record({})

    class Score(Operator, name="score"):
        """Judge results against the truth."""

        @overload
        def apply(self, scores: Examples[Scores]) -> Metrics: ...
        @overload
        def apply(self, groups: Groups, *, truth: Table) -> Metrics: ...
        def apply(self, *args: object, **kwargs: object) -> Metrics:
            return Metrics({})

        def facts(self, piped: Facts) -> Facts:
            return Facts()

    class Save(Operator, name="save"):
        """Write anything."""

        sink = True
        file: OutputFile = param(..., "where")

        def apply(self, value: T) -> T:
            return value

    class Report(Operator, name="report"):
        """Write a page."""

        sink = True
        file: OutputFile = param(..., "where")
        template: str = param("plain", "its form")

        def apply(self, catalog: Catalog) -> Catalog:
            return catalog

    class Truths(Operator, name="catalogue"):
        """Read a catalogue."""

        file: InputFile = param(..., "from where")

        def apply(self) -> Catalog:
            return Catalog.of({})


def vocabulary() -> Registry:
    return Registry({**operators(), **LATER})


_DURATION = ("simulate S-net hours=24 seed=7", "simulate S-net duration=24h seed=7")
_SMALL = "source S-net: Waves { rate = 1Hz }\n"  # a day at its own rate is more than memory holds
_BEFORE = {
    "06": _SMALL, "07": _SMALL, "09": _SMALL,
    "08": 'let wave = stream S-net\nlet catalog = catalogue "truth.csv"\n',
}  # fmt: skip
PROGRAMS = {
    name: _BEFORE.get(name[:2], "") + text.replace(*_DURATION)
    for name, text in EXAMPLES.items()
    if name[:2] not in ("10", "11")
}
