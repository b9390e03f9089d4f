"""The operator `locate`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.groups import Groups
from seisdsl.data.table import Catalog, Table
from seisdsl.data.velocity import PublishedTimes, read_velocity
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import (
    BOOLEAN,
    NUMBER,
    TEXT,
    Frequency,
    Length,
    Probability,
    Range,
    Time,
    TimeRange,
    Type,
)
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Context, Facts, Operator, Unsuitable, Upstream, param
from seisdsl.operators.locate._episodes import Part, parts_of
from seisdsl.operators.locate._network import Around, Network, around, network_of
from seisdsl.operators.locate._velocity import ByVelocity

if TYPE_CHECKING:
    from seisdsl.language.types import TimeRange
    from seisdsl.methods.locate.envelopes import Envelopes
    from seisdsl.methods.locate.several import Source, Windows
    from seisdsl.methods.locate.tables import TravelTimes

LOWPASS = 0.2  # Hz
FEWEST = 4  # stations
SPREADS = 3.3  # standard deviations from the middle of a group, within which its source is looked for
AT_ONCE = 16  # parts located together
SPEED = 3.5  # km/s, of the waves whose amplitudes die away
KM = "km"

EXTRA = {
    "duration": Column(Type("Time"), "s", "between the first and the last time at half of its power"),
    "correlation": Column(NUMBER, help="how alike the envelopes are at the lags it predicts, 1 at most"),
    "semi_major": Column(Type("Length"), KM, "of the 95 % ellipse of the epicentre"),
    "semi_minor": Column(Type("Length"), KM),
    "azimuth": Column(Type("Angle"), "deg", "of the longer semi-axis, from north over east"),
    "depth_spread": Column(Type("Length"), KM, "one standard deviation"),
    "east_east": Column(NUMBER, help="covariance of the place, in square kilometres"),
    "east_north": Column(NUMBER),
    "north_north": Column(NUMBER),
    "east_depth": Column(NUMBER),
    "north_depth": Column(NUMBER),
    "depth_depth": Column(NUMBER),
    "edge": Column(BOOLEAN, help="whether it may lie outside of where it was looked for"),
    "group": Column(TEXT, help="the strongest group that it was located from"),
    "episode": Column(TEXT, help="the groups that are linked in time"),
}


class Locate(ByVelocity, Operator, name="locate"):
    """Locate tremor from the envelopes of a group's stations.

    Each episode of groups gives one location, or one in every `longest` where it lasts longer, from
    the stations of the group and those around it. A place is judged by the correlations of pairs of
    envelopes at the lags that it predicts, by the amplitudes, which fall with distance, by how far
    it is from the middle of the group, and by its depth: a grid first, then the gradient, then finer
    grids for how sure it is. Places are means of the posterior, and `quality` is the probability that
    the epicentre is within 10 km.

    Amplitudes count as they are recorded: `remove-response` first where instruments differ, and give
    `sites` where their gains are known. A source whose place may be outside of the grid is left out.
    Where earthquakes drown the envelopes, hardly more than the middle of the group is known:
    `where quality >= 0.3` leaves such sources out. Depth is hardly more than what `depth` says. Two
    sources in one group are told apart some 40 km apart; their amplitudes then count no more.
    """

    cite = (
        "Mizuno and Ide 2019, doi:10.1186/s40623-019-1022-x",
        "Ogiso and Yomogida 2021, doi:10.1186/s40623-021-01366-8",
        "VanDecar and Crosson 1990, doi:10.1785/BSSA0800010150",
    )
    example = "stream S-net | spectrogram | DiET | GrASP | locate"
    tags = ("tremor", "location", "envelope")
    streams = "waves"
    version = 2

    velocity: str = param("forearc", "a model of the standard library, or a file: a model or travel times")
    phase: Literal["P", "S"] = param("S", "the waves that the envelopes are of")
    band: Range[Frequency] = param("2..8Hz", "of the envelopes")
    longest: Time = param("300s", "of record for one location", at_least="60s", at_most="1800s")
    depth: Length = param("15km", "where sources are expected", at_least="0km", at_most="80km")
    depth_spread: Length = param("8km", "how far from there, one standard deviation", above="0km")
    place_spread: Length = param(
        "30km", "how far a source is from the middle of its group, one standard deviation", above="0km"
    )
    step: Length = param("4km", "of the grid", at_least="1km", at_most="20km")
    margin: Length = param(
        "60km", "around the group's stations, for the grid and other stations", above="0km"
    )
    apart: Length = param("120km", "the farthest pair of stations that counts", above="0km")
    alike: Probability = param(0.5, "the least correlation of a pair that counts", above=0, below=1)
    q: float = param(200.0, "quality factor: how amplitudes die away", above=0)
    time_spread: Time = param("0.7s", "by which the model's times are wrong", above="0s")
    site_spread: float = param(0.5, "by which amplitudes are wrong, natural logarithm", above=0)
    burst: float = param(
        2.5, "an envelope counts no higher than this times its running median, so that no earthquake rules",
        above=1,
    )  # fmt: skip
    shortest: Time = param("15s", "what lasts less is left out: an earthquake", at_least="0s")
    sources: int = param(2, "in one part of an episode, at most", at_least=1, at_most=4)
    edge: Literal["refuse", "keep"] = param("refuse", "what to do with sources at the side of the grid")

    def context(self, piped: Facts) -> Context:
        from seisdsl.methods.locate.envelopes import reach

        around = self.longest + reach((self.band.low, self.band.high), LOWPASS) + 2
        return Context(around, around)

    def facts(self, piped: Facts) -> Facts:
        if self.band.low <= 0 or self.band.low >= self.band.high:
            raise Unsuitable("a band begins above 0 Hz and ends above where it begins", parameter="band")
        return piped.but(rate=None, columns={**Catalog.COLUMNS, **EXTRA})

    def apply(self, groups: Groups, *, waves: Upstream[Waves], sites: Table | None = None) -> Catalog:
        if self.band.high > 0.45 * waves.rate:
            raise Unsuitable(
                f"waves sampled at {waves.rate:g} Hz hold nothing up to {self.band.high:g} Hz",
                parameter="band",
                repair=f"write band={self.band.low:g}..{0.4 * waves.rate:g}Hz",
            )
        from seisdsl.methods.locate.envelopes import envelopes

        rows: dict[str, list[Any]] = {}
        if parts := self.parts(groups, waves.span):
            network = network_of(waves, sites)
            placed = self.placed(parts, network)
            used = sorted({number for _, near in placed for number in near.numbers})
            made = envelopes(
                waves.samples, waves.mask, waves.rate, waves.start,
                [network.traces[number] for number in used],
                band=(self.band.low, self.band.high), lowpass=LOWPASS,
            )  # fmt: skip
            rows = self.located(placed, network, made, used)
        return Catalog.of(rows, extra=EXTRA, simulated=waves.simulated or groups.simulated)

    def parts(self, groups: Groups, time: TimeRange) -> list[Part]:
        """The parts of episodes that touch a time; groups are linked where they are not yet."""
        from seisdsl.methods.tremor.episodes import with_episodes

        if groups.frame["episode"].null_count():
            groups = with_episodes(groups)
        return parts_of(groups, time, self.longest) if len(groups) else []

    def placed(self, parts: list[Part], network: Network) -> list[tuple[Part, Around]]:
        """Those that enough stations are near to, with these stations."""
        farthest = SPREADS * self.place_spread / 1000
        near = ((part, around(part, network, self.margin / 1000, farthest)) for part in parts)
        return [(part, stations) for part, stations in near if len(stations.numbers) >= FEWEST]

    def located(
        self, placed: list[tuple[Part, Around]], network: Network, made: Envelopes, used: list[int]
    ) -> dict[str, list[Any]]:
        """Rows of the catalogue, from the envelopes of those stations of the network that are `used`."""
        from seisdsl.methods.locate.objective import Beliefs
        from seisdsl.methods.locate.several import Search, sources

        rows: dict[str, list[Any]] = defaultdict(list)
        row_of = {number: row for row, number in enumerate(used)}
        beliefs = Beliefs(
            self._times().to(made.values.device),
            damping=math.pi * math.sqrt(self.band.low * self.band.high) / (self.q * SPEED),
            time_spread=self.time_spread,
            amplitude_spread=self.site_spread,
            depth_spread=self.depth_spread / 1000,
            place_spread=self.place_spread / 1000,
        )
        search = Search(self.step / 1000, 5.0, self.apart / 1000, self.alike)
        for some in _alike(placed):
            windows = self._windows(some, network, made, row_of)
            for source in sources(windows, beliefs, search, self.sources):
                self._tell(source, some, rows)
        return rows

    def _times(self) -> TravelTimes:
        from seisdsl.methods.locate.tables import published_table, table_of

        model = read_velocity(self.velocity)
        if not isinstance(model, PublishedTimes):
            return table_of(model, self.phase)
        if self.phase not in model.times:
            raise Unsuitable(f"`{self.velocity}` tells no times of {self.phase}", parameter="phase")
        return published_table(model, self.phase)

    def _windows(
        self, some: list[tuple[Part, Around]], network: Network, made: Envelopes, row_of: dict[int, int]
    ) -> Windows:
        import torch

        from seisdsl.methods.locate.bursts import capped
        from seisdsl.methods.locate.several import Windows

        seconds = math.ceil(self.longest) + 1
        most = max(len(near.numbers) for _, near in some)
        device = made.values.device
        values = made.values.new_zeros(len(some), most, seconds)
        mask = torch.zeros_like(values, dtype=torch.bool)
        stations, sites = values.new_zeros(len(some), most, 3), values.new_zeros(len(some), most)
        for number, (part, near) in enumerate(some):
            many = len(near.numbers)
            first, last = _seconds(part)
            own = [row_of[station] for station in near.numbers]
            found, known = made.during(first, last - first)
            values[number, :many, : last - first], mask[number, :many, : last - first] = (
                found[own],
                known[own],
            )
            stations[number, :many] = near.places.to(device)
            sites[number, :many] = network.sites[list(near.numbers)].to(device)
        values = capped(values, mask, self.burst)
        half = values.new_tensor([[near.half, near.half] for _, near in some])
        depth = self.depth / 1000
        deepest = min(80.0, math.ceil((depth + 4 * self.depth_spread / 1000) / 10) * 10)
        low = torch.cat([-half, values.new_zeros(len(some), 1)], 1)
        high = torch.cat([half, values.new_full((len(some), 1), deepest)], 1)
        return Windows(values, mask, stations, sites, values.new_full((len(some),), depth), low, high)

    def _tell(self, source: Source, some: list[tuple[Part, Around]], rows: dict[str, list[Any]]) -> None:
        """The rows of a catalogue."""
        import torch

        from seisdsl.methods.locate.grid import to_degrees
        from seisdsl.methods.locate.posterior import ellipse

        parts = [some[number][0] for number in source.window.tolist()]
        found = source.found
        middle = found.mean.new_tensor([part.middle for part in parts])
        place = to_degrees(found.mean[:, :2], middle)
        axes = ellipse(found.covariance)
        keep = (source.stations >= FEWEST) & (source.last - source.first >= self.shortest)
        if self.edge == "refuse":
            keep &= ~found.at_edge
        spread = found.covariance
        columns = {
            "latitude": place[:, 0], "longitude": place[:, 1], "depth": found.mean[:, 2],
            "quality": found.near.clamp(0, 1), "stations": source.stations,
            "duration": source.last - source.first, "correlation": found.correlation,
            "semi_major": axes[0], "semi_minor": axes[1], "azimuth": axes[2],
            "depth_spread": spread[:, 2, 2].sqrt(), "edge": found.at_edge,
            "east_east": spread[:, 0, 0], "east_north": spread[:, 0, 1], "north_north": spread[:, 1, 1],
            "east_depth": spread[:, 0, 2], "north_depth": spread[:, 1, 2], "depth_depth": spread[:, 2, 2],
        }  # fmt: skip
        for name, values in columns.items():
            rows[name] += torch.as_tensor(values)[keep].tolist()
        kept = [part for part, good in zip(parts, keep.tolist(), strict=True) if good]
        begins = source.first[keep].tolist()
        rows["time"] += [
            (_seconds(part)[0] + round(begin)) * NS for part, begin in zip(kept, begins, strict=True)
        ]
        rows["kind"] += ["tremor"] * len(kept)
        rows["group"] += [part.group for part in kept]
        rows["episode"] += [part.episode for part in kept]


def _seconds(part: Part) -> tuple[int, int]:
    """The whole seconds of UTC that a part has, half-open."""
    return -(-part.time.start // NS), -(-part.time.end // NS)


def _alike(placed: list[tuple[Part, Around]]) -> Iterator[list[tuple[Part, Around]]]:
    """Some at a time, with grids of one size."""
    by_size: dict[float, list[tuple[Part, Around]]] = defaultdict(list)
    for part, near in placed:
        by_size[near.half].append((part, near))
    for same in by_size.values():
        for first in range(0, len(same), AT_ONCE):
            yield same[first : first + AT_ONCE]
