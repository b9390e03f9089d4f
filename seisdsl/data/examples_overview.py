"""Examples by what they are of: how many of each class, of how many events, where and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.language.types import TimeRange


@dataclass(frozen=True)
class ClassOverview:
    """The examples of one class; their scores go from `low` to `high`, where they have any."""

    name: str
    number: int = 0
    events: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, name: str, examples: Examples[Any]) -> ClassOverview:
        scores = [told["score"] for told in examples.truth if "score" in told]
        events = sorted({str(event) for event in examples.groups.get("event", ()) if event})
        return cls(name, len(examples), tuple(events), min(scores, default=None), max(scores, default=None))

    def __add__(self, other: ClassOverview) -> ClassOverview:
        return ClassOverview(
            self.name,
            self.number + other.number,
            tuple(sorted({*self.events, *other.events})),
            min((low for low in (self.low, other.low) if low is not None), default=None),
            max((high for high in (self.high, other.high) if high is not None), default=None),
        )


@dataclass(frozen=True)
class ExamplesOverview:
    """`span` is from the beginning of the first window to that of the last."""

    kind: str
    number: int
    classes: tuple[ClassOverview, ...]
    stations: tuple[str, ...]
    span: TimeRange | None
    simulated: bool

    @classmethod
    def of(cls, examples: Examples[Any]) -> ExamplesOverview:
        times = examples.groups.get("time", ())
        return cls(
            type(examples.values[0]).__name__ if len(examples) else "",
            len(examples),
            tuple(ClassOverview.of(name, examples.of_class(name)) for name in examples.numbers()),
            tuple(sorted({str(station) for station in examples.groups.get("station", ())})),
            TimeRange(min(times), max(times)) if times else None,
            examples.simulated,
        )

    def __add__(self, other: ExamplesOverview) -> ExamplesOverview:
        spans = [span for span in (self.span, other.span) if span is not None]
        others = {of.name: of for of in other.classes}
        return replace(
            self,
            kind=self.kind or other.kind,
            number=self.number + other.number,
            classes=tuple(of + others[of.name] if of.name in others else of for of in self.classes)
            + tuple(of for of in other.classes if of.name not in {own.name for own in self.classes}),
            stations=tuple(sorted({*self.stations, *other.stations})),
            span=TimeRange(min(s.start for s in spans), max(s.end for s in spans)) if spans else None,
            simulated=self.simulated or other.simulated,
        )

    @classmethod
    def joined(cls, parts: Sequence[ExamplesOverview]) -> ExamplesOverview:
        return sum(parts[1:], start=parts[0])
