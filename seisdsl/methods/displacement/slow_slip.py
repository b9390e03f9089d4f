"""Slow slip in daily displacements: stacks of sites, kinks of their trend, and what each site says of a kink.

Displacements [site, day] are along the steady motion of the plate, so that slow slip sets them back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from seisdsl.methods.displacement.cleaning import scatter
from seisdsl.methods.displacement.setbacks import Setbacks, moments, ramps, setbacks

_ROUNDS = 12  # of offsets between sites and the mean of all
_SURE = 1e-15  # the smallest chance that is told apart from none


@dataclass(frozen=True)
class Kinks:
    """Candidates: the stack they are of, the onset's day, when they end, and what the sites say."""

    stack: Tensor  # [candidate]
    onset: Tensor  # [candidate], day with fractions
    end: Tensor
    chance: Tensor  # [candidate, site] of as much in white noise, NaN where it was not judged
    slowed: Tensor  # [candidate, site] millimetres that were lost

    def some(self, kept: Tensor) -> Kinks:
        return Kinks(self.stack[kept], self.onset[kept], self.end[kept], self.chance[kept], self.slowed[kept])


def stacked(values: Tensor, mask: Tensor, members: Tensor, tile: int = 16) -> tuple[Tensor, Tensor]:
    """Means of groups of sites by their noise, in units of the mean's own noise: [group, day], and weights.

    `members` is [group, site]. Each site's offset from the others is fitted, so that one that is
    missing does not move the mean. A weight of one is a day on which all sites were recorded.
    """
    noise = scatter(values, mask).clamp_min(1e-6)
    precise = mask / noise[:, None] ** 2
    means, weights = [], []
    for at in range(0, len(members), tile):
        own = precise[None] * members[at : at + tile, :, None]
        total = own.sum(1)
        offset = ((values * mask).sum(1, keepdim=True) / mask.sum(1, keepdim=True).clamp_min(1))[None]
        for _ in range(_ROUNDS):
            mean = (own * (values - offset)).sum(1) / total.clamp_min(1e-12)
            offset = (own * (values - mean[:, None])).sum(2, keepdim=True) / own.sum(
                2, keepdim=True
            ).clamp_min(1e-12)
        full = (members[at : at + tile] * mask.any(1) / noise**2).sum(1, keepdim=True).clamp_min(1e-12)
        means.append(mean * full.sqrt())
        weights.append(total / full)
    return torch.cat(means), torch.cat(weights)


def merged(bends: Tensor, within: float) -> list[tuple[int, float, float]]:
    """Series, day and strength of kinks; those of one sign within some days are one, at their middle."""
    found: list[tuple[int, float, float]] = []
    day, strength, last = 0.0, 0.0, (-1, 0.0)
    for row, at in bends.nonzero().tolist():
        bend = float(bends[row, at])
        if last[0] == row and at + 1 - last[1] <= within and bend * strength > 0:
            total = strength + bend
            day, strength = (day * strength + (at + 1) * bend) / total, total
        else:
            if strength:
                found.append((last[0], day, strength))
            day, strength = at + 1.0, bend
        last = (row, at + 1.0)
    return [*found, (last[0], day, strength)] if strength else found


def candidates(
    bends: Tensor,
    stack: tuple[Tensor, Tensor],
    values: Tensor,
    mask: Tensor,
    members: Tensor,
    within: float,
    half: float,
    least: float,
) -> Kinks:
    """Each kink at which the plate slows down, judged by lines before and after at each site.

    Lines run from the kink before to this one, and from this one to the next, at most `half` days. The
    onset is the day near the kink at which two lines that meet there fit the stack best.
    """
    kinks = merged(bends, within)
    length = float(values.shape[1] - 1)
    stacks, onsets, ends, starts, stops = [], [], [], [], []
    for number, (row, day, strength) in enumerate(kinks):
        if strength >= 0:
            continue
        before = kinks[number - 1][1] if number and kinks[number - 1][0] == row else 0.0
        later = [kink for kink in kinks[number + 1 :] if kink[0] == row]
        after = later[0][1] if later else length
        stacks.append(row)
        onsets.append(day)
        ends.append(next((kink[1] for kink in later if kink[2] > 0), length))
        starts.append(max(before, day - half))
        stops.append(min(after, day + half))
    made = [
        torch.tensor(part, dtype=torch.float64, device=values.device)
        for part in (onsets, ends, starts, stops)
    ]
    onset, end, start, stop = made
    own_stack = torch.tensor(stacks, dtype=torch.long, device=values.device)
    onset = _refined(stack[0][own_stack], stack[1][own_stack], onset, start, stop, within)
    chance, slowed = _judged(values, mask, onset, start, stop, end, least)
    own = members[own_stack] > 0
    return Kinks(own_stack, onset, end, chance.masked_fill(~own, float("nan")), slowed.masked_fill(~own, 0))


