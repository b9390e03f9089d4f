"""The columns of a trajectory: what the ground does in time, as functions that are fitted.

Times are days since an origin. Columns are [site, epoch, column], so that steps and time constants
may be the site's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

YEAR = 365.25  # days


@dataclass(frozen=True)
class Terms:
    """What is fitted: powers of time, seasons, steps by site and decays since an event.

    `steps` [site, most] are days, infinite where a site has fewer; `decays` are "log" or
    "exponential", `constants` [site, decay] their days; `since` is the event's day.
    """

    degree: int
    harmonics: tuple[float, ...]  # cycles a year
    steps: Tensor
    decays: tuple[str, ...] = ()
    constants: Tensor | None = None
    since: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        powers = ("offset", "rate", "acceleration")[: self.degree + 1]
        seasons = tuple(f"{wave}_{cycles:g}" for cycles in self.harmonics for wave in ("cosine", "sine"))
        steps = tuple(f"step_{number + 1}" for number in range(self.steps.shape[1]))
        decays = tuple(f"{kind}_{number + 1}" for number, kind in enumerate(self.decays))
        return (*powers, *seasons, *steps, *decays)


def columns(days: Tensor, terms: Terms) -> Tensor:
    """[site, epoch, column]; rates are by year."""
    count = terms.steps.shape[0]
    years = days / YEAR
    shared = [years**power for power in range(terms.degree + 1)]
    for cycles in terms.harmonics:
        shared += [torch.cos(2 * math.pi * cycles * years), torch.sin(2 * math.pi * cycles * years)]
    base = torch.stack(shared, -1).expand(count, -1, -1)
    stepped = (days[None, :, None] >= terms.steps[:, None, :]).to(days)
    parts = [base, stepped]
    if terms.decays and terms.constants is not None:
        parts.append(decays(days - terms.since, terms.decays, terms.constants))
    return torch.cat(parts, -1)


def decays(since: Tensor, kinds: tuple[str, ...], constants: Tensor) -> Tensor:
    """[site, epoch, decay]: zero before the event, growing after it."""
    after = since.clamp_min(0)[None, :, None] / constants[:, None, :]
    log = torch.tensor([kind == "log" for kind in kinds], device=since.device)
    return torch.where(log, torch.log1p(after), -torch.expm1(-after))
