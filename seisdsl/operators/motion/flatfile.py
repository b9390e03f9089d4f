"""The operator `flatfile`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seisdsl.data.catalogues import digests
from seisdsl.data.motion import Flatfile, Motion
from seisdsl.data.parts import first, matching
from seisdsl.data.table import Catalog
from seisdsl.language.types import ColumnOf, InputFile
from seisdsl.operator import Facts, Files, Operator, Unsuitable, param
from seisdsl.operators.motion._windows import event_names

if TYPE_CHECKING:
    import polars

SITE_NAMES = {
    "network": ("network", "net"),
    "station": ("station", "station_code", "sta", "site", "code"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
    "elevation": ("elevation", "height"),
    "vs30": ("vs30", "avs30"),
    "d1400": ("d1400",),
}
_OWN = ("vs30", "d1400")
TILE = 2**22  # pairs of a record and an event at once


class MakeFlatfile(Operator, name="flatfile"):
    """Join motions with their events and sites: one row for each event and station, for models.

    A motion that names its event, as those of `ground-motion events=` do, is joined with it. Any other
    is of the event whose waves can come while its record lasts; of several the strongest is taken and
    the row is flagged `several events`. Records that no event explains are left out with a warning.
    Adds origin, magnitude, distances and the azimuth of the epicentre from the station; the time
    becomes the origin time. `sites` is a CSV with a column `station` and further ones, such as `vs30`
    in m/s and `d1400` in m: all of its columns are joined to each row.
    """

    example = (
        "let wave = simulate-accelerograms events=2 stations=4\n"
        "wave | ground-motion periods=[1s] | flatfile events=(wave | truth) | show"
    )
    tags = ("strong motion", "flat-file")
    version = 2

    sites: InputFile | None = param(None, "a CSV of what is known of the sites")

    def files(self) -> Files:
        if self.sites is None:
            return Files()
        found = matching(self.sites)
        return Files(tuple(found), () if found else (self.sites,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(matching(self.sites)) if self.sites else {}

    def facts(self, piped: Facts) -> Facts:
        if piped.columns is None:
            return Facts(simulated=piped.simulated)
        more = self._site_columns() if self.sites and matching(self.sites) else {}
        return piped.but(rate=None, columns={**Flatfile.COLUMNS, **piped.columns, **more})

    def _site_columns(self) -> dict[str, ColumnOf]:
        extra = self._layout().extra
        return {name: column for name, column in extra.items() if name not in Flatfile.COLUMNS}

    def _layout(self) -> Any:
        from seisdsl.data.typed import Layout

        ours = {name: Flatfile.COLUMNS[name] for name in SITE_NAMES}
        return Layout(self.sites or "", ours, SITE_NAMES, ("station",))

    def apply(self, motion: Motion, *, events: Catalog) -> Flatfile:
        import numpy as np
        import polars as pl

        if not len(events) and len(motion):
            raise Unsuitable("there is no event to join the motions with", parameter="events")
        frame = motion.frame.with_columns(
            pl.col("network", "location").fill_null(""), flag=pl.col("flag").fill_null("")
        )
        frame = self._with_sites(frame) if self.sites else frame
        lacking = frame.filter(pl.any_horizontal(pl.col("latitude", "longitude").is_null()))
        if lacking.height:
            names = ", ".join(first(lacking["station"].unique(maintain_order=True).to_list()))
            raise Unsuitable(
                f"nobody says where these stations are: {names}",
                notes=["`read` takes `stations=`, and a file of `sites` may have latitude and longitude"],
            )
        number, many = self._events_of(frame, events)
        if lost := int((number < 0).sum()):
            warnings.warn(
                f"{lost:,} of {len(frame):,} records hold no event of the catalogue: left out", stacklevel=2
            )
        flag = pl.concat_str(
            pl.col("flag").replace("", None), pl.Series("many", many), separator=", ", ignore_nulls=True
        )
        frame = frame.with_columns(flag.alias("flag")).filter(pl.Series(number >= 0))
        joined = self._joined(frame, events, np.asarray(number[number >= 0]))
        extra = {**(motion.extra or {}), **(self._site_columns() if self.sites else {})}
        wanted = [*Flatfile.COLUMNS, *extra]
        return Flatfile(joined.select(wanted), extra, motion.simulated or events.simulated)

    def _events_of(self, frame: polars.DataFrame, events: Catalog) -> tuple[Any, list[str | None]]:
        import numpy as np

        from seisdsl.methods.motion.geometry import epicentral
        from seisdsl.methods.motion.joining import events_of

        base = events.frame["time"].to_physical().min() or 0
        start = (frame["time"].to_physical().to_numpy() - base) / 1e9
        origin = (events.frame["time"].to_physical().to_numpy() - base) / 1e9
        seconds = frame["duration"].fill_null(0).to_numpy()
        place = [events.frame[name].to_numpy() for name in ("latitude", "longitude")]
        magnitude = events.frame["magnitude"].to_numpy()
        depth = events.frame["depth"].fill_null(0).to_numpy()
        numbers, many = [], []
        tile = max(1, TILE // max(len(events), 1))
        for at in range(0, len(frame), tile):
            here = slice(at, at + tile)
            own = [frame[name].to_numpy()[here, None] for name in ("latitude", "longitude")]
            far = epicentral(*own, *place)
            number, count = events_of(start[here], seconds[here], far, origin, magnitude, depth)
            numbers.append(number)
            many += ["several events" if one > 1 else None for one in count.tolist()]
        guessed = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
        said = {name: row for row, name in enumerate(event_names(events))}
        called = frame["event"].to_list()
        told = np.array([-1 if name is None else said.get(name, -1) for name in called], np.int64)
        named = np.array([name is not None for name in called], bool)
        many = [None if known else said for known, said in zip(named.tolist(), many, strict=True)]
        return np.where(named, told, guessed), many

    def _joined(self, frame: polars.DataFrame, events: Catalog, number: Any) -> polars.DataFrame:
        import polars as pl

        from seisdsl.methods.motion.geometry import azimuth, epicentral, hypocentral

        of = events.frame[number.tolist()]
        own = (frame["latitude"].to_numpy(), frame["longitude"].to_numpy())
        source = (of["latitude"].to_numpy(), of["longitude"].to_numpy())
        along = epicentral(own[0], own[1], source[0], source[1])
        depth = of["depth"].fill_null(0).to_numpy()
        kind = of["kind"]
        made = frame.with_columns(
            event_names(events)[number.tolist()].alias("event"),
            of["time"],
            of["latitude"].alias("event_latitude"),
            of["longitude"].alias("event_longitude"),
            of["depth"],
            of["magnitude"],
            kind.replace("earthquake", None).alias("kind"),
            pl.Series("epicentral", along),
            pl.Series("distance", hypocentral(along, depth)),
            pl.Series("azimuth", azimuth(own[0], own[1], source[0], source[1])),
        )
        empty = [name for name in _OWN if name not in made.columns]
        return made.with_columns(pl.lit(None, pl.Float64).alias(name) for name in empty)

    def _with_sites(self, frame: polars.DataFrame) -> polars.DataFrame:
        """Each row with what its site's row says; places that the records know stay."""
        import polars as pl

        layout = self._layout()
        sites = layout.frame()
        keys = ["network", "station"] if "network" in sites.columns else ["station"]
        twice = sites.filter(sites.select(keys).is_duplicated())
        if twice.unique(subset=keys).height and twice.unique().height > twice.unique(subset=keys).height:
            raise Unsuitable(
                f"{self.sites} says two things of {twice['station'][0]}",
                parameter="sites",
            )
        sites = sites.unique(subset=keys)
        unknown = frame.join(sites, on=keys, how="anti")["station"].unique(maintain_order=True).to_list()
        if unknown:
            warnings.warn(f"{self.sites} says nothing of {', '.join(first(unknown, 5))}", stacklevel=3)
        shared = [name for name in sites.columns if name in frame.columns and name not in keys]
        joined = frame.join(sites, on=keys, how="left", suffix=" of site", maintain_order="left")
        merged = [pl.coalesce(name, f"{name} of site").alias(name) for name in shared]
        return joined.with_columns(merged).drop(f"{name} of site" for name in shared)
