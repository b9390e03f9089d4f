"""The operator `envelope-correlation`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import INTEGER, NUMBER, Frequency, Length, Probability, Range, Time, Type
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.locate._network import network_of
from seisdsl.operators.locate._velocity import ByVelocity
from seisdsl.operators.tremor._measured import times_of

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.locate.envelopes import Envelopes
    from seisdsl.methods.tremor.ecm import Network, Source

LOWPASS = 0.2  # Hz
DEEPEST = 60.0  # km
TOGETHER = 30.0, 30.0  # seconds and km within which sources of windows that overlap are one
QUAKE = 60.0, 50.0  # seconds and km within which a source is the earthquake of a catalogue
CODA = 100.0  # km within which it is the earthquake's coda
KM = "km"
EXTRA = {
    "duration": Column(Type("Time"), "s", "between the first and the last time at half of its power"),
    "correlation": Column(NUMBER, help="mean of the pairs' at the lags that the place predicts"),
    "pairs": Column(INTEGER, help="pairs of stations that count"),
    "residual": Column(Type("Time"), "s", "root mean square of the pairs' lags"),
    "semi_major": Column(Type("Length"), KM, "of the 95 % ellipse of the epicentre, by jackknife"),
    "semi_minor": Column(Type("Length"), KM),
    "azimuth": Column(Type("Angle"), "deg", "of the longer semi-axis, from north over east"),
    "depth_spread": Column(Type("Length"), KM, "one standard deviation"),
    "east_east": Column(NUMBER, help="covariance of the epicentre, in square kilometres"),
    "east_north": Column(NUMBER),
    "north_north": Column(NUMBER),
}


@dataclass(frozen=True)
class Candidate:
    source: Source
    window: int  # the first second of its window
    latitude: float
    longitude: float

    @property
    def time(self) -> float:
        return self.window + self.source.first

    @property
    def lasts(self) -> float:
        return self.source.last - self.source.first

    @property
    def rank(self) -> tuple[float, int]:
        return self.source.strength, -self.window


class EnvelopeCorrelation(ByVelocity, Operator, name="envelope-correlation"):
    """Find tremor by how alike the envelopes of stations are, and locate it by their lags.

    The conventional way, and the one to compare others with. In windows that overlap by half, pairs
    of stations count whose envelopes are alike at a lag that a source may have; a source is where
    most of them are in step, by a grid at one depth and then the gradient, and how sure it is comes
    from leaving out each station in turn. Left out are sources at the edge of the grid, shorter than
    `shortest`, with lags off by more than `residual`, and those of the catalogue `earthquakes`: near
    one in time and place, or within 100 km while its coda lasts, by its magnitude.

    It does not know tremor from earthquakes: without `earthquakes` and `shortest` it reports those
    too. Tremor whose envelopes differ from station to station, or that fewer than four stations hear,
    it cannot see, nor two sources less than some 100 km apart.
    """

    version = 2
    cite = (
        "Obara 2002, doi:10.1126/science.1070378",
        "Mizuno and Ide 2019, doi:10.1186/s40623-019-1022-x",
        "Lee, Bennett and Meagher 1972, U.S. Geological Survey Open-File Report 72-223",
    )
    example = (
        "simulate two-events | envelope-correlation window=60s alike=50% pairs=3 shortest=0s residual=5s"
    )
    tags = ("tremor", "detection", "location", "envelope")

    band: Range[Frequency] = param("2..8Hz", "of the envelopes")
    window: Time = param("300s", "of record in which sources are looked for", at_least="60s", at_most="1800s")
    alike: Probability = param(0.6, "the least correlation of a pair that counts", above=0, below=1)
    pairs: int = param(10, "of stations that a source needs", at_least=1)
    stations: int = param(4, "that a source needs", at_least=3)
    apart: Length = param("120km", "the farthest pair of stations", above="0km")
    sources: int = param(3, "in one window, at most", at_least=1, at_most=10)
    shortest: Time = param("20s", "duration of a tremor; earthquakes are shorter", at_least="0s")
    residual: Time = param("2s", "by which lags may be off, root mean square", above="0s")
    steepness: float | None = param(
        None, "leave out what has power that falls by less than this power of frequency; earthquakes do"
    )
    velocity: str = param("forearc", "a model of the standard library, or a file: a model or travel times")
    depth: Length = param("15km", "where sources are expected", at_least="0km", at_most="60km")
    depth_spread: Length = param("8km", "how far from there, one standard deviation", above="0km")
    step: Length = param("8km", "of the grid", at_least="1km", at_most="20km")
    margin: Length = param("60km", "of the grid around the stations", above="0km")

    def context(self, piped: Facts) -> Context:
        """Each source is compared with those of the windows that its own overlaps."""
        from seisdsl.methods.locate.envelopes import reach

        around = 2 * self.window + reach((self.band.low, self.band.high), LOWPASS) + 2
        if self.steepness is not None:
            from seisdsl.methods.tremor.energy import AROUND, BLOCK, SETTLES

            around += AROUND + 2 * BLOCK + SETTLES + 10
        return Context(around, around)

    def facts(self, piped: Facts) -> Facts:
        if not 0 < self.band.low < self.band.high:
            raise Unsuitable("a band begins above 0 Hz and ends above where it begins", parameter="band")
        if piped.rate:
            self._check_rate(piped.rate)
        return piped.but(rate=None, columns={**Catalog.COLUMNS, **EXTRA})

    def _check_rate(self, rate: float) -> None:
        if self.band.high > 0.45 * rate:
            raise Unsuitable(
                f"waves sampled at {rate:g} Hz hold nothing up to {self.band.high:g} Hz",
                parameter="band",
                repair=f"write band={self.band.low:g}..{0.4 * rate:g}Hz",
            )

    def apply(self, waves: Waves, *, earthquakes: Catalog | None = None) -> Catalog:
        rows: dict[str, list[Any]] = defaultdict(list)
        if waves.channels and waves.length:
            self._check_rate(waves.rate)
            for one in once(one for one in self._found(waves) if not _is_quake(one, earthquakes)):
                _tell(one, rows)
        return Catalog.of(rows, extra=EXTRA, simulated=waves.simulated)

    def _found(self, waves: Waves) -> list[Candidate]:
        from seisdsl.methods.locate.envelopes import envelopes

        network = network_of(waves, None)
        made = envelopes(
            waves.samples, waves.mask, waves.rate, waves.start, network.traces,
            band=(self.band.low, self.band.high), lowpass=LOWPASS,
        )  # fmt: skip
        places = network.places.to(waves.samples.device)
        return self.candidates(made, places, self._steepness(waves, network.traces))

    def candidates(
        self, made: Envelopes, places: Tensor, falls: Callable[[int, Source], bool]
    ) -> list[Candidate]:
        """The sources of all windows of envelopes of stations at these degrees and km, screened."""
        import torch

        from seisdsl.methods.locate.grid import to_degrees, to_local

        origin = torch.stack([places[:, 0].mean(), places[:, 1].median()])
        local = torch.cat([to_local(places[:, 0], places[:, 1], origin), places[:, 2:]], 1)
        look = self._network(local)
        found = []
        for start, source in self._of_windows(made, look):
            good = source.residual <= self.residual and source.last - source.first >= self.shortest
            if good and not source.at_edge and falls(start, source):
                latitude, longitude = to_degrees(source.place[:2], origin).tolist()
                found.append(Candidate(source, start, latitude, longitude))
        return found

    def _of_windows(self, made: Envelopes, look: Network) -> list[tuple[int, Source]]:
        length = round(self.window)
        hop = max(1, length // 2)
        found = []
        first, last = made.start, made.start + made.values.shape[-1]
        for start in range(-(-(first - length + 1) // hop) * hop, last, hop):
            values, mask = made.during(start, length)
            found += [(start, source) for source in look.sources(values, mask)]
        return found

    def _network(self, local: Tensor) -> Network:
        import torch

        from seisdsl.methods.locate.objective import Beliefs
        from seisdsl.methods.locate.tables import TravelTimes
        from seisdsl.methods.tremor.ecm import Network, Search

        margin = self.margin / 1000
        low, high = local.amin(0) - margin, local.amax(0) + margin
        low[2], high[2] = 0.0, DEEPEST
        times = TravelTimes(times_of(self.velocity).slowness.to(local))  # in double precision
        beliefs = Beliefs(times, damping=0.0, depth_spread=self.depth_spread / 1000, by_amplitudes=False)
        search = Search(
            local, low, high, beliefs, self.depth / 1000, self.apart / 1000, self.alike, self.pairs, self.stations,
            self.step / 1000, self.sources,
        )  # fmt: skip
        with torch.no_grad():
            return Network(search)

    def _steepness(self, waves: Waves, traces: Any) -> Any:
        """Whether the spectrum of a source falls as that of tremor does."""
        import torch

        from seisdsl.methods.tremor.band_power import band_power
        from seisdsl.methods.tremor.energy import motion
        from seisdsl.methods.tremor.spectra import exponent
        from seisdsl.operators.tremor._measured import bands_of

        if self.steepness is None:
            return lambda start, source: True
        band = (self.band.low, self.band.high)
        power = band_power(
            waves.samples, waves.mask, waves.rate, waves.start, traces, band=band, bands=bands_of(band)
        )
        most = -self.steepness

        def falls(start: int, source: Source) -> bool:
            begin, end = (
                ((start + edge + source.arrivals) * NS).round().long()[None]
                for edge in (source.first, source.last)
            )
            seen = motion(power, begin, end)
            return bool(torch.as_tensor(exponent(seen, source.used[None], power.middles)[0] <= most))

        return falls


def once(found: Iterable[Candidate]) -> list[Candidate]:
    """Of sources of windows that overlap, those that no better one tells of again."""
    every = list(found)
    return [one for one in every if not any(_one(one, other) and other.rank > one.rank for other in every)]


def _one(one: Candidate, other: Candidate) -> bool:
    """Whether two are the same source, seen in windows that overlap."""
    if one is other or one.window == other.window:
        return False
    apart = max(one.time, other.time) - min(one.time + one.lasts, other.time + other.lasts)
    return apart <= TOGETHER[0] and _kilometres(one, other.latitude, other.longitude) <= TOGETHER[1]


def _kilometres(one: Candidate, latitude: float, longitude: float) -> float:
    east = ((longitude - one.longitude + 180) % 360 - 180) * math.cos(math.radians(one.latitude))
    return 111.2 * math.hypot(latitude - one.latitude, east)


def _is_quake(one: Candidate, earthquakes: Catalog | None) -> bool:
    if earthquakes is None:
        return False
    frame = earthquakes.frame.drop_nulls(["time", "latitude", "longitude"])
    later = one.time - frame["time"].to_physical() / NS
    coda = 10.0 ** ((frame["magnitude"] + 0.87) / 2)  # seconds, Lee et al. 1972
    near = (later.abs() <= QUAKE[0]).fill_null(False)
    rings = ((later >= 0) & (later <= coda)).fill_null(False)
    return any(
        _kilometres(one, latitude, longitude) <= (CODA if rang else QUAKE[1])
        for latitude, longitude, rang in frame.select("latitude", "longitude")
        .with_columns(rang=rings)
        .filter(near | rings)
        .rows()
    )


def _tell(one: Candidate, rows: dict[str, list[Any]]) -> None:
    """The row of a catalogue."""
    from seisdsl.methods.locate.posterior import ellipse

    source = one.source
    axes = [float(values) for values in ellipse(source.covariance[None])]
    spread = source.covariance
    told = {
        "time": round(one.time) * NS, "latitude": one.latitude, "longitude": one.longitude,
        "depth": float(source.place[2]), "kind": "tremor", "quality": min(max(source.correlation, 0.0), 1.0),
        "stations": int(source.used.sum()), "duration": one.lasts, "correlation": source.correlation,
        "pairs": source.pairs, "residual": source.residual, "semi_major": axes[0], "semi_minor": axes[1],
        "azimuth": axes[2], "depth_spread": float(spread[2, 2].clamp(min=0).sqrt()),
        "east_east": float(spread[0, 0]), "east_north": float(spread[0, 1]),
        "north_north": float(spread[1, 1]),
    }  # fmt: skip
    for name, value in told.items():
        rows[name].append(value)
