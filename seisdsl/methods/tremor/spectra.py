"""By which power of frequency the spectra of sources fall."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.tremor.energy import CLEAR, Motion


def exponent(seen: Motion, used: Tensor, frequency: Tensor) -> Tensor:
    """Of each source, the median over the stations [source, station] used: power grows as f to this.

    By least squares in logarithms, in bands where the waves stand out of the noise. Infinite where
    no station has two such bands.
    """
    clear = (seen.net > CLEAR * seen.error) & (seen.net > 0) & (used & seen.known)[..., None]
    weight = clear.double()
    x, y = frequency.log().expand_as(seen.net), torch.where(clear, seen.net, 1).log()
    total = weight.sum(-1, keepdim=True).clamp(min=1)
    x, y = (value - (value * weight).sum(-1, keepdim=True) / total for value in (x, y))
    wide = (weight * x * x).sum(-1)
    slope = torch.where(wide > 0, (weight * x * y).sum(-1) / wide.clamp(min=1e-12), torch.nan)
    return slope.nanquantile(0.5, dim=-1).nan_to_num(torch.inf)
