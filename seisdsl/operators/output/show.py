from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from seisdsl.operator import Context, Facts, Operator

Shown = TypeVar("Shown")


class Show(Operator, name="show"):
    """Show what is piped, in a few lines, and give it on unchanged.

    Waves by their traces, span, rate and gaps; tables by their first rows.
    """

    example = "simulate two-events | show | bandpass 2..8Hz | show"
    tags = ("sink", "print")
    sink = True

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply_parts(self, parts: Iterable[Any]) -> bool:
        return True

    def apply(self, value: Shown) -> Shown:
        return value
