"""The ground under each station: a gain, and a resonance that sideways motion meets, noise too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.draws import draws

GAINS = 0.6  # standard deviation of the logarithm of site gains
PEAKS = (0.5, 10.0)  # Hz
AMPLIFICATIONS = (3.0, 10.0)
_QUALITY = 2.0  # of the resonance: its frequency over its width
_LOUD = (1.0, 10.0)  # Hz: where the waves of small earthquakes stand out


@dataclass(frozen=True)
class Ground:
    """By station: gain of all motion, and the frequency and height of the resonance (1 on rock)."""

    gain: Tensor
    peak: Tensor
    amplification: Tensor

    def sideways(self, frequencies: Tensor) -> Tensor:
        """What horizontal motion is multiplied by besides the gain, complex, [station, frequency].

        One damped oscillator beside the direct way: causal, 1 far from the peak.
        """
        relative = frequencies / self.peak[:, None]
        width = relative / _QUALITY
        opposed = 1 - relative**2
        ring = (self.amplification[:, None] - 1) * width / (opposed**2 + width**2)
        return torch.complex(1 + ring * width, ring * opposed)

    @property
    def rock(self) -> bool:
        return bool((self.amplification == 1).all())

    @property
    def louder(self) -> Tensor:
        """How much louder horizontal motion is than on rock, root mean square from 1 to 10 Hz."""
        frequencies = torch.linspace(*_LOUD, 64, device=self.peak.device)
        return self.sideways(frequencies).abs().square().mean(dim=-1).sqrt()

    def of(self, members: Tensor) -> Ground:
        return Ground(self.gain[members], self.peak[members], self.amplification[members])


def ground(seed: int, names: Sequence[str], soft: bool, device: torch.device) -> Ground:
    """`soft` ground has resonances, rock has none; the gains are the same for both."""
    gains = [draws(seed, "site", name).lognormal(0, GAINS) for name in names]
    raised = [draws(seed, "resonance", name).random(2) for name in names]
    peaks, heights = (
        np.exp(np.interp(column, (0, 1), np.log(ends)))
        for column, ends in zip(np.array(raised).T, (PEAKS, AMPLIFICATIONS), strict=True)
    )
    return Ground(
        torch.tensor(gains, dtype=torch.float32, device=device),
        torch.tensor(peaks, dtype=torch.float32, device=device),
        torch.tensor(heights if soft else np.ones(len(names)), dtype=torch.float32, device=device),
    )
