"""The operator `spectrogram`."""

from __future__ import annotations

from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Ratio, Time
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param


class Spectrograms(Operator, name="spectrogram"):
    """How power is spread over frequency, window by window.

    The one-sided power spectral density under Hann windows, each without its mean. A long window
    tells frequencies apart, a short one times. A window that touches a gap is left out; a record
    shorter than one window gives none.
    """

    cite = "Welch 1967, doi:10.1109/TAU.1967.1161901"
    example = "simulate two-events | spectrogram window=5.12s | show"
    tags = ("spectrum",)
    version = 1

    window: Time = param("5.12s", "length of a window", above="0s")
    overlap: Ratio = param("50%", "how much of a window the next one shares", at_least="0%", below="100%")

    def context(self) -> Context:
        """A window is told by its centre."""
        return Context(self.window / 2, self.window / 2)

    def facts(self, piped: Facts) -> Facts:
        if piped.rate:
            self._samples(piped.rate)
        return piped.but(rate=None)

    def _samples(self, rate: float) -> tuple[int, int]:
        """Samples in a window, and from one window to the next."""
        window = round(self.window * rate)
        if window < 2:
            raise Unsuitable(
                f"a window of {self.window:g} s holds {window} samples at {rate:g} Hz, and needs two",
                parameter="window",
                repair=f"write window={256 / rate:g}s",
            )
        if not 0 <= self.overlap < 1:
            raise Unsuitable(
                f"windows overlap by 0 % to less than 100 %, found {100 * self.overlap:g} %",
                parameter="overlap",
                repair="write overlap=50%",
            )
        return window, max(1, window - int(window * self.overlap))

    def apply(self, waves: Waves) -> Spectrogram:
        import torch

        from seisdsl.methods.signal.spectrum import power_density, recorded_windows

        window, hop = self._samples(waves.rate)
        mask = recorded_windows(waves.mask, window, hop)
        power = power_density(waves.samples, window, hop, waves.rate)
        if not mask.all():
            power.masked_fill_(~mask[:, None], 0)
        frequencies = torch.fft.rfftfreq(
            window, 1 / waves.rate, dtype=torch.float64, device=waves.samples.device
        )
        unit = waves.unit if waves.unit.isalpha() else f"({waves.unit})"
        return Spectrogram(
            power,
            mask,
            frequencies,
            step=hop / waves.rate,
            start=waves.start + round(window / 2 * NS / waves.rate),
            channels=waves.channels,
            offsets=waves.offsets,
            unit=f"{unit}²/Hz",
            simulated=waves.simulated,
        )
