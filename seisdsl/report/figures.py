"""Which picture a value has."""

from __future__ import annotations

from typing import Any

from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Detections, Picks
from seisdsl.data.waves import Waves


def figure_of(
    value: Any,
    *,
    along: str = "map",
    stations: Any = None,
    truth: Catalog | None = None,
    of: str | None = None,
) -> Figure:
    """The picture that people of this field expect of a value."""
    from seisdsl.report import catalogs, monitoring, records, training

    match value:
        case Figure():
            return value
        case Catalog() if along == "time":
            return catalogs.catalog_times(value)
        case Catalog():
            return catalogs.catalog_map(value, stations, truth)
        case Groups():
            return monitoring.groups_map(value)
        case Picks() | Detections():
            return monitoring.raster(value)
        case Scores():
            return monitoring.probabilities(value, of)
        case Waves():
            return records.section(value)
        case Spectrogram():
            return records.spectrograms(value)
        case Field():
            return monitoring.field_map(value)
        case Model():
            return training.learning_curves(value)
        case Metrics():
            return training.judgement(value)
    raise TypeError(f"{type(value).__name__} has no picture")


def figures_of(value: Any, *, stations: Any = None, truth: Catalog | None = None) -> list[tuple[str, Figure]]:
    """The pictures of a value that a report shows, with what each one is of; none where there is nothing."""
    from seisdsl.data.table import Table
    from seisdsl.report import catalogs

    if isinstance(value, Table) and not len(value):
        return []
    match value:
        case Catalog():
            return [
                ("where", catalogs.catalog_map(value, stations, truth)),
                ("when", catalogs.catalog_times(value)),
            ]
        case Figure() | Groups() | Picks() | Detections() | Scores() | Waves() | Spectrogram() | Model():
            return [("", figure_of(value))]
        case Metrics():
            return [("", figure_of(value))]
        case Field() if {"latitude", "longitude"} <= {axis.name for axis in value.axes}:
            return [("", figure_of(value))]
    return []
