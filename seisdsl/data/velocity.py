"""One-dimensional velocity models, and the tables of travel times that others have published."""

from __future__ import annotations

import csv
import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seisdsl.operator import Unsuitable
from seisdsl.resources import STDLIB

FOLDER = STDLIB / "velocity"


@dataclass(frozen=True)
class VelocityModel:
    """Speeds (km/s) by depth (km below sea level): linear between rows, constant beyond the ends.

    Two rows of one depth are a discontinuity.
    """

    depth: tuple[float, ...]
    p: tuple[float, ...]
    s: tuple[float, ...]

    def speeds(self, phase: str) -> tuple[float, ...]:
        return self.s if phase == "S" else self.p

    def layered(self, phase: str) -> bool:
        """Whether it is one of constant layers."""
        rows = list(zip(self.depth, self.speeds(phase), strict=True))
        return all(a[1] == b[1] or a[0] == b[0] for a, b in itertools.pairwise(rows))


@dataclass(frozen=True)
class PublishedTimes:
    """Travel times (s) from sources at depths (km) to the surface at distances (km), by phase."""

    depth: tuple[float, ...]
    distance: tuple[float, ...]
    times: dict[str, tuple[tuple[float, ...], ...]]  # [depth][distance]


def model_names() -> list[str]:
    """The models of the standard library."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


def velocity_file(name: str) -> Path:
    """The file of a model: one of the standard library by its name, or the user's own."""
    return FOLDER / f"{name}.csv" if name in model_names() else Path(name)


def read_velocity(name: str) -> VelocityModel | PublishedTimes:
    """A model, or a table of travel times: JMA's JSON, or a CSV of phase, depth, distance and time."""
    path = velocity_file(name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unsuitable(
            f"the velocity model `{name}` cannot be read: {error}",
            parameter="velocity",
            notes=[f"models of the standard library: {', '.join(model_names())}"],
        ) from None
    try:
        return _jma(json.loads(text)) if path.suffix == ".json" else _csv(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unsuitable(
            f"`{name}` is no velocity model and no table of travel times: {_said(error)}",
            parameter="velocity",
            notes=[
                "a model is a CSV with the columns depth (km), p and s (km/s)",
                "a table is a CSV with the columns phase, depth (km), distance (km) and time (s), or JMA's JSON",
            ],
        ) from None


def _said(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)


def _csv(text: str) -> VelocityModel | PublishedTimes:
    rows = list(csv.DictReader(text.splitlines()))
    if len(rows) < 2:
        raise ValueError("it has fewer than two rows")
    if "time" not in rows[0]:
        return _model([tuple(_number(row[name]) for name in ("depth", "p", "s")) for row in rows])
    found: dict[str, dict[float, dict[float, float]]] = {}
    for row in rows:
        depth, distance, time = (_number(row[name]) for name in ("depth", "distance", "time"))
        found.setdefault(row["phase"].upper(), {}).setdefault(depth, {})[distance] = time
    return _table(found)


def _jma(content: Any) -> PublishedTimes:
    return _table(
        {
            phase.upper(): {
                _number(depth): {_number(row["r"]): _number(row["t"]) for row in rows}
                for depth, rows in depths.items()
            }
            for phase, depths in content.items()
        }
    )


def _model(rows: list[tuple[float, ...]]) -> VelocityModel:
    depth, p, s = zip(*rows, strict=True)
    if list(depth) != sorted(depth):
        raise ValueError("its depths do not grow from row to row")
    if min(p + s) <= 0:
        raise ValueError("speeds are above zero")
    return VelocityModel(depth, p, s)


def _table(found: dict[str, dict[float, dict[float, float]]]) -> PublishedTimes:
    depths = sorted({depth for rows in found.values() for depth in rows})
    distances = sorted({at for rows in found.values() for row in rows.values() for at in row})
    if len(depths) < 2 or len(distances) < 2:
        raise ValueError("it has fewer than two depths or two distances")
    times = {}
    for phase, rows in found.items():
        if any(set(rows.get(depth, ())) != set(distances) for depth in depths):
            raise ValueError(f"its times of {phase} are not given at every depth and distance")
        times[phase] = tuple(tuple(rows[depth][at] for at in distances) for depth in depths)
    return PublishedTimes(tuple(depths), tuple(distances), times)


def _number(text: Any) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no number")
    return value
