"""One picture of a value that may be long, or of several results that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.table import Catalog
from seisdsl.operator import Unsuitable
from seisdsl.report.condensed import condensed
from seisdsl.report.curves import curves, curves_of
from seisdsl.report.distances import main_event
from seisdsl.report.figures import Beside, figure_of
from seisdsl.report.results import beside_of
from seisdsl.report.together import side_by_side

_FIRST = ("Waves", "WavesColumns", "Scores", "ScoresColumns", "Spectrogram", "SpectrogramColumns", "Series")
_HINT = "tables with a residual, an importance, observed and predicted, or a station and a time have one"


def pictured(value: Any, beside: Beside, **how: Any) -> Figure:
    """What is long is taken part by part; several results are drawn into one another."""
    several = isinstance(value, Mapping) and not isinstance(value, Metrics)
    if several:
        found = beside_of(value)
        own = {one.name: getattr(beside, one.name) for one in fields(beside)}
        beside = replace(found, **{name: one for name, one in own.items() if one is not None})
    event = main_event(beside.events) if how.get("along") == "distance" else None
    values = {
        name: condensed(one, event.around if event else None)
        for name, one in (value if several else {"": value}).items()
    }
    if event is not None:
        values = {name: getattr(one, "near", None) or one for name, one in values.items()}
    if not several:
        return _drawn(values[""], beside, how)
    if beside.stations is None:
        beside = replace(beside, stations=beside_of(values).stations)
    return _several(values, beside, how)


def _several(values: Mapping[str, Any], beside: Beside, how: Mapping[str, Any]) -> Figure:
    """The one that others are drawn into; several catalogues side by side."""
    inside = [one for one in vars(beside).values() if one is not None]
    drawn = [one for one in values.values() if all(one is not other for other in inside)]
    for one in drawn:
        if type(one).__name__ in _FIRST:
            return _drawn(one, beside, how)
    if together := side_by_side(values, beside.stations):
        return together[1 if how.get("along") == "time" else 0][1]
    if lines := curves_of(values):
        return curves(lines, beside.motion)
    catalogs = [one for one in values.values() if isinstance(one, Catalog) and one is not beside.truth]
    for one in (*catalogs, *drawn, *values.values()):
        try:
            return _drawn(one, replace(beside, truth=None if one is beside.truth else beside.truth), how)
        except Unsuitable:
            continue
    raise Unsuitable("none of these has a picture", notes=["results: " + ", ".join(values), _HINT])


def _drawn(value: Any, beside: Beside, how: Mapping[str, Any]) -> Figure:
    try:
        return figure_of(value, beside=beside, **how)
    except TypeError:
        raise Unsuitable(
            f"a {type(value).__name__} without columns that tell where, when or how well has no picture",
            notes=[_HINT],
        ) from None
