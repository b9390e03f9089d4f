from __future__ import annotations

from typing import Any, Literal, TypeVar, overload

from seisdsl.data.examples import Examples
from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.save import files, refuse_unfit
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.engine.output import target, written
from seisdsl.language.types import OutputFile, Record
from seisdsl.operator import Branches, Facts, Operator, SourceSettings, Unsuitable, param

Drawn = TypeVar(
    "Drawn",
    bound=Waves | Spectrogram | Scores | Table | Field | Series | Model | Metrics | Examples | Figure,  # type: ignore[type-arg]
)
ALONG = {"time": ("Catalog",), "depth": ("Catalog",), "distance": ("Waves",), "place": ("Series",)}


class Plot(Operator, name="plot"):
    """Draw what is piped into a file, and give it on unchanged.

    Waves as traces with their gaps and with `picks` on them, or against distance from the largest of
    the `events` with the times of P and S waves (`along=distance`); spectrograms in decibels, scores
    as probability against time by station, groups of stations on a map, picks and detections by
    station; a catalogue as a map, as sections of depth or against time; series by site and component
    with errors and steps, or as arrows on a map (`along=place`); a field as a map, with what would
    have been `heard`; ground motion against distance; residuals, importance and what was observed of
    tables that have such columns; examples by class, a model by how its training went, metrics as
    confusion and reliability. Results in braces are drawn into one another: `{ waves = ..., picks = ... }`.

    What was simulated says so in the picture. Long waves, scores and spectrograms are drawn part by
    part, however long they are.
    """

    example = """\
let wave = simulate two-events | bandpass 2..8Hz
let found = wave | sta-lta on=4
plot "record.png" { waves = wave, picks = found }
simulate two-events | truth | plot "events.svg" | count"""
    tags = ("sink", "file", "figure", "map")
    sink = True
    in_parts = True

    file: OutputFile = param(..., "a name below the output folder that ends in .png, .svg or .pdf")
    along: Literal["map", "time", "depth", "distance", "place"] = param(
        "map", "of a catalogue map, time or depth, of waves distance, of series place: what it is drawn along"
    )
    stations: SourceSettings | None = param(None, "of a catalogue: a source whose stations are on the map")
    of: str | None = param(None, "of scores: the class to draw; all but noise where none is named")
    velocity: str = param("forearc", "of waves along distance: the model that times are told by, or its file")
    title: str | None = param(None, "what stands above; what is shown where none is given")

    def facts(self, piped: Facts) -> Facts:
        refuse_unfit(self.file, "Figure")
        target(self.file)
        if self.along != "map" and piped.kind not in ("", "Record", *ALONG[self.along]):
            raise Unsuitable(
                f"a picture of {piped.kind} is not drawn along {self.along}",
                parameter="along",
                notes=[f"{' and '.join(kinds)} along {name}" for name, kinds in ALONG.items()],
            )
        return piped

    def writes(self) -> tuple[str, ...]:
        return (self.file,)

    @overload
    def apply(
        self, value: Drawn, *, truth: Catalog | None = None, picks: Picks | None = None,
        events: Catalog | None = None, model: Series | None = None, heard: Field | None = None,
    ) -> Drawn: ...  # fmt: skip

    @overload
    def apply(self, value: Record) -> Record: ...

    @overload
    def apply(self, *, results: Branches[Any]) -> Record: ...

    def apply(self, value: Any = None, *, results: Any = None, **more: Any) -> Any:
        from dataclasses import replace

        from seisdsl.report.figures import Beside
        from seisdsl.report.pictured import pictured

        told = value if results is None else Record(results)
        if self.of and isinstance(value, Scores) and self.of not in value.classes:
            raise Unsuitable(
                f"the scores have no class `{self.of}`",
                parameter="of",
                notes=["there are: " + ", ".join(value.classes)],
            )
        beside = Beside(stations=self._places(), **more)
        figure = pictured(told, beside, along=self.along, of=self.of, velocity=self.velocity)
        if self.title is not None:
            figure = replace(figure, title=self.title)
        for name, write in files(figure, self.file):
            with written(name) as path:
                write(path)
        return told

    def _places(self) -> object:
        if self.stations is None:
            return None
        import numpy as np

        from seisdsl.data.scenes import stations_of

        return np.array([(s.longitude, s.latitude) for s in stations_of(self.stations)])
