"""Which class a whole network leans to by each frequency of what it reads."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn


def leaning(network: nn.Module, rows: Tensor, one: int, other: int, tile: int = 64) -> Tensor:
    """By how much the logit of one class, less the other's, rises with each frequency's amplitude.

    Of rows [row, component, time], for a relative rise, averaged over the rows: one number for each
    frequency of their Fourier transform. Over all frequencies they add up to what a rise of all brings.
    """
    total = torch.zeros(rows.shape[-1] // 2 + 1, dtype=torch.float64, device=rows.device)
    for at in range(0, len(rows), tile):
        part = rows[at : at + tile]
        waves = part.clone().requires_grad_(True)
        logits = network(waves)
        (slope,) = torch.autograd.grad((logits[:, one] - logits[:, other]).sum(), waves)
        both = torch.fft.rfft(part.double()).conj() * torch.fft.rfft(slope.double())
        total += both.real.sum((0, 1))
    length = rows.shape[-1]
    twice = torch.full_like(total, 2.0)  # each but the first and the highest stands for two
    twice[0] = 1
    if length % 2 == 0:
        twice[-1] = 1
    return total * twice / (length * max(len(rows), 1))


def per_hertz(share: Tensor, rate: float, width: float, points: int = 513) -> tuple[Tensor, Tensor]:
    """Frequencies, and the mean density of shares of Fourier frequencies over `width`, cut at the ends."""
    highest = rate / 2
    spacing = highest / (len(share) - 1)
    edges = np.concatenate([[0.0], (np.arange(len(share) - 1) + 0.5) * spacing, [highest]])
    area = np.concatenate([[0.0], np.cumsum(share.cpu().numpy())])
    frequencies = np.linspace(0, highest, points)
    half = max(width, spacing) / 2
    low, high = np.clip(frequencies - half, 0, highest), np.clip(frequencies + half, 0, highest)
    density = (np.interp(high, edges, area) - np.interp(low, edges, area)) / (high - low)
    return torch.from_numpy(frequencies), torch.from_numpy(density)
