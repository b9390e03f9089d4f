"""What models of ground motion read of a flat-file: features, targets, and who belongs together."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seisdsl.data.motion import SPECTRA, Flatfile
from seisdsl.language.types import NUMBER
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np
    import polars
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

USUAL = ("magnitude", "depth", "distance", "azimuth", "vs30", "d1400")
LINEAR = {"intensity": 2.0}  # measures that are logarithms already, and how much ten times as strong is
TERMS = {"event": ("event",), "station": ("network", "station")}


def logged(target: str) -> bool:
    return target not in LINEAR


def unit_of(target: str) -> float:
    """By how much a target grows where amplitudes are ten times as large: log10, or an intensity."""
    return LINEAR.get(target, 1.0)


def added(target: str) -> dict[str, Column]:
    """The columns that a prediction adds to a flat-file."""
    like = Flatfile.COLUMNS.get(target) or _spectral(target)

    def of(help: str) -> Column:
        return Column(like.type, like.unit, help)

    return {
        "predicted": of(f"what the model gives for `{target}`"),
        "low": of("lower end of its interval"),
        "high": of("upper end of its interval"),
        "observed": of(f"the same as `{target}`"),
        "residual": Column(
            NUMBER, help="log10 of observed over predicted" if logged(target) else "observed less predicted"
        ),
        "out_of_domain": Column(NUMBER, help="1 where the model has learnt from nothing like it, else 0"),
    }


def _spectral(target: str) -> Column:
    """What a column such as `psv_0_3` holds."""
    kinds = [kind for kind in SPECTRA if target.startswith(f"{kind}_")]
    if not kinds:
        return Column(NUMBER)
    of, unit, words = SPECTRA[max(kinds, key=len)]
    return Column(of, unit, words)


def features_of(table: Flatfile, wanted: Sequence[str] | None) -> list[str]:
    """Those that are asked for, or those usual ones of which something is known."""
    if wanted is None:
        found = [name for name in USUAL if _known(table.frame, name)]
        for name in ("magnitude", "distance"):
            if found and name not in found:
                warnings.warn(f"no row has a `{name}`: the model knows nothing of it", stacklevel=2)
        return found
    for name in wanted:
        if name not in table.frame.columns:
            raise Unsuitable(
                f"the flat-file has no column `{name}`",
                parameter="features",
                notes=[f"columns: {', '.join(table.frame.columns)}"],
            )
        if not table.frame[name].dtype.is_numeric():
            raise Unsuitable(f"`{name}` holds no numbers", parameter="features")
        if not _known(table.frame, name):
            raise Unsuitable(f"`{name}` is empty in every row", parameter="features")
    return list(wanted)


def _known(frame: polars.DataFrame, name: str) -> bool:
    return name in frame.columns and frame[name].null_count() < frame.height


def matrix(frame: polars.DataFrame, features: Sequence[str]) -> Values:
    """[row, column], NaN where nothing is known; an azimuth is its sine and its cosine."""
    import numpy as np

    columns: list[Values] = []
    for name in features:
        values = column(frame, name)
        columns += [np.sin(np.radians(values)), np.cos(np.radians(values))] if name == "azimuth" else [values]
    return np.stack(columns, 1) if columns else np.zeros((frame.height, 0))


def owners(features: Sequence[str]) -> list[str]:
    """The feature that each column of the matrix is of."""
    return [owner for name in features for owner in ([name, name] if name == "azimuth" else [name])]


def sources(frame: polars.DataFrame, features: Sequence[str] = USUAL) -> dict[str, Values]:
    """What an attenuation relation reads; what is none of the features is not known to it."""
    import numpy as np

    unknown = np.full(frame.height, math.nan)
    names = ("magnitude", "distance", "depth", "d1400", "vs30")
    return {name: column(frame, name) if name in features else unknown for name in names}


def column(frame: polars.DataFrame, name: str) -> Values:
    import numpy as np
    import polars as pl

    if name not in frame.columns:
        return np.full(frame.height, math.nan)
    return np.asarray(frame[name].cast(pl.Float64).to_numpy(), np.float64)


def to_learn(table: Flatfile, target: str, features: Sequence[str]) -> Flatfile:
    """The rows from which a model can learn: those that have the target, above zero, and no flag."""
    import polars as pl

    if target not in table.frame.columns:
        known = [name for name, of in table.columns.items() if of.unit or name in LINEAR]
        raise Unsuitable(
            f"the flat-file has no column `{target}`",
            parameter="target",
            notes=[f"columns: {', '.join(known)}"],
        )
    good = pl.col(target).is_not_null() & pl.col(target).is_finite()
    if logged(target):
        good &= pl.col(target) > 0
    good &= pl.col("flag").fill_null("").is_in(["", "several events"])
    for name in ("magnitude", "distance"):
        if name in features:
            good &= pl.col(name).is_not_null()
    kept = table.frame.filter(good)
    if not kept.height:
        raise _nothing(table, [target, *(name for name in ("magnitude", "distance") if name in features)])
    return table.with_frame(kept)


def _nothing(table: Flatfile, needed: Sequence[str]) -> Unsuitable:
    """Why no row can be learnt from."""
    frame = table.frame
    if not frame.height:
        return Unsuitable("the flat-file is empty")
    empty = [name for name in needed if not _known(frame, name)]
    if not empty:
        said = (
            f"{', '.join(f'`{name}`' for name in needed)}, above zero where it is no logarithm, and no flag"
        )
        return Unsuitable("no row can be learnt from", notes=[f"a row needs {said}"])
    others = [name for name in frame.columns if name not in Flatfile.COLUMNS]
    return Unsuitable(
        f"no row has a value of {' or of '.join(f'`{name}`' for name in empty)}",
        notes=[f"columns that are not of every flat-file: {', '.join(others)}"] if others else [],
    )


def tell_what_is_alike(frame: polars.DataFrame) -> None:
    """Warn where rows are of one event, or of one magnitude: nothing can be learnt of how events differ."""
    if frame["event"].n_unique() == 1:
        warnings.warn("all rows are of one event: how events differ cannot be learnt", stacklevel=2)
    elif frame["magnitude"].drop_nulls().n_unique() == 1:
        size = frame["magnitude"].drop_nulls()[0]
        warnings.warn(
            f"all rows are of magnitude {size:g}: how motion grows with it cannot be learnt", stacklevel=2
        )


def target_of(frame: polars.DataFrame, target: str) -> Values:
    """The values that are learnt: log10 of amplitudes and durations."""
    import numpy as np

    values = column(frame, target)
    if not logged(target):
        return values
    return np.asarray(np.log10(np.where(values > 0, values, math.nan)))


def keys_of(frame: polars.DataFrame, group: str) -> NDArray[np.str_]:
    """Who each row belongs to, as text."""
    import polars as pl

    names = [pl.col(name).cast(pl.String).fill_null("") for name in TERMS[group]]
    whole = frame.select(pl.concat_str(names, separator=".")).to_series()
    found: NDArray[np.str_] = whole.to_numpy().astype(str)
    return found


def with_prediction(
    table: Flatfile, target: str, middle: Values, low: Values | None, high: Values | None, outside: Any
) -> Flatfile:
    """A flat-file with what a model says of each row."""
    import polars as pl

    observed = target_of(table.frame, target)

    def back(values: Values | None) -> pl.Series:
        if values is None:
            return pl.Series([None] * table.frame.height, dtype=pl.Float64)
        found = pl.Series(10**values if logged(target) else values)
        return found.fill_nan(None)

    frame = table.frame.with_columns(
        back(middle).alias("predicted"),
        back(low).alias("low"),
        back(high).alias("high"),
        pl.Series("observed", column(table.frame, target)).fill_nan(None),
        pl.Series("residual", observed - middle).fill_nan(None),
        pl.Series("out_of_domain", outside).cast(pl.Float64),
    )
    return Flatfile(frame, {**(table.extra or {}), **added(target)}, table.simulated)


def told(
    rows: int, validation: Sequence[Any] | Values, seed: int, history: Sequence[dict[str, float]]
) -> dict[str, Any]:
    """What weights say of how they were trained."""
    best = min(history, key=lambda row: row.get("valid_loss", row["loss"]))
    return {
        "examples": rows,
        "validation": len(validation),
        "seed": seed,
        "passes": len(history),
        "best": {name: round(value, 6) for name, value in best.items()},
    }
