from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from seisdsl.data.groups import Groups
from seisdsl.data.scores import Scores
from seisdsl.language.types import Length
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.data.waves import Channel

KM = 1000.0


class GrASP(Operator, name="GrASP"):
    """Group the stations that see one tremor, window by window, by how sure each is of it.

    The probability falls away from a source, so that several tremors at once are several hills over
    the network. Stations are joined to their neighbours, over dead ones too; each climbs to its
    highest neighbour, and two hills are one where the lower stands out of the pass between them by
    less than `prominence`. It works on log-odds, because probabilities near one keep no order. `rule`
    offers plainer ways to compare with.

    `locate` and `link-groups` join the groups of windows that follow one another into episodes.
    Sources nearer than some 80 km are one group; one outside of the network gives a group at its
    edge. Where a storm raises all scores, one group spans the network. The name and the purpose are
    published; the rule is this project's own.
    """

    cite = (
        "National Institute of Advanced Industrial Science and Technology and Tohoku University 2025, "
        "press release of 4 June",
        "Chazal, Guibas, Oudot and Skraba 2013, doi:10.1145/2535927",
    )
    example = "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:05Z | spectrogram | DiET | GrASP | show"
    tags = ("tremor", "association", "graph", "flagship")

    of: str = param("tremor", "the class to group by")
    rule: Literal["persistence", "components", "louvain", "dbscan"] = param(
        "persistence", "how stations are grouped"
    )
    prominence: float = param(
        1.0, "log-odds by which a hill stands out of the pass to a higher one", at_least=0
    )
    odds: float = param(0.0, "log-odds from which a station takes part; 0 is a probability of one half")
    fewest: int = param(3, "stations of a group, at least", at_least=2)
    strength: float = param(3.0, "sum of the log-odds of a group's stations, at least")
    farthest: Length = param("70km", "between neighbours: about twice the spacing of the network", above="0m")
    nearest: int = param(4, "neighbours that a station has at least, where they are near enough", at_least=1)
    smoothing: Length = param("30km", "over which half of a station's log-odds are averaged", above="0m")

    def context(self, piped: Facts) -> Context:
        return Context()

    def facts(self, piped: Facts) -> Facts:
        return piped.but(rate=None)

    def apply(self, scores: Scores) -> Groups:
        from seisdsl.methods.tremor.graph import network
        from seisdsl.methods.tremor.groups import Grouping, grouped, log_odds

        of = self._class(scores)
        stations = _stations(scores)
        if not stations or not scores.windows:
            return Groups.of({}, simulated=scores.simulated)
        odds, judged = _by_station(log_odds(scores.logits.detach().double(), of), scores.mask, stations)
        places = network([c.latitude for c in stations], [c.longitude for c in stations])
        how = Grouping(
            self.rule, self.farthest / KM, self.smoothing / KM, self.odds, self.prominence, self.fewest,
            self.nearest,
        )  # fmt: skip
        found = grouped(odds.T, judged.T, places, how)
        return self._table(scores, list(stations), odds.T.cpu(), found.cpu())

    def _class(self, scores: Scores) -> int:
        if self.of not in scores.classes:
            raise Unsuitable(
                f"the scores have no class `{self.of}`",
                parameter="of",
                notes=["there are: " + ", ".join(scores.classes)],
            )
        if len(scores.classes) < 2:
            raise Unsuitable(f"scores of `{self.of}` alone cannot be weighed against anything")
        return scores.classes.index(self.of)

    def _table(self, scores: Scores, stations: list[Channel], odds: Tensor, group: Tensor) -> Groups:
        from seisdsl.data.accounts import iso

        rows: dict[str, list[Any]] = {name: [] for name in Groups.COLUMNS}
        for window in (group >= 0).any(1).nonzero()[:, 0].tolist():
            time = scores.time_of(window)
            members: dict[int, list[int]] = {}
            for number, peak in enumerate(group[window].tolist()):
                members.setdefault(peak, []).append(number)
            own = odds[window].tolist()
            for peak, numbers in members.items():
                strength = math.fsum(own[number] for number in numbers)
                if peak < 0 or strength < self.strength:
                    continue
                seed = max(numbers, key=lambda number: own[number])
                name = f"{iso(time)} {stations[seed].network}.{stations[seed].station}"
                for number in numbers:
                    station = stations[number]
                    row = (
                        time, scores.window, name, None, station.network, station.station, station.latitude,
                        station.longitude, station.elevation, own[number], number == seed, strength,
                    )  # fmt: skip
                    for column, value in zip(rows.values(), row, strict=True):
                        column.append(value)
        return Groups.of(rows, simulated=scores.simulated)


def _stations(scores: Scores) -> dict[Channel, list[int]]:
    """The instruments of each station, in order of their names."""
    lacking = [c for c in scores.channels if c.latitude is None or c.longitude is None]
    if lacking:
        names = ", ".join(f"{c.network}.{c.station}" for c in lacking[:5])
        raise Unsuitable(
            f"where {names}{' and others' if len(lacking) > 5 else ''} stand is not known",
            repair='name them in the source: stations = "stations.csv"',
        )
    found: dict[tuple[str, str], list[int]] = {}
    for number in sorted(range(len(scores.channels)), key=lambda n: scores.channels[n].id):
        channel = scores.channels[number]
        found.setdefault((channel.network, channel.station), []).append(number)
    return {scores.channels[numbers[0]]: numbers for numbers in found.values()}


def _by_station(odds: Tensor, mask: Tensor, stations: dict[Channel, list[int]]) -> tuple[Tensor, Tensor]:
    """The mean of a station's instruments that were judged, and whether there is one."""
    import torch

    mask = mask & odds.isfinite()
    odds = odds.masked_fill(~mask, 0)
    total = torch.stack([odds[numbers].sum(0) for numbers in stations.values()])
    count = torch.stack([mask[numbers].sum(0) for numbers in stations.values()])
    return total / count.clamp(min=1), count > 0
