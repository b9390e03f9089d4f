"""Metrics of picks and events that were found, beside the true ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import DATE, NUMBER, TEXT, ColumnOf, Type
from seisdsl.operator import Unsuitable
from seisdsl.operators.learn._units import Units

if TYPE_CHECKING:
    import polars as pl

    from seisdsl.methods.learn.matching import Numbers, Stretches, Values
    from seisdsl.operators.learn.score import Score

PHASES = ("P", "S")
SHARES = ("precision", "recall", "f1")
TIME, LENGTH = Type("Time"), Type("Length")
PICK_FIELDS: dict[str, Type] = {
    **dict.fromkeys(SHARES, NUMBER),
    **{f"{name}_{phase}": NUMBER for phase in PHASES for name in SHARES},
    "residual": TIME,
    "residual_spread": TIME,
    "matches": Type("Table"),
}
EVENT_FIELDS: dict[str, Type] = {
    **dict.fromkeys((*SHARES, "mistaken"), NUMBER),
    "time_error": TIME,
    "distance_error": LENGTH,
    "distance_error_90": LENGTH,
    "depth_error": LENGTH,
    "matches": Type("Table"),
}
SECONDS = ColumnOf(TIME, "s", "time that was found less the true one")
PICK_MATCHES = {
    "time": ColumnOf(DATE, help="true time, UTC"),
    "network": ColumnOf(TEXT),
    "station": ColumnOf(TEXT),
    "phase": ColumnOf(TEXT),
    "residual": SECONDS,
}
EVENT_MATCHES = {
    "time": ColumnOf(DATE, help="true time, UTC"),
    "shift": SECONDS,
    "distance": ColumnOf(LENGTH, "km", "between the true epicentre and the one that was found"),
    "deeper": ColumnOf(LENGTH, "km", "depth that was found less the true one"),
}


def of_picks(found: Picks, true: Picks, how: Score) -> Metrics:
    import numpy as np
    import polars as pl

    from seisdsl.methods.learn.matching import near, paired

    found, true = (_timed(table) for table in (found, true))
    keys = [key for key in ("network", "station", "phase") if _has(found, key) and _has(true, key)]
    both = pl.concat(
        [
            table.frame.select("station", "phase", *(set(keys) - {"station", "phase"}))
            for table in (found, true)
        ]
    )
    kind = _numbers(both, keys)
    one, other, gap = near(
        _stretches(found, kind[: len(found)]), _stretches(true, kind[len(found) :]), how.tolerance(0.5)
    )
    row, column = paired(one, other, gap, (len(found), len(true)))
    residual = (_ns(found)[row] - _ns(true)[column]) / 1e9
    units = Units(row, column, len(found), len(true))
    station = _numbers(both, [key for key in ("network", "station") if key in keys])
    units.group = station[units.of(found_at=np.arange(len(found)), true_at=len(found) + np.arange(len(true)))]
    metrics = units.shares(how)
    for phase in PHASES if "phase" in keys else ():
        of = (both["phase"] == phase).fill_null(False).to_numpy()
        own = units.of(found_at=np.arange(len(found)), true_at=len(found) + np.arange(len(true)))
        metrics |= units.shares(how, f"_{phase}", of[own])
    if len(residual):
        metrics["residual"] = units.middle(residual, how, "s")
        metrics["residual_spread"] = units.middle(abs(residual - np.median(residual)), how, "s")
    matched = {name: true.frame[name].gather(column).to_list() for name in ("network", "station", "phase")}
    rows = {"time": _ns(true)[column].tolist(), **matched, "residual": residual.tolist()}
    table = Table.of(rows, extra=PICK_MATCHES, simulated=true.simulated)
    return Metrics(metrics, how.confidence, found.simulated or true.simulated, {"matches": table})


def of_events(given: Catalog | Groups, truth: Catalog, how: Score) -> Metrics:
    import numpy as np

    from seisdsl.methods.learn.matching import paired

    found = _timed(_episodes(given) if isinstance(given, Groups) else given)
    true, others = _timed(truth), truth.with_frame(truth.frame.clear())
    if how.kind is not None:
        kinds = true.frame["kind"].fill_null("")
        true, others = (
            true.with_frame(true.frame.filter(own)) for own in (kinds == how.kind, kinds != how.kind)
        )
        own = found.frame["kind"]
        found = found.with_frame(found.frame.filter(own.is_null() | (own == how.kind)))
    row, column = paired(*_candidates(found, true, how), (len(found), len(true)))
    alone = np.setdiff1d(np.arange(len(found)), row)
    left = found.with_frame(found.frame[alone.tolist()])
    wrong, _ = paired(*_candidates(left, others, how), (len(left), len(others)))
    units = Units(row, column, len(found), len(true))
    metrics = units.shares(how)
    if how.kind is not None and len(found):
        mistaken = np.zeros(len(units), bool)
        mistaken[len(row) + wrong] = True
        metrics["mistaken"] = units.share(mistaken, units.found, how)
    shift = (_ns(found)[row] - _ns(true)[column]) / 1e9
    distance = _apart(found, true, row, column)
    deeper = _values(found, "depth")[row] - _values(true, "depth")[column]
    if len(row):
        metrics["time_error"] = units.middle(shift, how, "s")
    known = np.isfinite(distance)
    if known.any():
        metrics["distance_error"] = units.middle(distance, how, "km")
        metrics["distance_error_90"] = Metric(
            float(np.quantile(distance[known], 0.9)), "km", number=int(known.sum())
        )
    if np.isfinite(deeper).any():
        metrics["depth_error"] = units.middle(abs(deeper), how, "km")
    rows = {
        "time": _ns(true)[column].tolist(),
        "shift": shift.tolist(),
        "distance": _or_none(distance),
        "deeper": _or_none(deeper),
    }
    table = Table.of(rows, extra=EVENT_MATCHES, simulated=true.simulated)
    return Metrics(metrics, how.confidence, given.simulated or true.simulated, {"matches": table})


def _candidates(found: Table, true: Table, how: Score) -> tuple[Numbers, Numbers, Values]:
    """Events near each other in time and place, with how far apart they are as a share of what may be."""
    import numpy as np

    from seisdsl.methods.learn.matching import near

    within = how.tolerance(60.0)
    alike = np.zeros(len(found), np.int64), np.zeros(len(true), np.int64)
    one, other, gap = near(_stretches(found, alike[0]), _stretches(true, alike[1]), within)
    distance = np.nan_to_num(_apart(found, true, one, other), nan=0.0) * 1000
    fits = distance <= how.distance
    cost = (gap / within) ** 2 + (distance / how.distance) ** 2
    return one[fits], other[fits], cost[fits]


def _apart(found: Table, true: Table, one: Numbers, other: Numbers) -> Values:
    from seisdsl.methods.learn.matching import apart

    a, b = (tuple(_values(table, name) for name in ("latitude", "longitude")) for table in (found, true))
    return apart((a[0][one], a[1][one]), (b[0][other], b[1][other]))


def _episodes(groups: Groups) -> Catalog:
    """An event for each episode of groups: its time, and where its stations were surest."""
    import polars as pl

    surest = pl.col("score").fill_null(0.0)
    weight = (0.7 * (surest - surest.max())).exp()
    half = (pl.col("window") * 0.5e9).cast(pl.Int64)
    begin = pl.col("time").dt.timestamp("ns")
    frame = groups.frame.group_by("episode", maintain_order=True).agg(
        (begin - half).min().alias("time"),
        ((begin + half).max() - (begin - half).min()).alias("lasts") / 1e9,
        *((pl.col(name) * weight).sum() / weight.sum() for name in ("latitude", "longitude")),
    )
    rows = {name: frame[name].to_list() for name in ("time", "latitude", "longitude")}
    return Catalog.of(
        {**rows, "duration": frame["lasts"].to_list()},
        extra={"duration": ColumnOf(TIME, "s")},
        simulated=groups.simulated,
    )


def _timed(table: Any) -> Any:
    """Without rows that have no time."""
    if "time" not in table.frame.columns or not table.timed:
        raise Unsuitable(f"{type(table).__name__} without times cannot be compared with the truth")
    return table.with_frame(table.frame.drop_nulls("time"))


def _has(table: Table, name: str) -> bool:
    return name in table.frame.columns and table.frame[name].null_count() < max(len(table), 1)


def _ns(table: Table) -> Numbers:
    numbers: Numbers = table.frame["time"].dt.timestamp("ns").to_numpy()
    return numbers


def _values(table: Table, name: str) -> Values:
    """A column of numbers, NaN where nothing is known."""
    import numpy as np

    if name not in table.frame.columns:
        return np.full(len(table), np.nan)
    return table.frame[name].cast(float).fill_null(float("nan")).to_numpy().astype(np.float64)


def _stretches(table: Table, kind: Numbers) -> Stretches:
    import numpy as np

    from seisdsl.methods.learn.matching import Stretches

    begin = _ns(table)
    factor = table.columns["duration"].factor if "duration" in table.columns else 1.0
    lasts = np.nan_to_num(_values(table, "duration") * factor, nan=0.0)
    return Stretches(begin, begin + np.round(lasts * 1e9).astype(np.int64), kind)


def _numbers(frame: pl.DataFrame, keys: Sequence[str]) -> Numbers:
    """A number for each row, the same for rows with the same keys."""
    import numpy as np

    if not keys:
        return np.zeros(len(frame), np.int64)
    rows: Mapping[Any, int] = {row: n for n, row in enumerate(dict.fromkeys(frame.select(keys).rows()))}
    return np.array([rows[row] for row in frame.select(keys).rows()], np.int64)


def _or_none(values: Values) -> list[float | None]:
    return [value if value == value else None for value in values.tolist()]
