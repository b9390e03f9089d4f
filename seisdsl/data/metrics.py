"""Metrics: numbers that judge a result, with what they rest on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from seisdsl.data.table import Table
from seisdsl.language import units
from seisdsl.language.types import INTEGER, NUMBER, TEXT, Type, Value
from seisdsl.language.types import ColumnOf as Column

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Metric:
    """A number in its unit, from `low` to `high` in its confidence interval, worked out from `number`."""

    value: float
    unit: str = ""
    low: float | None = None
    high: float | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        if not all(math.isfinite(part) for part in (self.value, self.low, self.high) if part is not None):
            raise ValueError("a metric is a finite number: leave out what is not defined")


@dataclass(frozen=True, eq=False)
class Metrics(Value, Mapping[str, Any]):
    """Numbers by name, in SI units for programs: `quality.accuracy`.

    A metric that is not defined, such as the precision where nothing was found, is left out. An
    operator that gives others than these names them in the fields of its type. What takes more than
    a number, such as a confusion matrix, is among the `tables`: `quality.confusion`.
    """

    FIELDS: ClassVar[Mapping[str, Type]] = {
        "accuracy": NUMBER, "precision": NUMBER, "recall": NUMBER, "f1": NUMBER
    }  # fmt: skip

    metrics: Mapping[str, Metric]
    confidence: float = 0.95
    simulated: bool = False
    tables: Mapping[str, Table] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float | Table:
        if name in self.tables:
            return self.tables[name]
        metric = self.metrics[name]
        return metric.value * (units.unit(metric.unit)[0] if metric.unit else 1.0)

    def __iter__(self) -> Iterator[str]:
        return iter(self.metrics)

    def __len__(self) -> int:
        return len(self.metrics)

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each metric."""
        return self.to_table().to_pandas()

    def to_table(self) -> Table:
        """One row for each metric."""
        rows: dict[str, list[object]] = {
            "metric": list(self.metrics),
            **{name: [getattr(m, name) for m in self.metrics.values()] for name in _COLUMNS},
        }
        extra = {"metric": Column(TEXT), **_COLUMNS}
        return Table.of(rows, extra=extra, simulated=self.simulated)


_COLUMNS = {
    "value": Column(NUMBER, help="in the unit of the row"),
    "unit": Column(TEXT),
    "low": Column(NUMBER, help="lower end of the confidence interval"),
    "high": Column(NUMBER, help="upper end of the confidence interval"),
    "number": Column(INTEGER, help="how many cases it rests on"),
}
