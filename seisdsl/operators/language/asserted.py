"""`assert`: a claim about results, held when the program runs."""

from __future__ import annotations

from seisdsl.operator import Operator, Unsuitable, param


class Asserted(Operator, name="assert"):
    """Stop the run where a condition on its results does not hold."""

    internal = True
    sink = True

    message: str = param("", "what to say where it does not hold")

    def apply(self, holds: bool) -> bool:
        if not holds:
            raise Unsuitable("this does not hold", notes=[self.message] if self.message else [])
        return True
