"""Tables as CSV, Parquet and JSON. Times are UTC, numbers stay in the unit of their column."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.data.table import Table

if TYPE_CHECKING:
    import polars

_FORMULA = r"^[=+\-@\t\r]"  # how a cell begins that a spreadsheet would run


def _marked(table: Table) -> polars.DataFrame:
    """The frame; where it is simulated, every row says so."""
    import polars

    return table.frame.with_columns(polars.lit(True).alias("simulated")) if table.simulated else table.frame


def _in_words(table: Table) -> polars.DataFrame:
    """The marked frame with times as ISO 8601, as many decimals as they need."""
    import polars
    import polars.selectors as cs

    return _marked(table).with_columns(
        cs.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"), cs.duration().cast(polars.Int64)
    )


def write_csv(table: Table, path: Path) -> None:
    """A text that a spreadsheet would take for a formula gets a quote before it."""
    import polars

    frame = _in_words(table)
    texts = [name for name, of in frame.schema.items() if of == polars.String]
    guarded = [
        polars.when(polars.col(name).str.contains(_FORMULA))
        .then("'" + polars.col(name))
        .otherwise(polars.col(name))
        .alias(name)
        for name in texts
    ]
    frame.with_columns(guarded).write_csv(path)


def about(table: Table) -> dict[str, Any]:
    """What a reader must know of the columns."""
    columns = {
        name: {"type": str(column.type), "unit": column.unit, "help": column.help}
        for name, column in table.columns.items()
        if name in table.frame.columns
    }
    return {"kind": type(table).__name__, "simulated": table.simulated, "columns": columns}


def write_parquet(table: Table, path: Path) -> None:
    _marked(table).write_parquet(path, metadata={"seisdsl": json.dumps(about(table))})


def write_json(table: Table, path: Path) -> None:
    rows = [
        {name: _plain(cell) for name, cell in row.items()} for row in _in_words(table).iter_rows(named=True)
    ]
    text = json.dumps({**about(table), "rows": rows}, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _plain(cell: Any) -> Any:
    """JSON has no NaN and no infinity."""
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".csv": write_csv, ".parquet": write_parquet, ".json": write_json
}  # fmt: skip
