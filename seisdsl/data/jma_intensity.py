"""Measured seismic intensities as the JMA's bulletin lists them: events, observations and stations.

Every coordinate is DD.MM, degrees and minutes: 42.4145 is 42 degrees 41.45 minutes.
"""

from __future__ import annotations

import gzip
import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl.data.motion import Flatfile
from seisdsl.data.tables_read import fitted
from seisdsl.language.types import INTEGER
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np
    import polars
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

EVENTS, OBSERVED, STATIONS = "shingen", "kansoku", "code_p.dat"
EXTRA = {"year": Column(INTEGER, help="of the event; the lists tell no time")}
_YEAR = re.compile(r"(shingen|kansoku)(\d{4})\.csv(\.gz)?")


def degrees(values: Values) -> Values:
    """Degrees of coordinates written DD.MM: what stands behind the point are minutes, by 100."""
    import numpy as np

    whole = np.trunc(values)
    found: Values = whole + (values - whole) * 100 / 60
    return found


def years(folder: str) -> dict[int, dict[str, Path]]:
    """The files of each year that has both events and observations."""
    found: dict[int, dict[str, Path]] = {}
    for path in sorted(Path(folder).iterdir()) if Path(folder).is_dir() else []:
        if match := _YEAR.fullmatch(path.name):
            found.setdefault(int(match[2]), {})[match[1]] = path
    return {year: files for year, files in found.items() if len(files) == 2}


def station_names(folder: str) -> dict[tuple[int, int], str]:
    """The code of the station at a place in whole minutes; the first of those that share one."""
    path, found = Path(folder) / STATIONS, dict[tuple[int, int], str]()
    if not path.is_file():
        return {}
    for line in path.read_bytes().split(b"\n"):
        cells = line.rstrip(b"\r").split(b"\t")
        if len(cells) >= 4 and cells[0].isdigit() and cells[2].isdigit() and cells[3].isdigit():
            found.setdefault((int(cells[2]), int(cells[3])), cells[0].decode())
    return found


def read_intensities(folder: str, wanted: Iterable[int] | None = None) -> Flatfile:
    """Observations with their events; a place is a station, named by its code where that is known.

    Places are in whole minutes: instruments that share one are one station, with a row each.
    """
    import polars as pl

    there = years(folder)
    chosen = sorted(there if wanted is None else set(wanted) & set(there))
    if not chosen:
        raise Unsuitable(
            f"{folder} holds no year of intensities",
            parameter="folder",
            notes=["a year is two files, such as shingen2005.csv.gz and kansoku2005.csv.gz"],
        )
    frame = pl.concat([_year(there[year]).with_columns(year=pl.lit(year)) for year in chosen])
    names = station_names(folder)
    places = frame.select("lat", "lon").unique(maintain_order=True)
    codes = [_code(names, *place) for place in places.rows()]
    frame = frame.join(
        places.with_columns(station=pl.Series(codes, dtype=pl.String)),
        on=["lat", "lon"],
        maintain_order="left",
    )
    return _table(frame)


def _year(files: Mapping[str, Path]) -> polars.DataFrame:
    """Each observation with its event; where the event is not listed it is left out."""
    events = _read(files[EVENTS], ["number", "observations", "event_lat", "event_lon", "depth", "magnitude"])
    seen = _read(files[OBSERVED], ["number", "lat", "lon", "intensity", "scale"])
    joined = seen.join(events, on="number", maintain_order="left")
    if lost := seen.height - joined.height:
        warnings.warn(f"{files[OBSERVED]}: {lost:,} observations are of no listed event", stacklevel=3)
    return joined


def _read(path: Path, names: list[str]) -> polars.DataFrame:
    import polars as pl

    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        schema = {name: pl.Int64 if name == "number" else pl.Float64 for name in names}
        return pl.read_csv(content, has_header=False, schema=schema)
    except (pl.exceptions.PolarsError, OSError, EOFError) as error:
        reason = (str(error) or "it is empty").splitlines()[0]
        raise Unsuitable(f"{path} is no list of intensities", parameter="folder", notes=[reason]) from None


def _code(names: Mapping[tuple[int, int], str], latitude: float, longitude: float) -> str:
    place = round(latitude * 100), round(longitude * 100)
    return names.get(place, f"{place[0]:04d}N{place[1]:05d}E")


def _table(frame: polars.DataFrame) -> Flatfile:
    import polars as pl

    from seisdsl.methods.motion.geometry import azimuth, epicentral, hypocentral

    lat, lon, event_lat, event_lon = (
        degrees(frame[name].to_numpy()) for name in ("lat", "lon", "event_lat", "event_lon")
    )
    along = epicentral(lat, lon, event_lat, event_lon)
    made = frame.select(
        pl.col("number").cast(pl.String).alias("event"),
        pl.lit("JMA").alias("network"),
        "station",
        pl.Series("latitude", lat),
        pl.Series("longitude", lon),
        pl.Series("distance", hypocentral(along, frame["depth"].to_numpy())),
        "intensity",
        pl.Series("event_latitude", event_lat),
        pl.Series("event_longitude", event_lon),
        "depth",
        pl.when(pl.col("magnitude") != 0).then("magnitude"),
        pl.Series("epicentral", along),
        pl.Series("azimuth", azimuth(lat, lon, event_lat, event_lon)),
        pl.col("year").cast(pl.Int64),
    )
    return fitted(made, Flatfile, EXTRA)
