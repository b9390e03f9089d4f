from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seisdsl.data.examples import Examples
from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS
from seisdsl.data.weights import Weights
from seisdsl.language.types import Probability, Ratio
from seisdsl.learning import Learned
from seisdsl.operator import Context, Facts, Unsuitable, param
from seisdsl.operators.tremor._stations import instruments, one_instrument, stacked

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

STEP = 2.56  # seconds between the frames of a spectrogram that it reads
BINS = 64  # frequencies, from the first above zero
SPACING = 1 / (2 * STEP)  # Hz
HOP = 12  # frames from one window to the next
KNOWN = 0.75  # of the frames of a window's best component, for it to be judged
TILE = 64  # windows at once
_DROPPED, _HIDDEN, _SHIFT = 0.15, 10, 40.0  # in training: components, frames and seconds


class DiET(Learned, name="DiET"):
    """Tell tremor from earthquakes and noise, station by station, by spectrograms.

    One network for all stations: each frequency is taken over its own median in the window, which
    removes the site and steady noise, beside the colour of the window as it is. It reads what
    `spectrogram` gives by itself, of records of 25 Hz or more, up to 12.5 Hz and over 164 s, and
    judges every 30.7 s from all the windows that cover that time. Components that are missing or
    dead do no harm; where a quarter of a window was not recorded nothing is said.

    Targets are graded: the fainter an event is against the noise, the less sure the network is taught
    to be, so that the odds fall with distance as `GrASP` needs it.

    `quiet` says how much of the records is noise alone: the network learns with all classes alike
    often, and its probabilities are those of records in which earthquakes and tremor are rare. An
    earthquake in the midst of tremor gets the name of the stronger. Ships and swarms of small
    earthquakes are what it is most often misled by. What is published of DiET is its purpose, input
    and accuracy: the network, window and training are this project's own.
    """

    cite = (
        "National Institute of Advanced Industrial Science and Technology and Tohoku University 2025, "
        "press release of 4 June",
        "Takahashi, Tateiwa, Yano and Kano 2021, doi:10.1186/s40623-021-01512-8",
    )
    tags = ("tremor", "network", "classification", "flagship")
    shipped = "diet"
    fixed = ("width", "frames", "dropout")
    smoothing = 0.0  # the targets say themselves how sure they are
    example = "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:05Z | spectrogram | DiET | show"

    quiet: Probability = param(0.9, "share of the records that is noise alone", at_least=0.01, at_most=0.9999)
    width: int = param(
        16, "channels of the first layer; later ones have up to three times as many", at_least=2
    )
    frames: int = param(64, "frames of a window, 2.56 s each", at_least=8, at_most=256)
    dropout: Ratio = param("30%", "share of the last layer left out at random in training", below="100%")

    def context(self, piped: Facts) -> Context:
        """A step is judged from all windows that hold it."""
        reach = (self.frames + HOP) * STEP
        return Context(reach, reach)

    def facts(self, piped: Facts) -> Facts:
        return piped.but(rate=None)

    # For training

    def inputs(self, values: Sequence[Spectrogram]) -> Tensor:
        import torch

        from seisdsl.methods.tremor.diet import planes

        power, known = [], []
        for value in values:
            self._refuse(value)
            rows = [one_instrument(value, "three", self.word)]
            power.append(self._window(stacked(value.power[:, 1 : BINS + 1], rows)[0]))
            known.append(self._window(stacked(value.mask, rows)[0]))
        return planes(torch.stack(power), torch.stack(known))

    def _window(self, values: Tensor) -> Tensor:
        """The middle of an example that is longer; one that lacks a frame or two has unknown ones."""
        import torch

        more = values.shape[-1] - self.frames
        if more < -self._spare:
            raise Unsuitable(
                f"an example has {values.shape[-1]} frames, and `{self.word}` reads {self.frames}",
                parameter="frames",
                repair=f"write `examples window={self.frames * STEP:g}s`",
            )
        if more < 0:
            return torch.nn.functional.pad(values, (0, -more))
        return values[..., more // 2 : more // 2 + self.frames]

    @property
    def _spare(self) -> int:
        """Frames that an example may lack: one of 164 s holds 63."""
        return max(2, self.frames // 16)

    def targets(self, examples: Examples[Any], classes: Sequence[str]) -> Tensor:
        """How likely each class is: the fainter an event, the less."""
        import torch

        from seisdsl.methods.tremor.diet import likely

        known = examples.truth or ({},) * len(examples)
        strength = torch.tensor([row.get("score", math.nan) for row in known], dtype=torch.float64)
        noise = list(classes).index("noise") if "noise" in classes else None
        return likely(self.numbered(examples, classes), strength, len(classes), noise)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from seisdsl.methods.tremor.diet import DiETNet

        return DiETNet(shape, classes, self.width, self.dropout)

    def varied(self, inputs: Tensor, chance: Generator) -> Tensor:
        """Up to 40 s earlier or later, without some frames, and now and then without a component."""
        import torch

        from seisdsl.methods.tremor.diet import masked_frames, shifted, without_components

        count, length = len(inputs), inputs.shape[-1]

        def whole(low: int, high: int) -> Tensor:
            return torch.randint(low, high + 1, (count,), generator=chance).to(inputs.device)

        most = min(round(_SHIFT / STEP), length // 4)
        out = shifted(inputs, whole(-most, most))
        out = masked_frames(out, whole(0, length - 1), whole(0, min(_HIDDEN, length // 6)))
        kept = torch.rand(count, inputs.shape[1] // 2, generator=chance) > _DROPPED
        kept[:, 0] |= ~kept.any(1)
        return without_components(out, kept.to(inputs.device))

    def about(self, value: Spectrogram) -> dict[str, Any]:
        return {
            "step": STEP,
            "frequencies": [SPACING, BINS * SPACING],
            "window": self.frames * STEP,
            "hop": HOP * STEP,
        }

    # For use

    def judged(self, spectrogram: Spectrogram, weights: Weights) -> Scores:
        self._refuse(spectrogram)
        stations = instruments(spectrogram.channels, "three")
        if self.frames - self._spare <= spectrogram.windows <= self.frames:
            return self._one(spectrogram, weights)
        import torch

        from seisdsl.methods.tremor.diet import averaged

        first = round((spectrogram.start / NS - STEP) / STEP)  # number of the first frame since 1970
        ahead = -first % HOP
        count = max(0, (spectrogram.windows - ahead - self.frames) // HOP + 1)
        logits, clear = self._windows(spectrogram, list(stations.values()), ahead, count, weights)
        over = (self.frames - HOP) // HOP + 1  # windows that hold a step
        reach = over - 1 if count else 0
        padding = (0, 0, reach, reach)
        logits = torch.nn.functional.pad(logits, padding)
        clear = torch.nn.functional.pad(clear, (reach, reach))
        mean, known = averaged(logits, clear, over) if count else (logits, clear)
        mean = (mean + self._rarity(weights, mean)).masked_fill(~known[..., None], 0)
        return Scores(
            mean.movedim(1, 2).contiguous(),
            known,
            weights.classes,
            start=spectrogram.start + round((ahead + (HOP - 1) / 2) * STEP * NS),
            step=HOP * STEP,
            window=self.frames * STEP,
            channels=tuple(stations),
            simulated=spectrogram.simulated,
        )

    def _one(self, spectrogram: Spectrogram, weights: Weights) -> Scores:
        """An example: one window, whatever its time, and its logits as they are."""
        from seisdsl.methods.tremor.diet import planes

        stations = instruments(spectrogram.channels, "three")
        rows = list(stations.values())
        power = self._window(stacked(spectrogram.power[:, 1 : BINS + 1], rows))
        known = self._window(stacked(spectrogram.mask, rows))
        clear = known.float().mean(-1).amax(1) >= KNOWN
        network = self.loaded(weights, power.device)
        logits = self.logits(planes(power, known), weights, network, TILE).masked_fill(~clear[:, None], 0)
        return self._score(spectrogram, logits, clear[:, None], weights)

    def _score(self, example: Spectrogram, logits: Tensor, clear: Tensor, weights: Weights) -> Scores:
        """Of one window: logits [station, class]."""
        centre = example.start + round((example.windows - 1) * STEP * NS / 2)
        return Scores(
            logits[..., None], clear, weights.classes, start=centre, step=self.frames * STEP,
            window=self.frames * STEP, channels=tuple(instruments(example.channels, "three")),
            simulated=example.simulated,
        )  # fmt: skip

    def judged_each(self, values: Sequence[Spectrogram], weights: Weights) -> Sequence[Scores]:
        import torch

        if not values:
            return []
        network = self.loaded(weights, values[0].power.device)
        found: list[Scores] = []
        for at in range(0, len(values), TILE):
            rows = self.inputs(values[at : at + TILE])
            logits = self.logits(rows, weights, network, TILE)
            for value, row, own in zip(values[at : at + TILE], rows, logits, strict=True):
                clear = torch.tensor([[bool(row.any())]], device=own.device)
                found.append(self._score(value, own[None], clear, weights))
        return found

    def _windows(
        self,
        spectrogram: Spectrogram,
        rows: Sequence[Sequence[int | None]],
        ahead: int,
        count: int,
        weights: Weights,
    ) -> tuple[Tensor, Tensor]:
        """Logits [station, window, class] of all windows, and whether they can be judged."""
        import torch

        from seisdsl.methods.tremor.diet import planes

        device = spectrogram.power.device
        logits = torch.zeros(len(rows), count, len(weights.classes), device=device)
        clear = torch.zeros(len(rows), count, dtype=torch.bool, device=device)
        network = self.loaded(weights, device)
        at_once = max(1, TILE // max(count, 1))
        for row in range(0, len(rows) if count else 0, at_once):
            own = rows[row : row + at_once]
            power = stacked(spectrogram.power[:, 1 : BINS + 1, ahead:], own)
            known = stacked(spectrogram.mask[:, ahead:], own)
            frames = power.unfold(-1, self.frames, HOP).movedim(-2, 1).flatten(0, 1)
            seen = known.unfold(-1, self.frames, HOP).movedim(-2, 1).flatten(0, 1)
            good = seen.float().mean(-1).amax(1) >= KNOWN
            clear[row : row + at_once] = good.view(len(own), -1)
            found = torch.zeros(len(good), len(weights.classes), device=device)
            if good.any():
                found[good] = self.logits(planes(frames[good], seen[good]), weights, network, TILE)
            logits[row : row + at_once] = found.view(len(own), count, -1)
        return logits, clear

    def _rarity(self, weights: Weights, like: Tensor) -> Tensor:
        """What the rarity of all but noise adds to logits that were learnt with all classes alike."""
        others = (1 - self.quiet) / max(len(weights.classes) - 1, 1)
        share = [self.quiet if name == "noise" else others for name in weights.classes]
        return like.new_tensor([math.log(part * len(share)) for part in share])

    def _refuse(self, spectrogram: Spectrogram) -> None:
        frequencies = spectrogram.frequencies
        spacing = float(frequencies[1] - frequencies[0]) if len(frequencies) > 1 else 0.0
        right = abs(spectrogram.step - STEP) < 1e-6 and abs(spacing - SPACING) < 1e-6
        if not right:
            raise Unsuitable(
                f"`{self.word}` reads windows of 5.12 s every 2.56 s, and these are of {1 / spacing:.4g} s "
                f"every {spectrogram.step:g} s"
                if spacing
                else f"`{self.word}` cannot read this spectrogram",
                repair="write `spectrogram window=5.12s overlap=50%` before it",
                notes=[
                    "the sampling rate must make 2.56 s a whole number of samples, as 25, 50 and 100 Hz do"
                ],
            )
        if len(frequencies) <= BINS:
            raise Unsuitable(
                f"`{self.word}` reads up to {BINS * SPACING:g} Hz, and the spectrogram ends at {frequencies[-1]:g} Hz",
                notes=["the sampling rate must be 25 Hz or more"],
            )

    def apply(self, spectrogram: Spectrogram) -> Scores:
        scores: Scores = self.used(spectrogram)
        return scores
