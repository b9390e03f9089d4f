"""Trajectories fitted to series, evaluated at epochs, and told as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seisdsl.data.series import Series, Step
from seisdsl.data.trajectory import PLACE, Fitted, Trajectory
from seisdsl.language.types import INTEGER, TimeRange, Type
from seisdsl.language.types import ColumnOf as Column
from seisdsl.operators.displacement._days import DAY, interval, off_steps, steps_by_site

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.displacement.design import Terms


@dataclass(frozen=True)
class How:
    """What to fit."""

    degree: int = 1
    harmonics: tuple[float, ...] = (1.0, 2.0)
    decays: tuple[str, ...] = ()
    constants: tuple[float, ...] = ()  # days; searched for where there are none
    shared: bool = True
    since: int | None = None
    weighted: bool = True
    coloured: bool = True
    intervals: bool = False  # whether those of time constants are wanted


def fit(series: Series, how: How, only: TimeRange | None = None) -> Fitted:
    """Fit all sites at once; `only` is the time whose data are used."""
    import torch

    from seisdsl.methods.displacement import regression
    from seisdsl.methods.displacement.constants import dictionary, intervals, searched
    from seisdsl.methods.displacement.design import Terms, columns

    used = series if only is None else series.within(only)
    origin = int(used.epochs[0]) // DAY * DAY
    since = how.since if how.since is not None else int(used.epochs[0])
    steps = series.steps
    if how.decays and since > int(used.epochs[0]) + DAY:
        steps = tuple(sorted({*steps, *(Step(since, site.name, "the event") for site in series.sites)}))
    mask = off_steps(used, steps)
    days = (used.epochs - origin).double() / DAY
    values = used.values.double().masked_fill(~mask, 0)
    weights = regression.weights_of(
        mask, used.sigma.double() if how.weighted and used.sigma is not None else None
    )
    terms = Terms(
        how.degree,
        how.harmonics,
        steps_by_site(series, steps, origin),
        how.decays,
        None,
        (since - origin) / DAY,
    )
    between = None
    constants = torch.zeros(len(series.sites), len(how.decays), dtype=torch.float64)
    if how.constants:
        constants = torch.tensor(how.constants, dtype=torch.float64).expand(len(series.sites), -1)
    elif how.decays:
        every = max(1, round(interval(used) / DAY))
        known = dictionary(days, values, weights, terms, every, how.coloured)
        best = searched(known, terms, how.shared)
        constants = best.best.exp()
        between = intervals(known, best, terms, how.shared).exp() if how.intervals else None
    terms = Terms(terms.degree, terms.harmonics, terms.steps, terms.decays, constants, terms.since)
    made = columns(days, terms)
    found = regression.fitted(made, values, weights)
    left = values - regression.predicted(made, found.values)
    white, flicker, covariance = _noise(used, days, made, weights, mask, left, found, how.coloured)
    return Fitted(
        series.sites, series.components, series.unit, origin, since, how.degree, how.harmonics, steps,
        how.decays, constants, found.values.masked_fill(~found.known[..., None], 0), covariance, found.known,
        found.rms, white, flicker, TimeRange(int(used.epochs[0]), int(used.epochs[-1]) + 1), interval(used),
        between,
    )  # fmt: skip


def _noise(
    used: Series,
    days: Tensor,
    made: Tensor,
    weights: Tensor,
    mask: Tensor,
    left: Tensor,
    found: Any,
    coloured: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    """White and flicker noise of the residuals, and the covariance of what was fitted."""
    import torch

    from seisdsl.methods.displacement import regression

    whole = days.floor()
    once = bool((whole.diff() > 0).all())
    if coloured and once and len(days) > 2:
        at = (whole - whole[0]).long()
        grid = left.new_zeros(*left.shape[:2], int(at[-1]) + 1)
        there = torch.zeros(grid.shape, dtype=torch.bool)
        grid[..., at], there[..., at] = left, mask
        white, flicker = regression.noise(grid, there, every=max(1, round(interval(used) / DAY)))
        return white, flicker, regression.covariance(made, weights, found, whole, white, flicker)
    freedom = (mask.sum(-1) - made.shape[-1]).clamp_min(1)
    white = ((left * mask) ** 2 * weights).sum(-1).div(freedom).sqrt()
    return white, torch.zeros_like(white), found.inverse * white[..., None, None] ** 2


def terms_of(fitted: Fitted) -> Terms:
    from seisdsl.methods.displacement.design import Terms

    steps = steps_by_site(fitted, fitted.steps, fitted.origin)  # type: ignore[arg-type]
    since = (fitted.since - fitted.origin) / DAY
    return Terms(fitted.degree, fitted.harmonics, steps, fitted.decays, fitted.constants, since)


def columns_at(fitted: Fitted, epochs: Tensor) -> Tensor:
    from seisdsl.methods.displacement.design import columns

    return columns((epochs - fitted.origin).double() / DAY, terms_of(fitted))


def value_at(fitted: Fitted, epochs: Tensor, only: tuple[str, ...] = ()) -> Tensor:
    """[site, component, epoch]; of some columns alone where they are named."""
    from seisdsl.methods.displacement.regression import predicted

    made = columns_at(fitted, epochs)
    values = fitted.values
    if only:
        names = terms_of(fitted).names
        own = [at for at, name in enumerate(names) if name.startswith(only)]
        made, values = made[..., own], values[..., own]
    return predicted(made, values)


def trajectory_of(fitted: Fitted, series: Series) -> Trajectory:
    """The table: amplitudes with one standard deviation each."""
    import torch

    names = terms_of(fitted).names
    error = fitted.covariance.diagonal(dim1=-2, dim2=-1).clamp_min(0).sqrt()
    seasons = [f"{'annual' if cycles == 1 else 'semi_annual' if cycles == 2 else f'season_{cycles:g}'}"
               for cycles in fitted.harmonics]  # fmt: skip
    decays = [f"{kind}_{number + 1}_time" for number, kind in enumerate(fitted.decays)]
    rows: list[dict[str, Any]] = []
    recorded = series.mask
    for s, site in enumerate(fitted.sites):
        for c, component in enumerate(fitted.components):
            if not bool(fitted.known[s, c]):
                continue
            times = series.epochs[recorded[s, c]]
            row: dict[str, Any] = {
                "site": site.name, "component": component, "latitude": site.latitude, "longitude": site.longitude,
                "first": int(times[0]), "last": int(times[-1]), "days": int(recorded[s, c].sum()),
                "rms": float(fitted.rms[s, c]), "white": float(fitted.white[s, c]),
                "flicker": float(fitted.flicker[s, c]),
            }  # fmt: skip
            for at, name in enumerate(names):
                if not name.startswith(("cosine", "sine")) and float(error[s, c, at]) > 0:
                    row[name], row[f"{name}_error"] = float(fitted.values[s, c, at]), float(error[s, c, at])
            for number, season in enumerate(seasons):
                at = fitted.degree + 1 + 2 * number
                row[season] = float(torch.linalg.vector_norm(fitted.values[s, c, at : at + 2]))
            for number, name in enumerate(decays):
                row[name] = float(fitted.constants[s, number])
                if fitted.between is not None:
                    ends = fitted.between[s, number].tolist()
                    row[f"{name}_low"], row[f"{name}_high"] = (
                        end if 0 < end < float("inf") else None for end in ends
                    )
            rows.append(row)
    wanted = [name for name in names if not name.startswith(("cosine", "sine"))]
    own = {"site": PLACE["site"], "component": PLACE["component"]}
    extra: dict[str, Column] = {}
    for name in sorted(wanted, key=lambda name: name != "rate"):
        unit = {"rate": f"{fitted.unit}/yr", "acceleration": f"{fitted.unit}/yr^2"}.get(name, fitted.unit)
        extra |= {name: _measure(unit), f"{name}_error": _measure(unit)}
    extra |= {season: _measure(fitted.unit) for season in seasons}
    for name in decays:
        extra[name] = Column(Type("Time"), "d")
        if fitted.between is not None:
            told = "end of its 95 % interval; empty where the data set none"
            extra |= {f"{name}_{end}": Column(Type("Time"), "d", told) for end in ("low", "high")}
    extra |= dict.fromkeys(("rms", "white"), _measure(fitted.unit))
    extra["flicker"] = Column(_measure(fitted.unit).type, fitted.unit, "times year^-1/4")
    extra = {**own, **extra, "days": Column(INTEGER, help="epochs that were fitted"), **PLACE, **own}
    cells = {name: [row.get(name) for row in rows] for name in extra}
    return Trajectory.of(cells, extra=extra, simulated=series.simulated, model=fitted)


def _measure(unit: str) -> Column:
    from seisdsl.data.series_table import measure

    return measure(unit)