def set_back(
    bends: Tensor,
    stack: tuple[Tensor, Tensor],
    values: Tensor,
    mask: Tensor,
    members: Tensor,
    within: float,
    half: float,
    least: float,
) -> Kinks:
    """The setbacks of the stack that begin within some days of a kink at which the plate slows down.

    Each site is asked how far the same ramp goes down there, on a line of its own.
    """
    reach = round(within)
    slowing = torch.nn.functional.pad((bends < 0).to(values), (1, 1))
    asked = torch.nn.functional.max_pool1d(slowing[:, None], 2 * reach + 1, 1, reach)[:, 0] > 0
    ramp = setbacks(asked, *stack, round(half), reach, least)
    noise = scatter(values, mask).clamp_min(1e-6)[:, None]
    sites = torch.arange(len(values), device=values.device)
    each = Setbacks(*(one[:, None] for one in (ramp.row, ramp.start, ramp.onset, ramp.end, ramp.stop)))
    down, error = ramps(moments(values / noise, mask.to(values)), sites[None], each, least)
    own = (members[ramp.row] > 0) & error.isfinite()
    chance = (0.5 * torch.erfc(down / error / math.sqrt(2))).clamp_min(_SURE)
    return Kinks(
        ramp.row,
        ramp.onset.to(values),
        ramp.end.to(values),
        chance.masked_fill(~own, float("nan")),
        (down * noise[:, 0]).masked_fill(~own, 0),
    )


def lost(kinks: Kinks, days: int) -> Tensor:
    """[site, day]: what the sites have lost to all of these by each day."""
    day = torch.arange(days, dtype=kinks.onset.dtype, device=kinks.onset.device)
    size = (kinks.end - kinks.onset).clamp_min(1)[:, None]
    return kinks.slowed.T @ ((day - kinks.onset[:, None]) / size).clamp(0, 1)


def _refined(
    stack: Tensor, weight: Tensor, onset: Tensor, start: Tensor, stop: Tensor, within: float
) -> Tensor:
    """[candidate]: the day within some days of the kink at which two lines that meet fit best."""
    if not len(onset):
        return onset
    reach = int((stop - start).amax()) + 1
    day = start.round()[:, None] + torch.arange(reach, dtype=stack.dtype, device=stack.device)
    there = (day <= stop.round()[:, None]) & (day < stack.shape[1])
    at = day.long().clamp_max(stack.shape[1] - 1)
    held, known = stack.gather(1, at)[:, None], (weight.gather(1, at) * there)[:, None]
    shifts = torch.arange(-math.ceil(within), math.ceil(within) + 1, dtype=stack.dtype, device=stack.device)
    tried = onset.round()[:, None] + shifts
    inside = (tried > start[:, None] + 1) & (tried < stop[:, None] - 1)
    time = (day - onset[:, None])[:, None].expand(-1, len(shifts), -1)
    shape = torch.stack([torch.ones_like(time), time, (day[:, None] - tried[..., None]).clamp_min(0)], -1)
    weighted = shape * known[..., None]
    normal = weighted.transpose(-1, -2) @ shape + 1e-9 * torch.eye(3, dtype=stack.dtype, device=stack.device)
    right = (weighted * held[..., None]).sum(-2)
    gained = (torch.linalg.solve(normal, right) * right).sum(-1)
    best = gained.masked_fill(~inside, -torch.inf).argmax(1)
    return torch.where(inside.any(1), tried.gather(1, best[:, None])[:, 0], onset)


def _judged(
    values: Tensor, mask: Tensor, onset: Tensor, start: Tensor, stop: Tensor, end: Tensor, least: float
) -> tuple[Tensor, Tensor]:
    """[candidate, site]: the chance of so much slower a line after the onset than before, and its loss."""
    noise = scatter(values, mask).clamp_min(1e-6)
    middle = onset.round()
    before, before_error, enough = _slopes(values, mask, start.round(), middle, least)
    after, after_error, enough_after = _slopes(values, mask, middle, stop.round(), least)
    error = noise * (before_error + after_error).sqrt()
    ratio = (before - after) / error.clamp_min(1e-12)
    chance = 0.5 * torch.erfc(ratio / math.sqrt(2))
    known = enough & enough_after
    lost = (before - after) * (end - onset).clamp_max(stop - onset)[:, None]
    return chance.clamp_min(_SURE).masked_fill(~known, float("nan")), lost.masked_fill(~known, 0)


