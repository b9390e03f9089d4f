"""What is done to recorded runs, [run, time]: trends, tapers and envelopes."""

from __future__ import annotations

import torch
from torch import Tensor


def detrended(runs: Tensor, *, line: bool = True) -> Tensor:
    """Runs without their mean, or without the line that fits them best in least squares."""
    values = runs.double()
    values = values - values.mean(-1, keepdim=True)
    if line:
        length = runs.shape[-1]
        time = torch.arange(length, dtype=torch.float64, device=runs.device) - (length - 1) / 2
        slope = (values @ time) / time.square().sum().clamp(min=0.5)
        values = values - slope[:, None] * time
    return values.to(runs.dtype)


def tapered(runs: Tensor, side: int, *, shape: str = "hann") -> Tensor:
    """Runs that rise from zero over their first `side` samples and fall to zero over their last.

    The weights are obspy's. "hann" is next to one at the last sample of a side, "cosine" is one.
    """
    length = runs.shape[-1]
    if side == 0:
        return runs
    reach: float = side if shape == "hann" else max(side - 1, 1)
    if shape == "hann" and 2 * side == length:
        reach = side - 0.5  # the two sides meet: one symmetric window
    phase = torch.arange(side, dtype=torch.float64, device=runs.device) * (torch.pi / reach)
    rise = (0.5 - 0.5 * phase.cos()).to(runs.dtype)
    weights = torch.ones(length, dtype=runs.dtype, device=runs.device)
    weights[:side] = rise
    weights[length - side :] = rise.flip(0)
    return runs * weights


def envelope(runs: Tensor, half_width: int = 0) -> Tensor:
    """Absolute value of the analytic signal, averaged over `half_width` samples to either side.

    Near the ends of a run the average is over the samples that there are.
    """
    length = runs.shape[-1]
    values = runs.double()
    quarter_turned = torch.fft.irfft(torch.fft.rfft(values) * -1j, n=length)
    values = torch.hypot(values, quarter_turned)
    if half_width:
        total = torch.nn.functional.pad(values.cumsum(-1), (1, 0))
        sample = torch.arange(length, device=runs.device)
        low, high = (sample - half_width).clamp(min=0), (sample + half_width + 1).clamp(max=length)
        values = (total[:, high] - total[:, low]).clamp(min=0) / (high - low)
    return values.to(runs.dtype)
