"""What the envelopes of a window say of where their source lies."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.locate.correlations import pair_correlations, pairs_of, standardised
from seisdsl.methods.locate.objective import Observed

QUIET = 0.2  # the quantile of power that stands for noise
LOUD = 0.3  # of the noise's power, that a source must add to say how large it is
SLOWEST = 2.5  # km/s
SPARE = 3.0  # seconds by which lags may be longer than from one station straight to the other


def observed(
    values: Tensor,
    mask: Tensor,
    stations: Tensor,
    sites: Tensor,
    depth: Tensor,
    *,
    apart: float = 120.0,
    least: float = 0.5,
    longest: int = 60,
) -> Observed:
    """From envelopes [B, S, second] of stations [B, S, (east, north, depth)] in km, and their site terms.

    A pair counts where it is no more than `apart` km wide and its envelopes are as alike as `least`
    at a lag that a source may have; it counts by how surely independent envelopes are less alike. A
    station that recorded nothing has a mask that is false.
    """
    pairs = pairs_of(stations.shape[1], values.device)
    first, second = pairs
    correlations = pair_correlations(values, mask, pairs, longest)
    wide = (stations[:, first, :2] - stations[:, second, :2]).norm(dim=-1)
    lags = torch.arange(-longest, longest + 1, device=values.device)
    possible = lags.abs() <= (wide / SLOWEST + SPARE)[..., None]
    peak = correlations.masked_fill(~possible, -1).amax(-1)
    number = independent(values, mask, longest)
    of_pair = (number[:, first] * number[:, second]).sqrt()
    counts = (wide <= apart) & (peak >= least)
    weights = torch.where(counts, of_pair, 0).double()
    weights = weights / weights.amax(-1, keepdim=True).clamp(min=1e-9)
    loud, heard = amplitudes(values, mask)
    return Observed(
        stations.double(), pairs, correlations.double(), weights, loud - sites, heard, depth.double(),
        (of_pair * counts).sum(-1) / counts.sum(-1).clamp(min=1),
    )  # fmt: skip


def independent(values: Tensor, mask: Tensor, longest: int) -> Tensor:
    """How many independent samples each envelope has: [..., second] to [...].

    By Bartlett's formula for the variance of a correlation, with the envelope's own autocorrelation.
    """
    length = values.shape[-1]
    recorded = mask.sum(-1)
    size = 1 << (length + longest - 1).bit_length()
    power = torch.fft.rfft(standardised(values, mask), n=size).abs().square()
    own = torch.fft.irfft(power, n=size)[..., : longest + 1]
    number: Tensor = recorded / (own[..., 0] + 2 * own[..., 1:].square().sum(-1)).clamp(min=1)
    return number


def amplitudes(values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Logarithm of the root mean square of each envelope, less its noise; and whether it stands out of that."""
    power = values.double().square()
    noise = power.masked_fill(~mask, torch.nan).nanquantile(QUIET, dim=-1).nan_to_num(0)
    mean = power.masked_fill(~mask, 0).sum(-1) / mask.sum(-1).clamp(min=1)
    added = mean - noise
    heard = (added > LOUD * noise) & (added > 0)
    return torch.where(heard, added, 1).log() / 2, heard
