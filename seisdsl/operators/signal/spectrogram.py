"""The operator `spectrogram`."""

from __future__ import annotations

from seisdsl.data.grid import Grid
from seisdsl.data.lateness import thinned
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Waves
from seisdsl.language.types import Ratio, Time
from seisdsl.operator import Context, Facts, Operator, Unsuitable, param
from seisdsl.operators.signal._grid import aside


class Spectrograms(Operator, name="spectrogram"):
    """How power is spread over frequency, window by window.

    The one-sided power spectral density under Hann windows, each without its mean. A long window
    tells frequencies apart, a short one times. Windows begin at whole multiples of their distance
    since 1970, whatever part of a record is at hand. One that touches a gap is left out; a record
    shorter than one window gives none.
    """

    cite = "Welch 1967, doi:10.1109/TAU.1967.1161901"
    example = "simulate two-events | spectrogram window=5.12s | show"
    tags = ("spectrum",)
    version = 2

    window: Time = param("5.12s", "length of a window", above="0s")
    overlap: Ratio = param("50%", "how much of a window the next one shares", at_least="0%", below="100%")

    def context(self, piped: Facts) -> Context:
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
        ahead = -waves.first % hop
        mask = recorded_windows(waves.mask[:, ahead:], window, hop)
        power = power_density(waves.samples[:, ahead:], window, hop, waves.rate)
        if not mask.all():
            power.masked_fill_(~mask[:, None], 0)
        frequencies = torch.fft.rfftfreq(
            window, 1 / waves.rate, dtype=torch.float64, device=waves.samples.device
        )
        unit = waves.unit if waves.unit.isalpha() else f"({waves.unit})"
        centre = Grid(2 * waves.rate).time(2 * (waves.first + ahead) + window)
        return Spectrogram(
            power,
            mask,
            frequencies,
            step=hop / waves.rate,
            start=centre + aside(waves),
            channels=waves.channels,
            lateness=tuple(thinned(late, ahead + window // 2, hop) for late in waves.lateness),
            unit=f"{unit}²/Hz",
            simulated=waves.simulated,
            scene=waves.scene,
        )