def _slopes(
    values: Tensor, mask: Tensor, first: Tensor, last: Tensor, least: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Of lines from one day to another, both included: slope, variance for unit noise, enough days."""
    day = torch.arange(values.shape[1], dtype=values.dtype, device=values.device)
    weight = mask.to(values)
    sums = []
    for moment in (weight, weight * day, weight * day**2, weight * values, weight * day * values):
        running = torch.nn.functional.pad(moment.cumsum(1), (1, 0))
        sums.append((running[:, last.long() + 1] - running[:, first.long()]).T)
    count, t, tt, x, tx = sums
    spread = (tt - t**2 / count.clamp_min(1)).clamp_min(1e-9)
    slope = (tx - t * x / count.clamp_min(1)) / spread
    return slope, 1 / spread, count > least


def harmonic(chance: Tensor) -> Tensor:
    """[candidate]: the harmonic mean of the sites' chances; smaller is surer. No probability by itself."""
    known = ~chance.isnan()
    count = known.sum(1).clamp_min(1)
    mean: Tensor = count / (1 / chance.nan_to_num(1.0)).masked_fill(~known, 0).sum(1).clamp_min(1e-300)
    return mean.clamp_max(1.0)


def cauchy(chance: Tensor) -> Tensor:
    """[candidate]: the chances combined by the mean of their Cauchy deviates, right for dependent sites."""
    known = ~chance.isnan()
    deviate = torch.tan((0.5 - chance.nan_to_num(0.5).clamp(_SURE, 1 - 1e-9)) * math.pi).masked_fill(
        ~known, 0
    )
    mean = deviate.sum(1) / known.sum(1).clamp_min(1)
    return (0.5 - torch.atan(mean) / math.pi).clamp(_SURE, 1.0)


def stouffer(chance: Tensor, weight: Tensor) -> Tensor:
    """[candidate]: the weighted sum of the sites' normal deviates, of sites that are independent.

    Weights of one over the noise are the best where all sites move alike.
    """
    heavy = weight * ~chance.isnan()
    deviate = -torch.special.ndtri(chance.nan_to_num(0.5).clamp(_SURE, 1 - 1e-15))
    total = (heavy * deviate).sum(1) / (heavy**2).sum(1).clamp_min(1e-300).sqrt()
    combined: Tensor = torch.special.log_ndtr(-total).exp()
    return combined.clamp_min(1e-300)


# The step detector that it is compared with -----------------------------------------------------------


def step_evidence(values: Tensor, mask: Tensor, half: int, tile: int = 8) -> Tensor:
    """[site, day]: by how much Akaike's criterion falls where a line has a step back on this day.

    The line is fitted to `half` days before and after; zero where too little was recorded, and where the
    step goes forward.
    """
    return torch.cat(
        [_evidence(values[at : at + tile], mask[at : at + tile], half) for at in range(0, len(values), tile)]
    )


def _evidence(values: Tensor, mask: Tensor, half: int) -> Tensor:
    pad = (half, half - 1)
    level = values - values.masked_fill(~mask, 0).sum(1, keepdim=True) / mask.sum(1, keepdim=True).clamp_min(
        1
    )
    held = torch.nn.functional.pad(level.masked_fill(~mask, 0), pad).unfold(1, 2 * half, 1)
    known = torch.nn.functional.pad(mask.to(values), pad).unfold(1, 2 * half, 1)
    offset = (torch.arange(-half, half, dtype=values.dtype, device=values.device) + 0.5) / half
    shape = torch.stack([torch.ones_like(offset), offset, (offset > 0).to(values)])
    normal = torch.einsum("stw,iw,jw->stij", known, shape, shape)
    right = torch.einsum("stw,iw->sti", held, shape)
    power = (held**2).sum(-1)
    count = known.sum(-1)
    enough = ((known * (offset < 0)).sum(-1) >= 3) & ((known * (offset > 0)).sum(-1) >= 3) & (count >= 6)
    normal = torch.where(
        enough[..., None, None], normal, torch.eye(3, dtype=values.dtype, device=values.device)
    )
    full = torch.linalg.solve(normal, right)
    line = torch.linalg.solve(normal[..., :2, :2], right[..., :2])
    without = (power - (line * right[..., :2]).sum(-1)).clamp_min(1e-12)
    with_step = (power - (full * right).sum(-1)).clamp_min(1e-12)
    fall: Tensor = count * (without / with_step).log() - 2
    back: Tensor = fall * (enough & (full[..., 2] < 0))
    return back
