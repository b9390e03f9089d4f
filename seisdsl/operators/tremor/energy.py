"""The operator `energy`."""

from __future__ import annotations

from typing import Any

from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import INTEGER, NUMBER, Density, Frequency, Length, Range, Time, Type, Velocity
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Context, Facts, Operator, Unsuitable, Upstream, param
from seisdsl.operators.locate._velocity import ByVelocity
from seisdsl.operators.tremor._measured import Looked, events_of, measured, nothing

EXTRA = {
    "duration": Column(Type("Time"), "s", "between the first and the last time at half of its power"),
    "energy": Column(Type("Energy"), "J", "radiated as S waves"),
    "energy_log": Column(NUMBER, help="its logarithm to base 10"),
    "energy_spread": Column(NUMBER, help="of its stations' logarithms, one standard deviation"),
    "energy_stations": Column(INTEGER, help="stations that it is the median of"),
    "quiet_stations": Column(INTEGER, help="near enough too, but no louder than their noise"),
}


class Energy(ByVelocity, Operator, name="energy"):
    """Radiated energy of each event, from the waves at the stations around it.

    Squared ground velocity of all components, less that of noise before and after, is integrated
    while S waves pass (the event's `duration`, with a `margin` on either side), corrected for
    distance, attenuation band by band, free surface and site, and the median over stations is taken.
    An event whose `duration` is not known is given the half-value width of its stacked power.
    `magnitude` becomes that of an earthquake that radiates as much (log10 E = 1.5 M + 4.8).

    It is the energy within `band`, unless `corner` says of which spectrum it is a part. A station
    that is no louder than its noise is left out and counted; the energy of an event that few stations
    hear is too large for that, and one of fewer than `fewest` has none. Q and site gains that are
    wrong go into it whole: waves that sediments trap may make it ten times too large. Waves are in
    m/s. An event that lasts beyond `longest`, or is beyond the time of the waves, has no energy.
    """

    cite = (
        "Gutenberg and Richter 1956, Bulletin of the Seismological Society of America 46, 105-145",
        "Aki and Richards 2002, Quantitative Seismology, 2nd edition, University Science Books",
        "Anderson and Hough 1984, Bulletin of the Seismological Society of America 74, 1969-1993",
    )
    example = (
        "let wave = simulate two-events\n"
        "wave | envelope-correlation window=60s alike=50% pairs=3 shortest=0s residual=5s\n"
        "  | energy waves=wave margin=5s"
    )
    tags = ("tremor", "energy", "magnitude")
    streams = "waves"

    band: Range[Frequency] = param("2..8Hz", "in which energy is measured")
    density: Density = param("2700kg/m^3", "of the rock", above="0kg/m^3")
    speed: Velocity = param("3500m/s", "of S waves", above="0m/s")
    q: float = param(200.0, "quality factor of S waves at 1 Hz", above=0)
    q_grows: float = param(0.0, "Q grows with this power of frequency", at_least=0, at_most=1.5)
    q_spread: float = param(
        0.3,
        "by what part Q may be wrong: stations near and far tell; 0 takes it as it is",
        at_least=0,
        at_most=2,
    )
    kappa: Time = param(
        "0s", "attenuation under each station: amplitude falls by exp(-pi f kappa)", at_least="0s"
    )
    surface: float = param(
        2.0, "by how much the surface enlarges waves; 1 where `sites` says it", at_least=1, at_most=2
    )
    corner: Frequency | None = param(
        None, "corner of Brune's spectrum; energy beyond the band is then added", above="0Hz"
    )
    near: Length = param("10km", "the nearest station that counts, from the source", at_least="0km")
    far: Length = param("80km", "the farthest", above="near")
    fewest: int = param(3, "stations that an energy is the median of, at least", at_least=1)
    margin: Time = param("30s", "of record that counts before the duration and after it", at_least="0s")
    longest: Time = param("600s", "duration", at_least="10s", at_most="3600s")
    depth: Length = param("15km", "of an event of which none is known", at_least="0km")
    velocity: str = param("forearc", "a model of the standard library, or a file: a model or travel times")

    @property
    def _how(self) -> Looked:
        band = (self.band.low, self.band.high)
        far = self.far / 1000
        return Looked(band, self.velocity, self.depth / 1000, self.margin, self.longest, far)

    def context(self, piped: Facts) -> Context:
        return Context(*self._how.around)

    def facts(self, piped: Facts) -> Facts:
        if not 0 < self.band.low < self.band.high:
            raise Unsuitable("a band begins above 0 Hz and ends above where it begins", parameter="band")
        return piped.but(columns={**Catalog.COLUMNS, **(piped.columns or {}), **EXTRA})

    def apply(self, catalog: Catalog, *, waves: Upstream[Waves], sites: Table | None = None) -> Catalog:
        catalog, events = events_of(catalog, waves, self.depth / 1000)
        columns: dict[str, list[Any]] = {name: [None] * len(catalog) for name in EXTRA}
        if "duration" in catalog.frame.columns:
            columns["duration"] = catalog.frame["duration"].to_list()
        if events.rows and waves.channels:
            self._measure(columns, events, waves, sites)
        return _with(catalog, columns, waves.simulated)

    def _measure(self, columns: dict[str, list[Any]], events: Any, waves: Waves, sites: Table | None) -> None:
        from seisdsl.methods.tremor.energy import Medium, energies, in_band

        medium = Medium(self.density, self.speed, self.q, self.q_grows, self.kappa, self.surface)
        part = in_band(self.corner, (self.band.low, self.band.high)) if self.corner else 1.0
        network, power, found = measured(events, waves, sites, self._how)
        gains = network.sites.to(power.values.device)
        for some in found:
            told = energies(
                some.motion, 1000 * some.distance, gains, power.middles, medium,
                near=self.near, far=self.far, fewest=self.fewest, q_spread=self.q_spread,
            )  # fmt: skip
            joules = 10**told.log10 / part
            values = {
                "duration": nothing(some.duration), "energy": nothing(joules),
                "energy_log": nothing(joules.log10()), "energy_spread": nothing(told.spread),
                "energy_stations": told.stations.tolist(), "quiet_stations": told.quiet.tolist(),
            }  # fmt: skip
            for name, column in values.items():
                for row, value in zip(some.rows, column, strict=True):
                    columns[name][row] = value


def _with(catalog: Catalog, columns: dict[str, list[Any]], simulated: bool) -> Catalog:
    import polars as pl

    from seisdsl.data.table import stored

    frame = catalog.frame.with_columns(
        pl.Series(name, values, dtype=stored(EXTRA[name].type)) for name, values in columns.items()
    )
    as_large = (pl.col("energy_log") - 4.8) / 1.5
    frame = frame.with_columns(magnitude=pl.coalesce(as_large, "magnitude"))
    return Catalog(frame, {**(catalog.extra or {}), **EXTRA}, catalog.simulated or simulated)
