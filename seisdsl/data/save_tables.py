"""Tables as CSV, Parquet and JSON. Times are UTC, numbers stay in the unit of their column."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.data.origin import made
from seisdsl.data.series import Series
from seisdsl.data.table import Table
from seisdsl.language.types import BOOLEAN, DATE, TEXT
from seisdsl.language.types import ColumnOf as Column

if TYPE_CHECKING:
    import polars

_FORMULA = r"^'*[=+\-@\t\r\n]"  # how a cell begins that a spreadsheet would run, guarded already or not


def _marked(table: Table) -> polars.DataFrame:
    """The frame without a number that is not finite; where it is simulated, every row says so."""
    import polars
    import polars.selectors as cs

    numbers = cs.float()
    frame = table.frame.with_columns(polars.when(numbers.is_finite()).then(numbers))
    return frame.with_columns(polars.lit(True).alias("simulated")) if table.simulated else frame


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
    names = {name: "'" + name for name in frame.columns if re.match(_FORMULA, name)}
    frame.with_columns(guarded).rename(names).write_csv(path)


def about(table: Table) -> dict[str, Any]:
    """What a reader must know of the columns."""
    columns = {
        name: {"type": str(column.type), "unit": column.unit, "help": column.help}
        for name, column in table.columns.items()
        if name in table.frame.columns
    }
    return {"kind": type(table).__name__, "simulated": table.simulated, "columns": columns, **made()}


def write_parquet(table: Table, path: Path) -> None:
    _marked(table).write_parquet(path, metadata={"seisdsl": json.dumps(about(table))})


def write_json(table: Table, path: Path) -> None:
    rows = list(_in_words(table).iter_rows(named=True))
    text = json.dumps({**about(table), "rows": rows}, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".csv": write_csv, ".parquet": write_parquet, ".json": write_json
}  # fmt: skip


def write_series(series: Series, path: Path, ending: str) -> None:
    """A row for each site and epoch; in CSV the units stand in the names of the columns."""
    table = series.to_table()
    if ending == ".csv":
        named = {name: f"{name} [{c.unit}]" for name, c in table.columns.items() if c.unit}
        table = Table(table.frame.rename(named), simulated=table.simulated)
    WRITERS[ending](table, path)


def read_series(path: str) -> Series:
    """A series as `save` wrote it, or a CSV of the same columns."""
    from seisdsl.data.catalogues import form_of
    from seisdsl.data.series_table import series_of
    from seisdsl.data.tables_read import fitted, read_parquet
    from seisdsl.data.typed import Layout

    if form_of(path) == "parquet":
        return series_of(read_parquet(path))
    ours = {"time": Column(DATE), "site": Column(TEXT), "simulated": Column(BOOLEAN), "step": Column(TEXT)}
    known = {"time": ("time", "date", "epoch"), "site": ("site", "station"), "step": ("step",)}
    layout = Layout(path, ours, {**known, "simulated": ("simulated",)}, ("time", "site"))
    extra = {place.name: place.column for place in layout.places if place.name != "simulated"}
    return series_of(fitted(layout.frame(), Table, extra))
