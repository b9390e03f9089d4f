"""What a source that has been located sent out, and what the envelopes are without it."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.locate.correlations import standardised
from seisdsl.methods.locate.evidence import QUIET

SMOOTH = 5  # seconds to either side that its power is averaged over
LEAST = 0.3  # of the stations that take part must have recorded a second for it to count


def shifted(values: Tensor, by: Tensor) -> Tensor:
    """[B, S, second] read `by` [B, S] seconds later, linearly between seconds; zero beyond the ends."""
    length = values.shape[-1]
    place = torch.arange(length, device=values.device) + by[..., None]
    low = place.floor()
    part = place - low
    index = low.long()
    first = values.gather(-1, index.clamp(0, length - 1))
    second = values.gather(-1, (index + 1).clamp(0, length - 1))
    inside = (place >= 0) & (place <= length - 1)
    return torch.where(inside, first + part * (second - first), 0)


def stacked(values: Tensor, mask: Tensor, arrivals: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The mean [B, second] in the time of the source of stations whose waves come `arrivals` [B, S] later.

    With it, where enough of the stations were recorded.
    """
    there = shifted(mask.double(), arrivals) > 0.999
    counted = there * weights[..., None]
    total = counted.sum(1)
    mean = (shifted(values, arrivals) * counted).sum(1) / total.clamp(min=1e-9)
    known = total >= LEAST * weights.sum(1, keepdim=True).clamp(min=1e-9)
    return mean.masked_fill(~known, 0), known


def without(values: Tensor, mask: Tensor, arrivals: Tensor, weights: Tensor) -> Tensor:
    """Envelopes less what goes along with the stack that a source's arrivals [B, S] give.

    As deviations from each station's mean: their size no longer tells an amplitude.
    """
    shape = standardised(values, mask)
    stack, known = stacked(shape, mask, arrivals, weights)
    back = shifted(stack[:, None].expand_as(shape), -arrivals)
    there = mask & (shifted(known[:, None].double().expand_as(shape), -arrivals) > 0.999)
    back = standardised(back, there)
    return (shape - (shape * back).sum(-1, keepdim=True) * back).masked_fill(~there, 0)


def lasting(values: Tensor, mask: Tensor, arrivals: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """When a source's power first and last is half of its largest: [B], in seconds of its own time.

    Power is the stations' squared envelope less its noise, each as large as the others.
    """
    power = values.double().square()
    noise = power.masked_fill(~mask, torch.nan).nanquantile(QUIET, dim=-1, keepdim=True).nan_to_num(0)
    power = (power - noise).masked_fill(~mask, 0)
    power = power / power.clamp(min=0).sum(-1, keepdim=True).clamp(min=1e-300)
    stack, _ = stacked(power, mask, arrivals, weights)
    width = 2 * SMOOTH + 1
    kernel = torch.full((1, 1, width), 1 / width, dtype=stack.dtype, device=stack.device)
    smooth = torch.nn.functional.conv1d(stack[:, None], kernel, padding=SMOOTH)[:, 0]
    loud = smooth >= smooth.amax(-1, keepdim=True) / 2
    seconds = torch.arange(loud.shape[-1], device=loud.device)
    first = torch.where(loud, seconds, loud.shape[-1]).amin(-1)
    last = torch.where(loud, seconds, -1).amax(-1)
    return first.double(), last.double() + 1
