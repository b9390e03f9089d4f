from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

from seisdsl.data.examples import Examples
from seisdsl.data.waves import NS
from seisdsl.language.types import Ratio, Record, Type
from seisdsl.operator import Facts, Operator, Signature, Unsuitable, param

A = TypeVar("A")
PARTS = ("train", "valid", "test")


class Split(Operator, name="split"):
    """Divide examples into some to learn from, some to stop by, and some to be judged on.

    By time the test is the latest stretch, and windows across a border are left out; by station or
    event whole stations or events go to one part, so that what is judged was never seen. `random`
    parts the windows themselves: neighbours of the same event are then on both sides and the figures
    flatter. `held` names stations that only the test has, whatever divides the others.
    """

    example = (
        'let data = simulate two-events | examples window=10s classes=["noise", "earthquake"]\n'
        "  | split by=station train=60% valid=20% test=20%\n"
        "data.test | show"
    )
    tags = ("learning", "validation")

    by: Literal["time", "station", "event", "group", "random"] = param("time", "what keeps examples together")
    group: str | None = param(None, "with by=group: the name of the group key")
    train: Ratio = param("70%", "share to learn from", at_least="0%", at_most="100%")
    valid: Ratio = param("15%", "share by which training ends", at_least="0%", at_most="100%")
    test: Ratio = param("15%", "share to be judged on", at_least="0%", at_most="100%")
    held: list[str] | None = param(None, 'stations for the test alone, such as ["N.S6*"]')
    seed: int = param(1, "another one divides stations, events and groups otherwise", at_least=0)

    @classmethod
    def gives(
        cls, inputs: Mapping[str, Type], arguments: Mapping[str, Type], signature: Signature
    ) -> Type | None:
        of = inputs.get("examples")
        if of is None or of.name != "Examples":
            return None
        return Type("Record", fields=tuple((name, of) for name in PARTS))

    def facts(self, piped: Facts) -> Facts:
        if not 0.999 < self.train + self.valid + self.test < 1.001:
            total = 100 * (self.train + self.valid + self.test)
            raise Unsuitable(f"the shares add up to {total:g} %, not to 100 %", parameter="test")
        if (self.by == "group") != (self.group is not None):
            raise Unsuitable("`by=group` and `group` go together", parameter="group")
        if self.by == "random":
            warnings.warn(
                "`split by=random` puts windows of the same event on both sides: the figures flatter",
                stacklevel=2,
            )
        return piped

    def apply(self, examples: Examples[A]) -> Record:
        parts = self._parts(examples)
        held = [
            any(fnmatchcase(str(station), pattern) for pattern in self.held or ())
            for station in self._keys(examples, "station")
        ] if self.held else [False] * len(examples)  # fmt: skip
        chosen: dict[str, list[int]] = {name: [] for name in PARTS}
        for number, (part, apart) in enumerate(zip(parts, held, strict=True)):
            if part is not None and (not apart or PARTS[part] == "test"):
                chosen[PARTS[part]].append(number)
        if self.held and not any(held):
            raise Unsuitable(f"no station is called {' or '.join(self.held)}", parameter="held")
        return Record({name: examples.chosen(numbers) for name, numbers in chosen.items()})

    def _parts(self, examples: Examples[A]) -> Sequence[int | None]:
        from seisdsl.methods.learn.splits import by_key, by_time

        shares = (self.train, self.valid, self.test)
        if self.by == "time":
            starts = self._keys(examples, "time")
            ends = [start + _length(value) for start, value in zip(starts, examples.values, strict=True)]
            return by_time(starts, ends, shares) if starts else []
        if self.by == "random":
            return by_key(range(len(examples)), shares, self.seed)
        if self.by == "event":
            return by_key(
                _events(self._keys(examples, "event"), self._keys(examples, "time")), shares, self.seed
            )
        return by_key(self._keys(examples, self.group or self.by), shares, self.seed)

    def _keys(self, examples: Examples[A], name: str) -> Sequence[Any]:
        if name not in examples.groups:
            known = ", ".join(examples.groups) or "none"
            raise Unsuitable(
                f"the examples do not say their {name}", parameter="by", notes=[f"they have: {known}"]
            )
        return examples.groups[name]


def _length(value: Any) -> int:
    """Of a window in nanoseconds."""
    span = value.span
    return int(span.end - span.start)


def _events(events: Sequence[str], times: Sequence[int]) -> list[str]:
    """Noise goes with the noise of the same hour, at whatever station."""
    return [event or f"noise {time // (3600 * NS)}" for event, time in zip(events, times, strict=True)]
