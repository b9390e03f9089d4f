"""How often noise without events has something as sure as what was found."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.methods.displacement.slow_slip import Kinks
    from seisdsl.operators.displacement.slow_slip import SlowSlip

_YEAR = 365.25  # days
_SPAN = 60.0  # days: confidence is the chance that so much noise has nothing as sure
_ENOUGH = 40.0  # years of noise
_CLEAR = 1e-3  # combined chance in white noise below which a candidate is put into noise as an event


def judged(
    how: SlowSlip, kinks: Kinks, values: Tensor, mask: Tensor, members: Tensor
) -> tuple[Kinks, Tensor, Tensor]:
    """Candidates without those that are surer in another stack, their confidence, and false ones a year."""
    import torch

    from seisdsl.methods.displacement.cleaning import scatter

    years = values.shape[1] / _YEAR
    rounds = how.rounds or max(1, math.ceil(_ENOUGH / years))
    kinks, score = surest(how, kinks, values, mask)
    if how.noise == "white":
        white, flicker = scatter(values, mask), values.new_zeros(len(values))
    else:
        white, flicker = noise_of(how, values, mask, members, (rounds + 1) // 2)
    drawn = _simulated(how, how.test, white, flicker, torch.zeros_like(values), mask, members, rounds)
    null = torch.cat([own for _, _, own in drawn])
    rate = (null[None] <= score[:, None]).sum(1) / (rounds * years)
    return kinks, (-rate * _SPAN / _YEAR).exp(), rate


def noise_of(
    how: SlowSlip, values: Tensor, mask: Tensor, members: Tensor, rounds: int
) -> tuple[Tensor, Tensor]:
    """White and flicker noise of each site.

    Events look like flicker noise, which is therefore measured without any candidate for a step. To take
    those away changes flicker noise too. By how much is seen in simulated noise with the clear events,
    once with no flicker noise and once with as much as was measured.
    """
    import torch

    from seisdsl.methods.displacement.cleaning import scatter
    from seisdsl.methods.displacement.slow_slip import lost
    from seisdsl.operators.displacement._slow_slip import kinks_of

    kinks, score = surest(how, kinks_of(how, "step", values, mask, members), values, mask)
    weight = mask.any(1) * scatter(values, mask).clamp_min(1e-6) ** -4  # as it counts in a stack
    weight = weight / weight.sum()
    events = -lost(kinks.some(score < _CLEAR), values.shape[1])
    white, flicker = _left(kinks, values, mask)
    levels = []
    for coloured in (torch.zeros_like(flicker), flicker):
        drawn = _simulated(how, "step", white, coloured, events, mask, members, rounds)
        seen = [(_left(found, made, mask)[1] ** 2) @ weight for made, found, _ in drawn]
        levels.append(float(torch.stack(seen).mean()))
    rise = levels[1] - levels[0]
    excess = float(flicker**2 @ weight) - levels[0]
    return white, flicker * math.sqrt(max(0.0, excess) / rise) if rise > 0 else flicker


def _left(kinks: Kinks, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """White and flicker noise of what is left without candidates and a line."""
    import torch

    from seisdsl.methods.displacement.regression import fitted, noise, predicted
    from seisdsl.methods.displacement.slow_slip import lost

    quiet = values + lost(kinks, values.shape[1])
    day = torch.arange(quiet.shape[1], dtype=torch.float64) / quiet.shape[1]
    columns = torch.stack([torch.ones_like(day), day], -1).expand(len(quiet), -1, -1)
    line = predicted(columns, fitted(columns, quiet[:, None], mask[:, None].double()).values)[:, 0]
    return noise((quiet - line).masked_fill(~mask, 0), mask)


def _simulated(
    how: SlowSlip,
    test: str,
    white: Tensor,
    flicker: Tensor,
    events: Tensor,
    mask: Tensor,
    members: Tensor,
    rounds: int,
) -> Iterator[tuple[Tensor, Kinks, Tensor]]:
    """Records of noise on these events, with the candidates found in them and how sure they are."""
    from seisdsl.operators.displacement._slow_slip import kinks_of

    for number in range(rounds):
        made = events + _drawn(white, flicker, mask.shape[1], how.seed * 1000 + number)
        made = made.masked_fill(~mask, 0)
        yield made, *surest(how, kinks_of(how, test, made, mask, members), made, mask)


def _drawn(white: Tensor, flicker: Tensor, days: int, seed: int) -> Tensor:
    import torch

    from seisdsl.methods.simulate.displacement import coloured

    chance = torch.Generator().manual_seed(seed)
    made = torch.randn(2, len(white), days, generator=chance, dtype=torch.float64)
    return white[:, None] * made[0] + (flicker[:, None] * coloured(made[1]) if bool(flicker.any()) else 0)


def surest(how: SlowSlip, kinks: Kinks, values: Tensor, mask: Tensor) -> tuple[Kinks, Tensor]:
    """Of candidates of several stacks at one time the surest, and a number that is the smaller the surer."""
    from seisdsl.methods.displacement import slow_slip
    from seisdsl.methods.displacement.cleaning import scatter

    if how.combine == "stouffer":
        score = slow_slip.stouffer(kinks.chance, 1 / scatter(values, mask).clamp_min(1e-6))
    else:
        score = {"cauchy": slow_slip.cauchy, "harmonic": slow_slip.harmonic}[how.combine](kinks.chance)
    begun = kinks.onset[:, None] <= kinks.end[None] + how.merge / 86400
    near = begun & begun.T
    number = score.argsort(stable=True).argsort()
    other = near & (number[None] < number[:, None]) & (kinks.stack[:, None] != kinks.stack[None])
    kept = ~other.any(1)
    return kinks.some(kept), score[kept]
