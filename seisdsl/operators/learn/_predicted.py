"""Metrics of ground motion that a model has predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.motion import Flatfile
from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, NUMBER, ColumnOf, Type
from seisdsl.operator import Unsuitable
from seisdsl.operators.learn._units import FEWEST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seisdsl.operators.learn.score import Score

    Values = NDArray[np.float64]

MEASURED = ("rmse", "bias", "sd", "mean_ratio", "tau", "phi", "in_interval", "out_of_domain")
TABLES = ("by_magnitude", "by_distance")
FIELDS: dict[str, Type] = {
    **dict.fromkeys(MEASURED, NUMBER),
    **dict.fromkeys(TABLES, Type("Table")),
}
MAGNITUDES = 0.5  # width of a bin
DISTANCES = (0.0, 10.0, 20.0, 50.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1e5)


def of_flatfile(given: Flatfile, how: Score) -> Metrics:
    import numpy as np
    import polars as pl

    from seisdsl.methods.learn.quality import draws
    from seisdsl.methods.motion.mixed import mixed, numbered

    if "residual" not in given.frame.columns or "predicted" not in given.frame.columns:
        raise Unsuitable(
            "the flat-file has no prediction to judge", repair="put a model before it: `flat | model | score`"
        )
    frame = given.frame.filter(pl.col("residual").is_not_null())
    if not frame.height:
        raise Unsuitable("no row has both a prediction and an observation")
    residual = np.asarray(frame["residual"].to_numpy(), np.float64)
    keys = frame["event"].fill_null("").to_numpy().astype(str)
    names, group = numbered(keys)
    times = np.ones((1, frame.height))
    if len(names) >= FEWEST:
        drawn = draws(len(names), how.draws, how.seed).numpy()
        times = np.concatenate([times, drawn[:, group]])
    found = mixed(residual, group)
    count = frame.height
    metrics = {
        "rmse": _metric(np.sqrt(_mean(residual**2, times)), how, count),
        "bias": _metric(_mean(residual, times), how, count),
        "sd": _metric(_spread(residual, times), how, count),
        "tau": Metric(found.between, number=len(names)),
        "phi": Metric(found.within, number=count),
        "out_of_domain": _metric(_mean(_numbers(frame, "out_of_domain"), times), how, count),
    }
    if (frame["observed"] > 0).all() and (frame["predicted"] > 0).all():
        ratio = np.log10(_numbers(frame, "predicted") / _numbers(frame, "observed"))
        metrics["mean_ratio"] = _metric(10 ** _mean(ratio, times), how, count)
    if frame["low"].null_count() == 0:
        inside = frame["observed"].is_between(frame["low"], frame["high"]).to_numpy().astype(float)
        metrics["in_interval"] = _metric(_mean(inside, times), how, count)
    tables = {
        "by_magnitude": _by(frame, residual, "magnitude", _magnitude_edges(frame)),
        "by_distance": _by(frame, residual, "distance", np.array(DISTANCES)),
    }
    simulated = given.simulated
    return Metrics(metrics, how.confidence, simulated, {name: t for name, t in tables.items() if len(t)})


def _numbers(frame: Any, name: str) -> Values:
    import numpy as np

    return np.asarray(frame[name].to_numpy(), np.float64)


def _mean(values: Values, times: Values) -> Values:
    found: Values = times @ values / times.sum(1).clip(1e-300)
    return found


def _spread(values: Values, times: Values) -> Values:
    import numpy as np

    variance = _mean(values**2, times) - _mean(values, times) ** 2
    return np.asarray(np.sqrt(variance.clip(0)))


def _metric(values: Values, how: Score, number: int) -> Metric:
    """The first, with the interval that the others span."""
    import numpy as np

    tail = (1 - how.confidence) / 2
    low, high = np.quantile(values[1:], [tail, 1 - tail]).tolist() if len(values) > 1 else (None, None)
    return Metric(float(values[0]), "", low, high, number)


def _magnitude_edges(frame: Any) -> Values:
    import numpy as np

    known = frame["magnitude"].drop_nulls()
    if not len(known):
        return np.zeros(0)
    low = np.floor(known.min() / MAGNITUDES) * MAGNITUDES
    return np.arange(low, known.max() + 2 * MAGNITUDES, MAGNITUDES)


def _by(frame: Any, residual: Values, name: str, edges: Values) -> Table:
    """Residuals in bins of a column, those that have any."""
    import numpy as np

    values = frame[name].fill_null(float("nan")).to_numpy()
    unit = Flatfile.COLUMNS[name].unit
    of = Flatfile.COLUMNS[name].type
    columns = {
        "low": ColumnOf(of, unit, f"{name} of the bin"),
        "high": ColumnOf(of, unit),
        "number": ColumnOf(INTEGER, help="rows"),
        "bias": ColumnOf(NUMBER, help="mean of observed less predicted"),
        "rmse": ColumnOf(NUMBER),
    }
    rows: dict[str, list[Any]] = {key: [] for key in columns}
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        own = residual[(values >= low) & (values < high)]
        if len(own):
            cells = (low, high, len(own), float(own.mean()), float(np.sqrt(np.mean(own**2))))
            for key, cell in zip(columns, cells, strict=True):
                rows[key].append(cell)
    return Table.of(rows, extra=columns)
