"""Operators that stand in for methods of later issues, for tests of the language alone.

They have the ports and parameters that programs in the design give them, and compute nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, overload

from seisdsl.data.examples import Examples
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import Length, Probability, Ratio, Record, Time, Type
from seisdsl.operator import Facts, Method, Operator, Signature, Upstream, collecting, param

A = TypeVar("A")
B = TypeVar("B")


with collecting() as STANDINS:

    class PhaseNet(Operator, name="phasenet"):
        """Pick P and S with a network."""

        threshold: Probability = param(0.3, "pick where the probability rises through this")

        def apply(self, waves: Waves) -> Picks:
            return Picks.of({})

    class Associate(Operator, name="associate"):
        """Group picks into events."""

        def apply(self, picks: Picks) -> Catalog:
            return Catalog.of({})

    class DiET(Operator, name="DiET"):
        """Tell tremor from earthquakes and noise."""

        def apply(self, spectrogram: Spectrogram) -> Scores:
            raise NotImplementedError

    class GrASP(Operator, name="GrASP"):
        """Group stations that saw the same tremor."""

        prominence: float = param(1.0, "how far a group must stand out", above=0)

        def apply(self, scores: Scores) -> Groups:
            return Groups.of({})

    class Locate(Operator, name="locate"):
        """Find where events were."""

        depth: Length = param("30km", "starting depth")

        @overload
        def apply(self, groups: Groups, *, waves: Upstream[Waves]) -> Catalog: ...
        @overload
        def apply(self, catalog: Catalog) -> Catalog: ...
        def apply(self, *args: object, **kwargs: object) -> Catalog:
            return Catalog.of({})

    class MakeExamples(Operator, name="examples"):
        """Cut waves into labelled windows."""

        window: Time = param("60s", "length of each")
        classes: list[str] = param(..., "their classes")

        def apply(self, waves: Waves) -> Examples[Waves]:
            return Examples(())

    class Split(Operator, name="split"):
        """Split examples for training, validation and test."""

        train: Ratio = param("70%", "share")
        valid: Ratio = param("15%", "share")
        test: Ratio = param("15%", "share")

        @classmethod
        def gives(
            cls, inputs: Mapping[str, Type], arguments: Mapping[str, Type], signature: Signature
        ) -> Type | None:
            of = inputs.get("examples")
            if of is None or of.name != "Examples":
                return None
            return Type("Record", fields=tuple((name, of) for name in ("train", "valid", "test")))

        def apply(self, examples: Examples[A]) -> Record:
            return Record({})

    class Train(Operator, name="train"):
        """Fit a method to examples."""

        method: Method[A, B] = param(..., "what to fit")
        epochs: int = param(10, "passes over the data", at_least=1)

        def apply(self, examples: Examples[A], *, valid: Examples[A] | None = None) -> Model[A, B]:
            raise NotImplementedError

    class Score(Operator, name="score"):
        """Judge results against the truth."""

        @overload
        def apply(self, scores: Examples[Scores]) -> Metrics: ...
        @overload
        def apply(self, table: Table, *, truth: Table | None = None) -> Metrics: ...
        def apply(self, *args: object, **kwargs: object) -> Metrics:
            return Metrics({})

        def facts(self, piped: Facts) -> Facts:
            return Facts()
