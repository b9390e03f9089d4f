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
    "confidence": Column(PROBABILITY, help="that two months of event-free noise have nothing as sure"),
    "false_alarms": Column(NUMBER, help="a year, of event-free noise with this confidence or more"),
}
_CLEAR = 3.0  # errors by which the steady motion must stand out, to tell its azimuth
_CONVINCED = 0.05  # chance below which a site is counted


@dataclass
class Found:
    """Events in order of onset, by day since `first`."""

    first: int
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


def kinks_of(how: SlowSlip, test: str, values: Tensor, mask: Tensor, members: Tensor) -> Kinks:
    """The candidates of all stacks, judged by a test."""
    import torch

    from seisdsl.methods.displacement import slow_slip

    stack = slow_slip.stacked(values, mask, members)
    everyone = members if how.by == "stack" else torch.ones_like(members)
    judge = slow_slip.set_back if test == "step" else slow_slip.candidates
    half, merge = how.half / 86400, how.merge / 86400
    return judge(
        _bends(how, values, mask, members, stack), stack, values, mask, everyone, merge, half, SHORTEST
    )


def _bends(
    how: SlowSlip, values: Tensor, mask: Tensor, members: Tensor, stack: tuple[Tensor, Tensor]
) -> Tensor:
    """[stack, day]: of the trends in which kinks are looked for."""
    import torch

    from seisdsl.methods.displacement import trend_filter
    from seisdsl.methods.displacement.cleaning import scatter

    if how.by == "group":
        noise = scatter(values, mask).clamp_min(1e-6)[:, None]
        together = trend_filter.together(values / noise, mask, how.penalty or 12.0)[1]
        return together.sum(0, keepdim=True)
    if how.by == "master":
        row = int(members[0].argmax())
        one = values[row : row + 1], mask[row : row + 1].double()
        return trend_filter.filtered(*one, torch.tensor([how.penalty or 3.0]))[1]
    penalties = torch.tensor(PENALTIES)
    penalty = torch.tensor([how.penalty]) if how.penalty else trend_filter.by_mallows(*stack, penalties)
    return trend_filter.filtered(*stack, penalty)[1]


def found_in(how: SlowSlip, series: Series) -> Found:
    from seisdsl.methods.displacement.slow_slip import harmonic
    from seisdsl.operators.displacement._event_free import judged

    first, values, mask = along(how, series)
    members = members_of(how, series)
    if how.by == "aic":
        return _by_steps(how, first, values, mask)
    kinks = kinks_of(how, how.test, values, mask, members)
    if how.by == "master" and how.test == "slope":
        confidence = 1 - harmonic(kinks.chance)
        rate = confidence * math.nan
    else:
        kinks, confidence, rate = judged(how, kinks, values, mask, members)
    kept = (confidence >= how.confidence) & ((~kinks.chance.isnan()).sum(1) >= how.fewest)
    return _told(first, values, mask, kinks, kept, confidence, rate, series)


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
    return Found(first, *picked)


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
    return Found(first, unknown, unknown, unknown, sites, day, unknown, torch.stack([unknown, unknown], -1))


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
