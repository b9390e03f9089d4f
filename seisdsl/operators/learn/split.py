"""The operator `split`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from seisdsl.data.examples import Examples
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Table
from seisdsl.data.waves import NS
from seisdsl.language.types import Ratio, Record, Type, Value
from seisdsl.operator import Facts, Operator, Signature, Unsuitable, param
from seisdsl.operators.learn._windows import frame_of

if TYPE_CHECKING:
    from seisdsl.methods.learn.splits import Parts

A = TypeVar("A")
PARTS = ("train", "valid", "test")
TEST = PARTS.index("test")


class Split(Operator, name="split"):
    """Divide examples into some to learn from, some to stop by, and some to be judged on.

    By time the test is the latest stretch; windows across a border are left out, and of an event on
    both sides only the later ones are kept. By station, event or group whole ones go to one part, so
    that what is judged was never seen; noise is divided by time where it has no event, and windows
    that share record with one of a later part are left out. `random` parts the windows themselves:
    neighbours are then on both sides and the figures flatter. `held` names stations that only the
    test has, of the times or events that the others have for the test: the rest of them is left out.
    Other stations' examples of one event are in one part only by event or by time.

    The rows of a table are divided likewise, by their columns `event`, `station` or `time`, or by any
    column with `by=group`; by time only at borders, for rows have no length.
    """

    example = (
        "let data = simulate two-events | examples window=10s classes=[noise, earthquake]\n"
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
        kind = Value.kinds.get(of.name) if of is not None else None
        if of is None or (of.name != "Examples" and not (kind and issubclass(kind, Table))):
            return None
        return Type("Record", fields=tuple((name, of) for name in PARTS))

    def facts(self, piped: Facts) -> Facts:
        if not 0.999 < sum(self._shares) < 1.001:
            total = 100 * sum(self._shares)
            raise Unsuitable(f"the shares add up to {total:g} %, not to 100 %", parameter="test")
        if (self.by == "group") != (self.group is not None):
            raise Unsuitable("`by=group` and `group` go together", parameter="group")
        return piped

    @property
    def _shares(self) -> tuple[float, float, float]:
        return self.train, self.valid, self.test

    @overload
    def apply(self, examples: Examples[A]) -> Record: ...
    @overload
    def apply(self, examples: Table) -> Record: ...
    def apply(self, examples: Any) -> Record:
        if isinstance(examples, Table):
            whole = self._divided(_of_rows(examples, self.group or self.by))
            return Record(
                {name: examples.with_frame(examples.frame[list(part.values)]) for name, part in whole.items()}
            )
        return Record(self._divided(examples))

    def _divided(self, examples: Examples[A]) -> dict[str, Examples[A]]:
        from seisdsl.methods.learn.splits import only_latest

        if self.by == "random":
            warnings.warn(
                "`split by=random` puts windows of the same event on both sides: the figures flatter",
                stacklevel=2,
            )
        if not len(examples):
            raise Unsuitable("there are no examples to divide")
        held = self._held(examples)
        parts = self._parts(examples, held)
        if self.by == "time" and "event" in examples.groups:
            parts = only_latest(parts, examples.groups["event"])
        parts = [part if not apart or part == TEST else None for part, apart in zip(parts, held, strict=True)]
        record = {
            name: examples.chosen([number for number, part in enumerate(parts) if part == at])
            for at, name in enumerate(PARTS)
        }
        for name, share in zip(PARTS, self._shares, strict=True):
            if share and not len(record[name]):
                raise Unsuitable(
                    f"by {self.group or self.by}, {len(examples):,} examples leave none for `{name}`",
                    parameter=name,
                    repair=f"write {name}=0%, or take a longer record",
                )
        return record

    def _parts(self, examples: Examples[A], held: Sequence[bool]) -> Parts:
        """The part of each; borders are drawn by those stations that are not held."""
        from seisdsl.methods.learn.splits import apart, borders, by_key, by_time

        others = [number for number, own in enumerate(held) if not own]
        if self.by == "random":
            return self._of_others(by_key(range(len(others)), self._shares, self.seed), others, held)
        if self.by == "station" or (self.by != "time" and not examples.timed):
            keys = self._keys(examples, self.group or self.by)
            return self._of_others(by_key([keys[n] for n in others], self._shares, self.seed), others, held)
        starts = self._keys(examples, "time")
        ends = [start + _lasts(value) for start, value in zip(starts, examples.values, strict=True)]
        at = borders([starts[number] for number in others], self._shares)
        blocks = by_time(starts, ends, at)
        if self.by == "time":
            return blocks
        keys = self._keys(examples, self.group or self.by)
        named = [number for number, key in enumerate(keys) if key not in ("", None)]
        drawn = by_key([keys[number] for number in named], self._shares, self.seed)
        for number, part in zip(named, drawn, strict=True):
            blocks[number] = part
        return apart(blocks, starts, ends, examples.groups.get("station", [""] * len(starts)))

    def _of_others(self, drawn: Parts, others: Sequence[int], held: Sequence[bool]) -> Parts:
        parts: Parts = [TEST] * len(held)
        for number, part in zip(others, drawn, strict=True):
            parts[number] = part
        return parts

    def _held(self, examples: Examples[A]) -> list[bool]:
        if not self.held:
            return [False] * len(examples)
        stations = self._keys(examples, "station")
        held = [any(fnmatchcase(str(name), pattern) for pattern in self.held) for name in stations]
        if all(held) or not any(held):
            raise Unsuitable(
                f"{'every' if all(held) else 'no'} station is called {' or '.join(self.held)}",
                parameter="held",
            )
        return held

    def _keys(self, examples: Examples[A], name: str) -> Sequence[Any]:
        if name not in examples.groups:
            known = ", ".join(examples.groups) or "none"
            raise Unsuitable(
                f"the examples do not say their {name}", parameter="by", notes=[f"they have: {known}"]
            )
        return examples.groups[name]


def _of_rows(table: Table, by: str) -> Examples[int]:
    """The numbers of a table's rows, with what keeps them together; an event keeps its time."""
    frame = table.frame
    groups: dict[str, tuple[Any, ...]] = {}
    if "event" in frame.columns and not frame["event"].null_count():
        groups["event"] = tuple(frame["event"].to_list())
    if "station" in frame.columns:
        networks = (
            frame["network"].fill_null("").to_list() if "network" in frame.columns else [""] * len(frame)
        )
        groups["station"] = tuple(
            f"{network}.{station}"
            for network, station in zip(networks, frame["station"].fill_null("").to_list(), strict=True)
        )
    if by in frame.columns and by != "station":
        column = frame[by]
        if by == "time" and column.null_count():
            raise Unsuitable(f"{column.null_count():,} rows have no time", parameter="by")
        groups[by] = tuple((column.to_physical() if by == "time" else column).to_list())
    return Examples(tuple(range(len(frame))), groups=groups)


def _lasts(value: Any) -> int:
    """Nanoseconds of record in a window: that of a spectrogram ends with its last frame; of a row none."""
    if isinstance(value, int):
        return 0
    span = value.span
    more = frame_of(value) - round(value.step * NS) if isinstance(value, Spectrogram) else 0
    return int(span.end - span.start) + max(0, more)
