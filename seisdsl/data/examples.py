"""Examples: values with labels, truth and the keys that keep related ones together in a split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Generic, TypeVar

from seisdsl.language.types import TimeRange, Value

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, eq=False)
class Examples(Value, Generic[T]):
    """Values of one type, each with its label, its truth, and its groups.

    `groups` names what keeps related examples together: `time` (integer nanoseconds, the start),
    `station` ("N.S1N01"), `event`, and others of a method's own. `truth` says what is known of each
    example, such as `score`, the amplitude of the event over the noise, and `distance`, in metres.
    Every operator from A to B also carries `Examples<A>` to `Examples<B>`: see `map`.
    """

    values: tuple[T, ...]
    labels: tuple[str, ...] = ()
    truth: tuple[Mapping[str, float], ...] = ()
    groups: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    simulated: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def timed(self) -> bool:
        """Whether they have times, so that those of a part of a record can be told apart."""
        return "time" in self.groups

    def within(self, time: TimeRange) -> Examples[T]:
        """Those that begin in a half-open time."""
        starts = self.groups["time"]
        return self.chosen([n for n, start in enumerate(starts) if time.start <= start < time.end])

    @classmethod
    def joined(cls, parts: Sequence[Examples[T]]) -> Examples[T]:
        """All of them, in order of time and station."""
        model = parts[0]
        whole = replace(
            model,
            values=tuple(chain.from_iterable(part.values for part in parts)),
            labels=tuple(chain.from_iterable(part.labels for part in parts)),
            truth=tuple(chain.from_iterable(part.truth for part in parts)),
            groups={
                name: tuple(chain.from_iterable(part.groups[name] for part in parts)) for name in model.groups
            },
            simulated=any(part.simulated for part in parts),
        )
        keys = [whole.groups[name] for name in ("time", "station") if name in whole.groups]
        return whole.chosen(sorted(range(len(whole)), key=lambda n: tuple(key[n] for key in keys)))

    def numbers(self) -> dict[str, int]:
        """How many there are of each class."""
        return {name: self.labels.count(name) for name in self.classes or dict.fromkeys(self.labels)}

    def of_class(self, name: str) -> Examples[T]:
        return self.chosen([n for n, label in enumerate(self.labels) if label == name])

    def chosen(self, numbers: Sequence[int]) -> Examples[T]:
        """Some of them, in the order given."""

        def of(parts: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(parts[number] for number in numbers) if parts else ()

        return replace(
            self,
            values=of(self.values),
            labels=of(self.labels),
            truth=of(self.truth),
            groups={name: of(keys) for name, keys in self.groups.items()},
        )

    def map(self, change: Callable[..., U], **beside: Examples[Any]) -> Examples[U]:
        """Each value changed; `beside` are examples whose values go along, one for one."""
        changed = tuple(
            change(value, **{name: other.values[at] for name, other in beside.items()})
            for at, value in enumerate(self.values)
        )
        return replace(self, values=changed)  # type: ignore[arg-type,return-value]
