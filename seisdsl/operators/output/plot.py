from __future__ import annotations

from typing import Literal, TypeVar

from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.save import files, refuse_unfit
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Detections, Picks
from seisdsl.data.waves import Waves
from seisdsl.engine.output import target, written
from seisdsl.language.types import OutputFile
from seisdsl.operator import Facts, Operator, SourceSettings, Unsuitable, param

Tables = Groups | Picks | Detections | Catalog
Drawn = TypeVar(
    "Drawn",
    bound=Waves | Spectrogram | Scores | Tables | Field | Model | Metrics | Figure,  # type: ignore[type-arg]
)


class Plot(Operator, name="plot"):
    """Draw what is piped into a file, and give it on unchanged.

    Waves as traces with their gaps, spectrograms in decibels, scores as probability against time by
    station, groups of stations on a map, picks and detections by station, a catalogue as a map with
    a section of depth, a field as a map, a model by how its training went, metrics of examples as
    confusion and reliability. What was simulated says so in the picture. The whole of a
    value is drawn: of a long record take a part (`time=`) first.
    """

    example = 'simulate two-events | bandpass 2..8Hz | plot "waves.png" | sta-lta | plot "picks.svg" | count'
    tags = ("sink", "file", "figure", "map")
    sink = True

    file: OutputFile = param(..., "a name below the output folder that ends in .png, .svg or .pdf")
    along: Literal["map", "time"] = param("map", "of a catalogue: where the events are, or when")
    stations: SourceSettings | None = param(None, "of a catalogue: a source whose stations are on the map")
    of: str | None = param(None, "of scores: the class to draw; all but noise where none is named")
    title: str | None = param(None, "what stands above; what is shown where none is given")

    def facts(self, piped: Facts) -> Facts:
        refuse_unfit(self.file, "Figure")
        target(self.file)
        return piped

    def writes(self) -> tuple[str, ...]:
        return (self.file,)

    def apply(self, value: Drawn, *, truth: Catalog | None = None) -> Drawn:
        from dataclasses import replace

        from seisdsl.report.figures import figure_of

        if self.of and isinstance(value, Scores) and self.of not in value.classes:
            raise Unsuitable(
                f"the scores have no class `{self.of}`",
                parameter="of",
                notes=["there are: " + ", ".join(value.classes)],
            )
        figure = figure_of(value, along=self.along, stations=self._places(), truth=truth, of=self.of)
        if self.title is not None:
            figure = replace(figure, title=self.title)
        for name, write in files(figure, self.file):
            with written(name) as path:
                write(path)
        return value

    def _places(self) -> object:
        if self.stations is None:
            return None
        import numpy as np

        from seisdsl.data.scenes import stations_of

        return np.array([(s.longitude, s.latitude) for s in stations_of(self.stations)])
