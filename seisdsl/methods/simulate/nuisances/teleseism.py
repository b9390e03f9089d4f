"""Teleseisms: P with its coda up to 3 Hz, then a long swell, the same at all stations but for their delays."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from seisdsl.methods.simulate.nuisances.nuisance import Nuisance
from seisdsl.methods.simulate.paths import on_the_sphere
from seisdsl.methods.simulate.stations import Network
from seisdsl.methods.simulate.waveforms import add

_PARTS = {  # seconds after P, frequencies (Hz), seconds it grows and fades in, size, slowness (s/m)
    "P": (0.0, (0.3, 3.0), 40.0, 0.15, 0.06e-3),
    "swell": (400.0, (0.05, 1.0), 250.0, 1.0, 0.28e-3),
}
_MARGIN = 150.0  # seconds, more than the swell takes from the middle of a network to its edge


class Teleseism(Nuisance):
    kind = "teleseism"
    per_hour = 0.15
    longest = 1800.0
    reach = 1e9

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> tuple[float, float]:
        return chance.uniform(900, cls.longest), 3e-6 * chance.lognormal(0, 1.0)

    def amplitude(self, network: Network) -> Tensor:
        return torch.full_like(network.level, self.loudness)

    def reached(self, network: Network) -> Tensor:
        return torch.arange(len(network.names), device=network.level.device)

    def delay(self, network: Network) -> Tensor:
        return self._after(network, "P")

    def _after(self, network: Network, part: str) -> Tensor:
        """Seconds by which a plane wave comes later to each station than to the first in its way."""
        distance, azimuth = on_the_sphere(self.latitude, self.longitude, network.places)
        back = self.chance("direction").uniform(0, 2 * np.pi)
        return _MARGIN + _PARTS[part][-1] * distance * torch.cos(azimuth - back)

    def wave(self, rate: float, part: str) -> Tensor:
        """One part of it on three components, [component, time]."""
        after, (low, high), scale, size, _ = _PARTS[part]
        count = round((self.duration - after) * rate)
        frequencies = np.fft.rfftfreq(2 * count, 1 / rate)
        shape = (
            (frequencies / low) ** 3 / (1 + (frequencies / low) ** 2) ** 2 / (1 + (frequencies / high) ** 8)
        )
        noise = self.chance(part).standard_normal((3, 2 * count), dtype=np.float32)
        wave = np.fft.irfft(np.fft.rfft(noise) * shape)[:, :count]
        time = np.arange(count) / rate
        envelope = time / scale * np.exp(1 - time / scale) * np.minimum(1, (count / rate - time) / 30)
        return torch.from_numpy((wave / wave.std() * envelope * size * self.loudness).astype(np.float32))

    def record(self, network: Network, out: Tensor, first: int) -> None:
        rate = network.rate
        for part, (after, *_) in _PARTS.items():
            start = (self.begin / 1e9 + after + self._after(network, part)) * rate
            begins = start.round().long() - first
            if bool((begins < out.shape[-1]).any()):
                wave = self.wave(rate, part).to(out.device)
                if bool((begins + wave.shape[-1] > 0).any()):
                    add(out, self.reached(network), begins, wave.expand(len(begins), -1, -1))

    def in_band(self, network: Network) -> Tensor:
        wave = self.wave(network.rate, "P")
        spectrum = torch.fft.rfft(wave).abs().square().sum(dim=0) / wave.shape[-1] ** 2
        frequencies = torch.fft.rfftfreq(wave.shape[-1], 1 / network.rate)
        band = network.band.cpu()
        inside = (frequencies >= band[0]) & (frequencies <= band[-1])
        return torch.full_like(network.level, float(torch.sqrt(2 * spectrum[inside].sum())))
