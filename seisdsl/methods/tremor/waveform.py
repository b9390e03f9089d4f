"""Waveforms as a network along time reads them, and that network."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def levelled(samples: Tensor, mask: Tensor) -> Tensor:
    """Without the mean, and divided by the largest absolute value: [..., time]; zero where not recorded."""
    number = mask.sum(-1, keepdim=True).clamp(min=1)
    samples = samples.double() * mask
    samples = (samples - samples.sum(-1, keepdim=True) / number) * mask
    largest = samples.abs().amax(-1, keepdim=True)
    return torch.where(largest > 0, samples / largest.clamp(min=1e-300), 0).float()


class WaveformNetwork(nn.Module):
    """Four convolutions and two full layers: [example, component, time] to logits.

    The first convolution has no bias and no norm: each of its channels is a filter and nothing else.
    It begins with small coefficients, so that what it lets through in the end is what it has learned.
    The head takes the largest value along time (`max`) or all values (`flatten`).
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        classes: int,
        filters: int = 16,
        kernel: int = 65,
        head: str = "max",
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        components, length = shape
        self.first = nn.Conv1d(components, filters, kernel, padding=kernel // 2, bias=False)
        nn.init.normal_(self.first.weight, std=0.1 * (components * kernel) ** -0.5)
        self.rest = nn.Sequential(
            nn.ReLU(), nn.MaxPool1d(4),
            *_layer(filters, 32, 17), *_layer(32, 64, 9), *_layer(64, 64, 9),
            nn.AdaptiveMaxPool1d(1 if head == "max" else length // 256), nn.Flatten(),
            nn.Linear(64 * (1 if head == "max" else length // 256), 128), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(128, classes),
        )  # fmt: skip

    def forward(self, waves: Tensor) -> Tensor:
        logits: Tensor = self.rest(self.first(waves))
        return logits


def _layer(inward: int, outward: int, kernel: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv1d(inward, outward, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(outward),
        nn.ReLU(),
        nn.MaxPool1d(4),
    )
