"""The operator `spectral-features`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS
from seisdsl.data.weights import Weights
from seisdsl.language.types import Time
from seisdsl.learning import Learned
from seisdsl.operator import Context, Facts, Unsuitable, param
from seisdsl.operators.tremor._each import scores_of_each
from seisdsl.operators.tremor._stations import instruments, one_instrument, stacked

if TYPE_CHECKING:
    from torch import Tensor, nn

TILE = 256  # windows at once
KNOWN = 0.75  # of the frames of a window's best component, for it to be judged
HIGHEST = 12.0  # Hz


class SpectralFeatures(Learned, name="spectral-features"):
    """Tell tremor from earthquakes and noise by three numbers: what a network has to do better than.

    The centroid of the spectrum from 1 to 12 Hz, the power from 2 to 8 Hz over that from 8 to 12 Hz,
    and how long the power from 2 to 8 Hz stays above twice that of the window's quietest fifth, all
    components together, in a logistic regression. Blind to the order in which things happen, to what
    a station's ground does to the spectrum, and to a signal that is longer than the window.
    """

    cite = "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x"
    example = """\
let data = simulate two-events duration=5min | spectrogram
  | examples window=41s hop=20s classes=[noise, earthquake]
data | train (spectral-features duration=41s) epochs=3 | show"""
    tags = ("tremor", "classification", "baseline")
    fixed = ("duration",)

    duration: Time = param("164s", "length of a window", at_least="20s", at_most="600s")
    hop: Time = param("30s", "from one window of a long record to the next", above="0s")

    def context(self, piped: Facts) -> Context:
        return Context(self.duration, self.duration)

    def facts(self, piped: Facts) -> Facts:
        return piped.but(rate=None)

    def inputs(self, values: Sequence[Spectrogram]) -> Tensor:
        import torch

        from seisdsl.methods.tremor.features import features

        if not values:
            return torch.zeros(0, 3)
        powers, knowns = [], []
        for value in values:
            self._refuse(value)
            traces = [one_instrument(value, "three", self.word)]
            powers.append(self._middle(stacked(value.power, traces)[0], value))
            knowns.append(self._middle(stacked(value.mask, traces)[0], value))
        first = values[0]
        return features(torch.stack(powers), torch.stack(knowns), first.frequencies, first.step)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        return nn.Sequential(nn.BatchNorm1d(shape[0], affine=False), nn.Linear(shape[0], classes))

    def _frames(self, of: Spectrogram) -> int:
        return max(1, round(self.duration / of.step))

    def _middle(self, values: Tensor, of: Spectrogram) -> Tensor:
        """The middle of an example that is longer; the frames that one lacks at its end are not known."""
        import torch

        frames = self._frames(of)
        more = of.windows - frames
        if -more > max(2, round(1 / float(of.frequencies[1]) / of.step)):
            raise Unsuitable(
                f"an example has {of.windows * of.step:g} s, and a window is {self.duration:g} s",
                parameter="duration",
                repair=f"write `examples window={self.duration:g}s`",
            )
        if more < 0:
            return torch.nn.functional.pad(values, (0, -more))
        return values[..., more // 2 : more // 2 + frames]

    def judged(self, spectrogram: Spectrogram, weights: Weights) -> Scores:
        import torch

        from seisdsl.methods.tremor.features import features

        self._refuse(spectrogram)
        step, frames = spectrogram.step, self._frames(spectrogram)
        hop = max(1, round(self.hop / step))
        half = 0.5 / float(spectrogram.frequencies[1])
        first = round((spectrogram.start / NS - half) / step)  # number of the first frame since 1970
        ahead = -first % hop
        count = max(0, (spectrogram.windows - ahead - frames) // hop + 1)
        stations = instruments(spectrogram.channels, "three")
        logits = torch.zeros(len(stations), count, len(weights.classes), device=spectrogram.power.device)
        clear = torch.zeros(len(stations), count, dtype=torch.bool, device=logits.device)
        network = self.loaded(weights, logits.device)
        for row, traces in enumerate(stations.values()) if count else ():
            power, known = (
                stacked(part[..., ahead:], [traces])[0].unfold(-1, frames, hop).movedim(-2, 0)
                for part in (spectrogram.power, spectrogram.mask)
            )
            for at in range(0, count, TILE):
                own = features(power[at : at + TILE], known[at : at + TILE], spectrogram.frequencies, step)
                there = known[at : at + TILE].float().mean(-1).amax(-1) >= KNOWN
                there &= own.any(1)
                clear[row, at : at + TILE] = there
                logits[row, at : at + TILE] = self.logits(own, weights, network, TILE)
        return Scores(
            logits.masked_fill(~clear[..., None], 0).movedim(1, 2).contiguous(),
            clear,
            weights.classes,
            start=spectrogram.start + round((ahead + (frames - 1) / 2) * step * NS),
            step=hop * step,
            window=self.duration,
            channels=tuple(stations),
            simulated=spectrogram.simulated or weights.simulated,
        )

    def judged_each(self, values: Sequence[Spectrogram], weights: Weights) -> Sequence[Scores]:
        return scores_of_each(self, values, weights, self.duration, _centre, TILE)

    def _refuse(self, spectrogram: Spectrogram) -> None:
        frequencies = spectrogram.frequencies
        if len(frequencies) < 2 or float(frequencies[-1]) < HIGHEST:
            raise Unsuitable(
                f"`{self.word}` reads up to {HIGHEST:g} Hz, and this spectrogram does not reach as far",
                notes=["the sampling rate must be 24 Hz or more"],
            )
        if float(frequencies[1]) > 1.0:
            raise Unsuitable(
                f"frequencies {float(frequencies[1]):g} Hz apart do not tell the bands of `{self.word}` apart",
                repair="write `spectrogram window=5.12s overlap=50%` before it",
            )

    def apply(self, spectrogram: Spectrogram) -> Scores:
        scores: Scores = self.used(spectrogram)
        return scores


def _centre(spectrogram: Spectrogram) -> int:
    return spectrogram.start + round((spectrogram.windows - 1) * spectrogram.step * NS / 2)
