"""The operator `SRSpec-CNN`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS
from seisdsl.data.weights import Weights
from seisdsl.language.types import Frequency, Range, Ratio, Time
from seisdsl.learning import Learned
from seisdsl.operator import Context, Facts, Unsuitable, param
from seisdsl.operators.tremor._each import scores_of_each
from seisdsl.operators.tremor._stations import Components, instruments, one_instrument, stacked

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

TILE = 64  # images at once
KNOWN = 0.75  # of an image's columns, for it to be judged


class SRSpecCNN(Learned, name="SRSpec-CNN"):
    """Tell tremor from earthquakes and noise by the image of a running spectrum.

    The network pools along time only, so that where a pattern lies in frequency counts and when it
    comes does not; `pooling=both` is the ordinary network with as many weights, to compare with, and
    `head=flatten` keeps the time of what it sees, as networks for pictures did. An image is of one
    station, 64 by 64 pixels with the defaults: `spectrogram window=8s` has the right frequencies, and
    the columns are interpolated between its windows. It stretches from the 5th percentile of its own
    levels to the largest, so gain does not count and colour does. Columns that were not recorded are
    black; an image that lacks a quarter of them is not judged.

    Blind to two events in one image, of which it names one, and misled by a strong resonance under a
    station. The published figures are of records from which unclear signals had been taken out.
    """

    cite = "Nakano, Sugiyama, Hori, Kuwatani and Tsuboi 2019, doi:10.1785/0220180279"
    example = """\
let data = simulate two-events duration=5min | spectrogram window=4s
  | examples window=60s hop=20s classes=["noise", "earthquake"]
