"""Where to look for an onset, and the onset itself, in whole records."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.pick.aic import Onsets, aic, joint, onsets
from seisdsl.methods.pick.runs import cut_out, run_around


def first_guess(samples: Tensor, mask: Tensor, after: int, margin: int) -> tuple[Tensor, Tensor]:
    """The strongest onset of each trace no later than `after` samples past its peak, and whether it has one.

    By variances alone. Up to the peak, as what follows it only fades.
    """
    mask = mask & samples.isfinite()
    peak = height(samples, mask).argmax(-1)
    time = torch.arange(samples.shape[-1], device=samples.device)
    found = onsets(aic(samples, run_around(mask, peak) & (time <= peak[:, None] + after)), margin)
    return found.sample, found.found


def height(samples: Tensor, mask: Tensor) -> Tensor:
    """Distance of each recorded sample from its trace's mean; zero elsewhere."""
    mask = mask & samples.isfinite()
    values = samples.double().masked_fill(~mask, 0)
    mean = values.sum(-1, keepdim=True) / mask.sum(-1, keepdim=True).clamp(min=1)
    return (values - mean).abs().masked_fill(~mask, 0)


def refined(
    samples: Tensor,
    mask: Tensor,
    trace: Tensor,
    pick: Tensor,
    guess: Tensor,
    *,
    half: int,
    order: int,
    margin: int,
    fewest: int,
) -> Onsets:
    """The onset within `half` samples of each guess.

    `trace` and `pick` pair the components to look at with the guess that they are for; a component
    with fewer than `fewest` recorded samples around it is left out.
    """
    windows, recorded = cut_out(samples, mask, trace, guess[pick], half)
    usable = recorded.sum(-1) >= fewest
    criterion = joint(aic(windows, recorded, order), usable, pick, len(guess))
    found = onsets(criterion, margin)
    return found._replace(sample=found.sample + guess - half)
