"""Slow slip in series: along which motion, in which stacks, and how sure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.series import Series
from seisdsl.data.table import Catalog
from seisdsl.language.types import NUMBER, PROBABILITY, Type
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement._days import DAY, daily

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.displacement.slow_slip import Kinks
    from seisdsl.operators.displacement.slow_slip import SlowSlip

SHORTEST = 3.0  # days of a line
PENALTIES = (3.0, 5.0, 8.0, 12.0, 20.0)
EXTRA = {
    "duration": Column(Type("Time"), "s", "until the motion goes on"),
    "amplitude": Column(
        Type("Length"), "mm", "lost against the steady motion, mean of the sites by their noise"
    ),
    "confidence": Column(PROBABILITY, help="one less the chance of as much in event-free noise"),
    "false_alarms": Column(NUMBER, help="a year, of event-free noise with this confidence or more"),
}
_CLEAR = 3.0  # errors by which the steady motion must stand out, to tell its azimuth
_CONVINCED = 0.05  # chance below which a site is counted


@dataclass
class Found:
    """Events in order of onset, by day since `first`."""

    first: int
    kinks: Kinks | None
    confidence: Tensor
    rate: Tensor
    amplitude: Tensor
    sites: Tensor
    onset: Tensor
    end: Tensor
    place: Tensor


def along(how: SlowSlip, series: Series) -> tuple[int, Tensor, Tensor]:
    """The first day, and [site, day] millimetres along the steady motion with their mask."""
    import torch

    first, values, mask, _ = daily(series)
    east, north = (series.components.index(name) for name in ("east", "north"))
    mask = mask[:, east] & mask[:, north]
    azimuth = how.azimuth if how.azimuth is not None else _azimuth(series)
    moved = values[:, east] * math.sin(azimuth) + values[:, north] * math.cos(azimuth)
    enough = mask.sum(1) > 10
    if not bool(enough.any()):
        raise Unsuitable("no site has positions on more than ten days")
    mask = mask & enough[:, None]
    # about the middle of each site, for precision
    middle = torch.nanmedian(moved.masked_fill(~mask, float("nan")), dim=1, keepdim=True).values.nan_to_num(
        0.0
    )
    return first, (moved - middle).masked_fill(~mask, 0), mask


def _azimuth(series: Series) -> float:
    """Of the mean rate of all sites."""
    from seisdsl.operators.displacement._model import How, fit

    fitted = fit(series, How(1, ()))
    rows = [series.components.index(name) for name in ("east", "north")]
    known = fitted.known[:, rows].all(1)
    rate = fitted.values[known][:, rows, 1].mean(0)
    error = fitted.covariance[known][:, rows][..., 1, 1].mean(0).sqrt()
    if not len(rate) or float((rate.square().sum()).sqrt()) < _CLEAR * float(error.square().sum().sqrt()):
        raise Unsuitable(
            "no steady motion stands out, so nothing says which way slow slip goes",
            parameter="azimuth",
            notes=["residuals have lost it: name the azimuth of the plate's motion"],
            repair="write for instance `azimuth=305deg`",
        )
    return math.atan2(float(rate[0]), float(rate[1]))


def members_of(how: SlowSlip, series: Series) -> Tensor:
    """[stack, site]: which sites are in which stack."""
    import torch

    count = len(series.sites)
    if how.by == "master":
        names = [site.name for site in series.sites]
        return torch.nn.functional.one_hot(
            torch.tensor([names.index(how.master or names[0])]), count
        ).double()
    if how.neighbours is None or how.by in ("group", "aic"):
        return torch.ones(1, count, dtype=torch.float64)
    if any(site.latitude is None or site.longitude is None for site in series.sites):
        raise Unsuitable("sites without a place have no neighbours", parameter="neighbours")
    place = torch.tensor([(s.latitude, s.longitude) for s in series.sites], dtype=torch.float64).deg2rad()
    north = place[:, None, 0] - place[None, :, 0]
    east = (place[:, None, 1] - place[None, :, 1]) * place[:, 0].mean().cos()
    away = 6371e3 * (north**2 + east**2).sqrt()
    near: Tensor = torch.unique((away <= how.neighbours).double(), dim=0)
    return near


def kinks_of(how: SlowSlip, values: Tensor, mask: Tensor, members: Tensor) -> Kinks:
    """The candidates of all stacks."""
    import torch

    from seisdsl.methods.displacement import slow_slip, trend_filter
    from seisdsl.methods.displacement.cleaning import scatter

    half, merge = how.half / 86400, how.merge / 86400
    everyone = torch.ones_like(members)
    if how.by == "group":
        noise = scatter(values, mask).clamp_min(1e-6)[:, None]
        _, bends = trend_filter.together(values / noise, mask, how.penalty or 12.0)
        bends = bends.sum(0, keepdim=True)
        stack = slow_slip.stacked(values, mask, members)
    elif how.by == "master":
        row = int(members[0].argmax())
        penalty = torch.tensor([how.penalty or 3.0])
        stack = values[row : row + 1], mask[row : row + 1].double()
        _, bends = trend_filter.filtered(*stack, penalty)
    else:
        stack = slow_slip.stacked(values, mask, members)
        penalties = torch.tensor(PENALTIES)
        penalty = torch.tensor([how.penalty]) if how.penalty else trend_filter.by_mallows(*stack, penalties)
        _, bends = trend_filter.filtered(*stack, penalty)
        everyone = members
    return slow_slip.candidates(bends, stack, values, mask, everyone, merge, half, SHORTEST)


def combined(how: SlowSlip, kinks: Kinks) -> Tensor:
    """The chances of all sites as one number, which is the smaller the surer an event is."""
    from seisdsl.methods.displacement import slow_slip

    ways = {"stouffer": slow_slip.stouffer, "cauchy": slow_slip.cauchy, "harmonic": slow_slip.harmonic}
    return ways[how.combine](kinks.chance)


def found_in(how: SlowSlip, series: Series) -> Found:
    import torch

    from seisdsl.methods.displacement import slow_slip

    first, values, mask = along(how, series)
    members = members_of(how, series)
    if how.by == "aic":
        return _by_steps(how, first, values, mask)
    kinks = kinks_of(how, values, mask, members)
    years = values.shape[1] / 365.25
    if how.by == "master":
        score = slow_slip.harmonic(kinks.chance)
        confidence, rate = 1 - score, torch.full_like(score, float("nan"))
    else:
        score = combined(how, kinks)
        null = torch.cat(
            [_without_events(how, values, mask, members, number) for number in range(how.rounds)]
        )
        more = (null[None] <= score[:, None]).sum(1)
        confidence = 1 - more / (len(null) + 1)
        rate = more / (how.rounds * years)
    judged = (~kinks.chance.isnan()).sum(1)
    kept = (confidence >= how.confidence) & (judged >= how.fewest)
    kept &= ~_surer_beside(kinks, score, kept, how.merge / 86400)
    return _told(first, values, mask, kinks, kept, confidence, rate, series)


def _without_events(how: SlowSlip, values: Tensor, mask: Tensor, members: Tensor, number: int) -> Tensor:
    """Scores of the kinks of noise alone, as the sites have it."""
    import torch

    from seisdsl.methods.displacement.cleaning import scatter
    from seisdsl.methods.displacement.regression import noise
    from seisdsl.methods.simulate.displacement import coloured

    chance = torch.Generator().manual_seed(how.seed * 1000 + number)
    white = scatter(values, mask)
    drawn = torch.randn(values.shape, generator=chance, dtype=torch.float64)
    made = white[:, None] * drawn
    if how.noise == "measured":
        white, flicker = noise(_flat(values, mask), mask)
        more = torch.randn(values.shape, generator=chance, dtype=torch.float64)
        made = white[:, None] * drawn + flicker[:, None] * coloured(more)
    kinks = kinks_of(how, made.masked_fill(~mask, 0), mask, members)
    return combined(how, kinks)


def _flat(values: Tensor, mask: Tensor) -> Tensor:
    """Without a line through each site."""
    import torch

    from seisdsl.methods.displacement.regression import fitted, predicted

    day = torch.arange(values.shape[1], dtype=torch.float64) / values.shape[1]
    columns = torch.stack([torch.ones_like(day), day], -1).expand(len(values), -1, -1)
    found = fitted(columns, values[:, None], mask[:, None].double())
    return (values - predicted(columns, found.values)[:, 0]).masked_fill(~mask, 0)


def _surer_beside(kinks: Kinks, score: Tensor, kept: Tensor, within: float) -> Tensor:
    """Candidates of another stack at the same time that are surer."""
    near = (kinks.onset[:, None] - kinks.onset[None]).abs() <= within
    number = score.argsort(stable=True).argsort()
    other = near & kept[None] & (number[None] < number[:, None]) & (kinks.stack[:, None] != kinks.stack[None])
    return other.any(1)


def _told(
    first: int,
    values: Tensor,
    mask: Tensor,
    kinks: Kinks,
    kept: Tensor,
    confidence: Tensor,
    rate: Tensor,
    series: Series,
) -> Found:
    import torch

    from seisdsl.methods.displacement.cleaning import scatter

    weight = (~kinks.chance.isnan()) / scatter(values, mask).clamp_min(1e-6)[None] ** 2
    amplitude = (weight * kinks.slowed).sum(1) / weight.sum(1).clamp_min(1e-12)
    sites = (kinks.chance < _CONVINCED).sum(1)
    place = torch.tensor(
        [[math.nan if at is None else at for at in (site.latitude, site.longitude)] for site in series.sites],
        dtype=torch.float64,
    )
    share = weight * kinks.slowed.clamp_min(0) * ~place.isnan().any(1)
    middle = share @ place.nan_to_num(0.0) / share.sum(1, keepdim=True)
    order = kinks.onset[kept].argsort(stable=True)
    picked = [
        part[kept][order] for part in (confidence, rate, amplitude, sites, kinks.onset, kinks.end, middle)
    ]
    return Found(first, kinks, *picked)


def _by_steps(how: SlowSlip, first: int, values: Tensor, mask: Tensor) -> Found:
    """Days on which the criterion, added up over sites, falls by the threshold and more than beside."""
    import torch

    from seisdsl.methods.displacement import slow_slip
    from seisdsl.methods.displacement.cleaning import peaks

    half = round(how.half / 86400)
    fall = slow_slip.step_evidence(values, mask, half).sum(0, keepdim=True)
    day = peaks(fall, how.threshold, max(2, half // 2))[0].nonzero()[:, 0].double()
    unknown = torch.full_like(day, float("nan"))
    sites = mask.any(1).sum().expand(len(day))
    return Found(
        first, None, unknown, unknown, unknown, sites, day, unknown, torch.stack([unknown, unknown], -1)
    )


def catalog_of(found: Found, series: Series) -> Catalog:
    def cells(values: Any, factor: float = 1.0) -> list[float | None]:
        return [None if math.isnan(value) else value * factor for value in values.tolist()]

    time = [round((found.first + onset + 0.5) * DAY) for onset in found.onset.tolist()]
    rows = {
        "time": time,
        "latitude": cells(found.place[:, 0]),
        "longitude": cells(found.place[:, 1]),
        "kind": ["slow-slip"] * len(time),
        "quality": cells(found.confidence),
        "stations": found.sites.tolist(),
        "duration": cells(found.end - found.onset, 86400.0),
        "amplitude": cells(found.amplitude),
        "confidence": cells(found.confidence),
        "false_alarms": cells(found.rate),
    }
    return Catalog.of(rows, extra=EXTRA, simulated=series.simulated)