data | train (SRSpec-CNN size=32 duration=60s channels=2) epochs=1 | show"""
    tags = ("tremor", "network", "classification")
    version = 2
    fixed = ("duration", "band", "size", "components", "pooling", "head", "channels", "hidden")

    duration: Time = param("225s", "length of an image", at_least="60s", at_most="600s")
    band: Range[Frequency] = param("2..10Hz", "frequencies of an image")
    size: int = param(64, "pixels to a side", at_least=32, at_most=128)
    components: Components = param("vertical", "the vertical alone, or all three as planes of one image")
    pooling: Literal["time", "both"] = param("time", "along time alone, or along frequency too")
    head: Literal["max", "flatten", "global"] = param(
        "max", "what is left of time: the largest value; all values; the largest over frequency too"
    )
    channels: int = param(
        32, "patterns that the first layer knows; the second knows twice as many", at_least=1
    )
    hidden: int = param(128, "width of the first full layer, where pooling is along time", at_least=1)
    dropout: Ratio = param("50%", "share of that layer left out at random in training", below="100%")
    hop: Time = param("30s", "from one image of a long record to the next", above="0s")

    def context(self, piped: Facts) -> Context:
        reach = self.duration / 2
        return Context(reach, reach)

    @property
    def _window(self) -> float:
        """Seconds of a spectrogram's window whose frequencies are those of the rows."""
        return self.size / (self.band.high - self.band.low)

    def _rows(self, spectrogram: Spectrogram) -> slice:
        """The frequencies of the image among those of a spectrogram."""
        frequencies = spectrogram.frequencies
        low, spacing = self.band.low, 1 / self._window
        first = round(low / spacing)
        last = first + self.size
        own = float(frequencies[1] - frequencies[0])
        write = f"write `spectrogram window={self._window:g}s overlap=50%` before it"
        if abs(own - spacing) > 1e-6 * spacing:
            raise Unsuitable(
                f"an image of {self.size} rows from {low:g} to {self.band.high:g} Hz needs frequencies "
                f"{spacing:g} Hz apart, and these are {own:g} Hz apart",
                repair=write,
            )
        if abs(first * spacing - low) > 1e-6 * spacing:
            raise Unsuitable(
                f"no row begins at {low:g} Hz: rows are {spacing:g} Hz apart",
                parameter="band",
                repair=f"begin at {first * spacing:g} Hz",
            )
        if last > len(frequencies):
            raise Unsuitable(
                f"the image reaches {self.band.high:g} Hz, and the spectrogram {frequencies[-1]:g} Hz",
                parameter="band",
                notes=["the waves' sampling rate must be twice the highest frequency or more"],
            )
        if spectrogram.step > self._window / 2 + 1e-9:
            raise Unsuitable(
                f"an image's columns are {self._columns[1]:.2f} s apart, and windows {spectrogram.step:g} s",
                repair=write,
            )
        return slice(first, last)

    @property
    def _columns(self) -> tuple[float, float]:
        """Seconds from an image's first column to its last, and from one to the next."""
        span = self.duration - self._window
        return span, span / (self.size - 1)

    def _images(
        self, spectrogram: Spectrogram, centres: Sequence[int], rows: Sequence[Sequence[int | None]]
    ) -> tuple[Tensor, Tensor]:
        """Images [station, image, component, row, column] around times, and whether they can be judged."""
        import torch

        from seisdsl.methods.tremor.srspec import images

        own = self._rows(spectrogram)
        span, step = self._columns
        after = torch.arange(self.size, dtype=torch.float64) * step - span / 2
        begin = torch.tensor([centre - spectrogram.start for centre in centres], dtype=torch.float64) / NS
        at = ((begin[:, None] + after) / spectrogram.step * 1e6).round() / 1e6
        at = at.to(spectrogram.power.device)
        found, known = images(spectrogram.power[:, own], spectrogram.mask, at)
        pixels = stacked(found, rows).transpose(1, 2)
        columns = stacked(known, rows)
        return pixels, (columns.float().mean(-1) >= KNOWN).any(1)

    def inputs(self, values: Sequence[Spectrogram]) -> Tensor:
        import torch

        made = []
        for value in values:
            if (value.windows - 1) * value.step < self._columns[0] - 1e-6:
                raise Unsuitable(
                    f"an image takes {self.duration:g} s, and an example holds "
                    f"{value.windows * value.step:g} s",
                    parameter="duration",
                    repair=f"write `examples window={self.duration:g}s`",
                )
            traces = one_instrument(value, self.components, self.word)
            made.append(self._images(value, [_middle(value)], [traces])[0][0, 0])
        return torch.stack(made)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from seisdsl.methods.tremor.srspec import SRSpec

        return SRSpec(shape, classes, self.pooling, self.head, self.channels, self.hidden, self.dropout)

    def varied(self, inputs: Tensor, chance: Generator) -> Tensor:
        """Up to 60 s earlier or later; what leaves at one end comes in at the other."""
        import torch

        from seisdsl.methods.tremor.srspec import rolled

        most = min(self.size // 2, round(60 / self._columns[1]))
        shift = torch.randint(-most, most + 1, (len(inputs),), generator=chance, device=chance.device)
        return rolled(inputs, shift.to(inputs.device))

    def judged(self, spectrogram: Spectrogram, weights: Weights) -> Scores:
        import torch

        self._rows(spectrogram)
        step = round(self.hop * NS)
        time = spectrogram.span
        centres = range(-(-time.start // step) * step, time.end, step) if spectrogram.windows else range(0)
        stations = instruments(spectrogram.channels, self.components)
        rows = list(stations.values())
        logits = spectrogram.power.new_zeros(
            len(rows), len(weights.classes), len(centres), dtype=torch.float32
        )
        mask = torch.zeros(len(rows), len(centres), dtype=torch.bool, device=logits.device)
        tile = max(1, TILE // max(len(rows), 1))
        network = self.loaded(weights, logits.device)
        for at in range(0, len(centres) if rows else 0, tile):
            pixels, clear = self._images(spectrogram, centres[at : at + tile], rows)
            found = self.logits(pixels[clear], weights, network, TILE)
            mask[:, at : at + tile] = clear
            logits[:, :, at : at + tile].movedim(1, 2)[clear] = found
        return Scores(
            logits,
            mask,
            weights.classes,
            start=centres[0] if centres else time.start,
            step=self.hop,
            window=self.duration,
            channels=tuple(stations),
            simulated=spectrogram.simulated or weights.simulated,
        )

    def judged_each(self, values: Sequence[Spectrogram], weights: Weights) -> Sequence[Scores]:
        return scores_of_each(self, values, weights, self.duration, _middle, TILE)

    def apply(self, spectrogram: Spectrogram) -> Scores:
        used: Scores = self.used(spectrogram)
        return used


def _middle(spectrogram: Spectrogram) -> int:
    return spectrogram.start + round((spectrogram.windows - 1) * spectrogram.step * NS / 2)
