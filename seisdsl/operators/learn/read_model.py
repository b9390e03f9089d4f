"""The operator `read-model`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from seisdsl.data.model import Model
from seisdsl.operator import Facts, Files, Method, Operator, Unsuitable, param

if TYPE_CHECKING:
    from seisdsl.learning import Learned

A = TypeVar("A")
B = TypeVar("B")


class ReadModel(Operator, name="read-model"):
    """Read a fitted model from a file that `save` wrote, or take one that comes with seisdsl.

    To calibrate a model, to score it or to look at its filters. `read-model DiET` gives the one of
    seisdsl, `read-model (DiET weights="mine.safetensors")` one's own. The method is named so that what
    the model reads and gives is known before anything runs; a file of another method is refused. To
    use weights as they are, no model is needed: `DiET weights="mine.safetensors"`.
    """

    example = "read-model DiET | show"
    tags = ("source", "file", "network", "safetensors")

    method: Method[A, B] = param(..., "the method, with its `weights`")  # type: ignore[valid-type]

    def facts(self, piped: Facts) -> Facts:
        self._learned()
        return Facts()

    def files(self) -> Files:
        return self._learned().files()

    def fingerprint(self) -> Mapping[str, str]:
        return self._learned().fingerprint()

    def apply(self) -> Model[A, B]:
        method = self._learned()
        weights = method.fitted()
        return Model(method.like(weights), weights)

    def _learned(self) -> Learned:
        from seisdsl.learning import Learned

        method = self.method.operator
        if not issubclass(method, Learned):
            raise Unsuitable(f"`{method.word}` has no weights to read", parameter="method")
        made = self.method.made()
        assert isinstance(made, Learned)
        return made
