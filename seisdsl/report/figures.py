"""Which picture a value has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seisdsl.data.examples import Examples
from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile, Motion
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Detections, Picks, Table
from seisdsl.data.waves import Waves

_SECTION = 8  # events of different depths from which a section tells more than the map
Pictures = list[tuple[str, Figure]]


@dataclass(frozen=True)
class Beside:
    """What is drawn into the picture of something else: `stations` are longitudes and latitudes."""

    stations: Any = None
    truth: Catalog | None = None
    picks: Picks | None = None
    events: Catalog | None = None
    model: Series | None = None
    heard: Field | None = None  # the least energy that would have been heard
    motion: Flatfile | None = None  # what a model has predicted


ALONE = Beside()


def figure_of(
    value: Any,
    *,
    along: str = "map",
    beside: Beside = ALONE,
    of: str | None = None,
    velocity: str = "forearc",
) -> Figure:
    """The picture that people of this field expect of a value."""
    from seisdsl.report import (
        catalogs,
        curves,
        depths,
        distances,
        monitoring,
        records,
        residuals,
        shaking,
        slow,
        training,
        windows,
    )
    from seisdsl.report.condensed import ExamplesFew, ScoresColumns, SpectrogramColumns, WavesColumns

    match value:
        case Figure():
            return value
        case Catalog() if along == "time":
            return catalogs.catalog_times(value)
        case Catalog() if along == "depth":
            return depths.depth_sections(value, beside.truth, beside.stations)
        case Catalog():
            return catalogs.catalog_map(value, beside.stations, beside.truth)
        case Groups():
            return monitoring.groups_map(value)
        case Picks() | Detections():
            return monitoring.raster(value)
        case Motion() if shaking.is_left(value):
            return shaking.left(value)
        case Motion():
            return shaking.attenuation(value)
        case Table() if curves.is_curves(value):
            return curves.curves({"": value}, beside.motion)
        case Scores() | ScoresColumns():
            return monitoring.probabilities(value, of)
        case Waves() if along == "distance":
            event = distances.main_event(beside.events if beside.events is not None else value.truth)
            return distances.distance_section(value, event, beside.picks, velocity)
        case Waves() | WavesColumns():
            return records.section(value, beside.picks)
        case Spectrogram() | SpectrogramColumns():
            return records.spectrograms(value)
        case Series():
            return slow.sites_map(value) if along == "place" else slow.series_figure(value, beside.model)
        case Field():
            return monitoring.field_map(value, beside.heard)
        case Model():
            return training.learning_curves(value)
        case Metrics():
            return training.judgement(value)
        case Examples() | ExamplesFew():
            return windows.example_sheet(value)
        case Table() if slow.is_fitted(value):
            return slow.rates_map(value)
        case Table() if residuals.residual_columns(value):
            return residuals.residuals(value)
        case Table() if residuals.ways_of(value):
            return residuals.importance(value)
        case Table() if {"observed", "predicted"} <= {*value.frame.columns}:
            return residuals.observed_predicted(value)
        case Table() if value.timed and monitoring.by_of(value):
            return monitoring.raster(value)
    raise TypeError(f"{type(value).__name__} has no picture")


def figures_of(value: Any, beside: Beside = ALONE) -> Pictures:
    """The pictures of a value that a report shows, with what each one is of; none where there is nothing."""
    from seisdsl.report import residuals, shaking
    from seisdsl.report.condensed import WavesColumns
    from seisdsl.report.distances import distance_section, main_event

    if isinstance(value, Table) and not len(value):
        return []

    def drawn(along: str = "map") -> Figure:
        return figure_of(value, along=along, beside=beside)

    match value:
        case Catalog():
            many = value.frame["depth"].drop_nulls().n_unique() >= _SECTION
            deep = [("how deep", drawn("depth"))] if many else []
            return [("where", drawn()), *deep, ("when", drawn("time"))]
        case Waves() | WavesColumns():
            near = value.near if isinstance(value, WavesColumns) else value
            event = main_event(beside.events)
            meets = event and near is not None and near.span.start < event.around.end > near.span.start
            if event is None or near is None or not meets or not near.within(event.around).length:
                return [("", drawn())]
            return [("", drawn()), ("by distance", distance_section(near, event, beside.picks))]
        case Series():
            placed = any(site.latitude is not None and site.longitude is not None for site in value.sites)
            return [*([("where", drawn("place"))] if placed else []), ("by site", drawn())]
        case Motion() if shaking.is_left(value):
            return [("residuals", drawn()), ("observed", residuals.observed_predicted(value))]
        case Motion():
            spectra = [("spectra", shaking.spectra(value))] if shaking.periods_of(value) else []
            return [("by distance", drawn()), *spectra]
        case Field() if not {"latitude", "longitude"} <= {axis.name for axis in value.axes}:
            return []
        case Table() if residuals.residual_columns(value) and {"observed", "predicted"} <= {
            *value.frame.columns
        }:
            return [("residuals", drawn()), ("observed", residuals.observed_predicted(value))]
        case Examples() if not len(value):
            return []
    try:
        return [("", drawn())]
    except TypeError:
        return []
