"""How power is spread over frequency, window by window."""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.masks import complete
from seisdsl.methods.room import zeros

TILE = 2**18  # samples at once on a processor, which its cache holds; a GPU takes more


def power_density(samples: Tensor, window: int, hop: int, rate: float) -> Tensor:
    """One-sided power spectral density under a Hann window: [trace, time] to [trace, frequency, window].

    The mean of each window is taken out first. Welch's density, as in scipy.signal.spectrogram.
    """
    taper = torch.hann_window(window, periodic=True, dtype=torch.float64, device=samples.device)
    taper = taper * (2 / (rate * taper.square().sum())).sqrt()
    taper = taper.to(samples.dtype)
    traces, length = samples.shape
    count = max(0, (length - window) // hop + 1)
    power = zeros((traces, count, window // 2 + 1), samples.dtype, samples.device)
    if not power.numel():
        return power.transpose(1, 2)
    tile = max(1, (TILE if samples.device.type == "cpu" else 2**8 * TILE) // (window * max(traces, 1)))
    for at in range(0, count, tile):
        part = samples[:, at * hop : (min(at + tile, count) - 1) * hop + window].unfold(-1, window, hop)
        part = part - part[..., :1]  # nothing of a large offset is left to round
        part -= part.mean(-1, keepdim=True)
        spectrum = torch.fft.rfft(part.mul_(taper))
        power[:, at : at + tile] = (spectrum * spectrum.conj()).real
    power[..., 0] /= 2
    if window % 2 == 0:
        power[..., -1] /= 2
    return power.transpose(1, 2)


def recorded_windows(mask: Tensor, window: int, hop: int) -> Tensor:
    """Whether every sample of a window was recorded: [trace, window]."""
    count = max(0, (mask.shape[1] - window) // hop + 1)
    if complete(mask):
        return mask.new_ones(len(mask), count)
    total = torch.nn.functional.pad(mask.cumsum(-1), (1, 0))
    first = torch.arange(count, device=mask.device) * hop
    return total[:, first + window] - total[:, first] == window
