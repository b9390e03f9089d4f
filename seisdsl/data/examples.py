"""Examples: values with labels, truth and the keys that keep related ones together in a split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from seisdsl.language.types import Value

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, eq=False)
class Examples(Value, Generic[T]):
    """Values of one type, each with its label, its truth, and its group (time, station, event).

    Every operator from A to B also carries `Examples<A>` to `Examples<B>`: see `map`.
    """

    values: tuple[T, ...]
    labels: tuple[str, ...] = ()
    truth: tuple[Any, ...] = ()
    groups: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def map(self, change: Callable[..., U], **beside: Examples[Any]) -> Examples[U]:
        """Each value changed; `beside` are examples whose values go along, one for one."""
        changed = tuple(
            change(value, **{name: other.values[at] for name, other in beside.items()})
            for at, value in enumerate(self.values)
        )
        return replace(self, values=changed)  # type: ignore[arg-type,return-value]
