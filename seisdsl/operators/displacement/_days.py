"""Epochs of series as days, steps by site, and what the operators of displacement refuse alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seisdsl.data.series import Series, Step
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor

DAY = 86_400_000_000_000


def interval(series: Series) -> int:
    """The usual time between epochs, in nanoseconds; a day where there is one epoch."""
    steps = series.epochs.diff()
    return int(steps.median()) if len(steps) else DAY


def refuse_empty(series: Series, word: str, fewest: int = 1) -> None:
    """Refuse series that have positions at too few epochs."""
    known = int(series.mask.any(0).any(0).sum()) if len(series.sites) else 0
    if known < fewest:
        raise Unsuitable(
            f"`{word}` needs {fewest} {'epoch' if fewest == 1 else 'epochs'} or more with positions, "
            f"and these series have {known or 'none'}",
            notes=["look at what is piped: `| show`"],
        )


def refuse_not_mm(series: Series, word: str) -> None:
    if series.unit != "mm":
        raise Unsuitable(f"`{word}` reads millimetres, and these series are in {series.unit or 'no unit'}")


def refuse_not_daily(series: Series, word: str) -> None:
    """Refuse series that do not come once a day."""
    usual = interval(series)
    days = series.epochs // DAY
    if len(days) > 1 and not bool((days.diff() > 0).all()):
        raise Unsuitable(
            f"`{word}` reads one position a day, and here several epochs are of one day",
            notes=[f"one epoch each {usual / 3.6e12:g} h"],
            repair="put `daily` before it",
        )
    if len(days) > 1 and usual > 1.5 * DAY:
        raise Unsuitable(f"`{word}` reads one position a day, and these come each {usual / DAY:g} days")


def daily(series: Series) -> tuple[int, Tensor, Tensor, Tensor | None]:
    """The first day, and values, mask and errors on every day since: [site, component, day]."""
    import torch

    days = series.epochs // DAY
    first = int(days[0])
    at = days - first
    shape = (*series.values.shape[:2], int(at[-1]) + 1)
    values = torch.zeros(shape, dtype=torch.float64, device=series.values.device)
    mask = torch.zeros(shape, dtype=torch.bool, device=values.device)
    values[..., at], mask[..., at] = series.values.double(), series.mask
    sigma = None
    if series.sigma is not None:
        sigma = torch.zeros_like(values)
        sigma[..., at] = series.sigma.double()
    return first, values, mask, sigma


def steps_by_site(series: Series, steps: tuple[Step, ...], origin: int) -> Tensor:
    """[site, most] days since the origin, infinite where a site has fewer; one for each day."""
    import torch

    rows = []
    for site in series.sites:
        days = sorted({step.time // DAY * DAY for step in steps if step.site == site.name})
        rows.append([(day - origin) / DAY for day in days])
    most = max(map(len, rows), default=0)
    padded = [row + [float("inf")] * (most - len(row)) for row in rows]
    return torch.tensor(padded, dtype=torch.float64, device=series.values.device).view(len(rows), most)


def off_steps(series: Series, steps: tuple[Step, ...]) -> Tensor:
    """The mask without the days of steps: a position of such a day is neither before nor after."""
    import torch

    mask = series.mask.clone()
    if interval(series) < 0.9 * DAY:
        return mask
    days = series.epochs // DAY
    rows = {site.name: row for row, site in enumerate(series.sites)}
    for step in steps:
        if step.site in rows:
            at = torch.searchsorted(days, torch.tensor(step.time // DAY))
            if at < len(days) and days[at] == step.time // DAY:
                mask[rows[step.site], :, at] = False
    return mask


def without(series: Series, out: Tensor) -> Series:
    """The series with more gaps."""
    mask = series.mask & ~out
    sigma = None if series.sigma is None else series.sigma.masked_fill(~mask, 0)
    return replace(series, values=series.values.masked_fill(~mask, 0), mask=mask, sigma=sigma)
