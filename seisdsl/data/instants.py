"""Times as files write them, to integer nanoseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seisdsl.language.values import EARLIEST, LATEST

if TYPE_CHECKING:
    import polars

DATE_PATTERN = (
    r"^\s*(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<part>\d*))?)?)?"
    r"\s*(?:Z|z|UTC|GMT|(?P<sign>[+-])(?P<ahead>\d{2}):?(?P<minutes>\d{2}))?\s*$"
)
EPOCH_PATTERN = r"^\s*(?P<whole>\d{9,10})(?:\.(?P<rest>\d*))?\s*$"


def nanoseconds(text: polars.Expr) -> polars.Expr:
    """ISO 8601 dates and times, in UTC where no zone is named, or seconds since 1970; null for others."""
    import polars as pl

    date = text.str.extract_groups(DATE_PATTERN)
    part = {name: date.struct.field(name) for name in ("year", "month", "day", "hour", "minute", "second")}
    padded = [
        part["year"],
        part["month"].str.zfill(2),
        part["day"].str.zfill(2),
        *(part[name].fill_null("00").str.zfill(2) for name in ("hour", "minute", "second")),
    ]
    written = pl.format("{}-{}-{} {}:{}:{}", *padded)
    whole = written.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    sign = pl.when(date.struct.field("sign") == "-").then(-1).otherwise(1)
    ahead = [date.struct.field(name).cast(pl.Int64).fill_null(0) for name in ("ahead", "minutes")]
    seconds = whole.dt.timestamp("us") // 1_000_000 - sign * (ahead[0] * 3600 + ahead[1] * 60)
    epoch = text.str.extract_groups(EPOCH_PATTERN)
    seconds = pl.coalesce(seconds, epoch.struct.field("whole").cast(pl.Int64))
    fraction = pl.coalesce(date.struct.field("part"), epoch.struct.field("rest")).fill_null("")
    below = fraction.str.slice(0, 9).str.pad_end(9, "0").cast(pl.Int64)
    earliest, latest = EARLIEST // 1_000_000_000, LATEST // 1_000_000_000
    return pl.when(seconds.is_between(earliest, latest, "left")).then(seconds * 1_000_000_000 + below)
