"""The operator `waveform-cnn`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from seisdsl.data.grid import Grid
from seisdsl.data.scores import Scores
from seisdsl.data.waves import Waves
from seisdsl.data.weights import Weights
from seisdsl.language.types import Frequency, Ratio, Time
from seisdsl.learning import Learned
from seisdsl.operator import Context, Facts, Unsuitable, param
from seisdsl.operators.signal._grid import aside
from seisdsl.operators.tremor._each import scores_of_each
from seisdsl.operators.tremor._stations import Components, instruments, one_instrument, stacked

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

TILE = 64  # windows at once


class WaveformCNN(Learned, name="waveform-cnn"):
    """Tell tremor from earthquakes and noise by the waveform itself.

    Four convolutions along time, of which the first is a bank of filters and nothing else:
    `filter-response` shows what they let through. When something comes in a window does not count,
    unless `head=flatten`, which takes many more examples to learn from. Beside `SRSpec-CNN` on the
    same examples it says whether a spectrogram is needed. Each window is divided by its largest value,
    so gain does not count; one spike or step then makes all else small. A window that touches a gap is
    not judged.
    """

    cite = "Nakano and Sugiyama 2022, doi:10.1186/s40623-022-01696-1"
    example = """\
let data = simulate two-events duration=5min | resample 25Hz
  | examples window=41s hop=20s classes=["noise", "earthquake"]
data | train (waveform-cnn length=1024) epochs=1 | show"""
    tags = ("tremor", "network", "classification")
    version = 2
    fixed = ("rate", "length", "components", "filters", "kernel", "head")

    rate: Frequency = param("25Hz", "sampling rate of the waves it reads", above="0Hz")
    length: int = param(4096, "samples of a window", at_least=256)
    components: Components = param("vertical", "the vertical alone, or all three")
    filters: int = param(16, "channels of the first layer", at_least=1)
    kernel: int = param(65, "samples of each of its filters, an odd number", at_least=3)
    head: Literal["max", "flatten"] = param("max", "what is left of time: the largest value, or all values")
    dropout: Ratio = param(
        "30%", "share of the last hidden layer left out at random in training", below="100%"
    )
    hop: Time = param("30s", "from one window of a long record to the next", above="0s")

    def context(self, piped: Facts) -> Context:
        reach = self.length / self.rate / 2
        return Context(reach, reach)

    def facts(self, piped: Facts) -> Facts:
        if piped.rate:
            self._suits(piped.rate)
        if self.kernel % 2 == 0:
            raise Unsuitable(
                f"a filter of {self.kernel} samples has no middle",
                parameter="kernel",
                repair=f"write kernel={self.kernel + 1}",
            )
        return piped.but(rate=None)

    def _suits(self, rate: float) -> None:
        if abs(rate / self.rate - 1) > 1e-6:
            raise Unsuitable(
                f"`{self.word}` reads waves of {self.rate:g} Hz, and these have {rate:g} Hz",
                parameter="rate",
                repair=f"write `resample {self.rate:g}Hz` before it",
            )

    def inputs(self, values: Sequence[Waves]) -> Tensor:
        """The middle of each example."""
        import torch

        from seisdsl.methods.tremor.waveform import levelled

        made = []
        for value in values:
            self._suits(value.rate)
            ahead = (value.length - self.length) // 2
            if ahead < 0:
                raise Unsuitable(
                    f"a window takes {self.length} samples, and an example holds {value.length}",
                    parameter="length",
                    repair=f"write `examples window={self.length / self.rate:g}s`",
                )
            rows = [one_instrument(value, self.components, self.word)]
            part = slice(ahead, ahead + self.length)
            made.append(
                levelled(stacked(value.samples[:, part], rows)[0], stacked(value.mask[:, part], rows)[0])
            )
        return torch.stack(made)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from seisdsl.methods.tremor.waveform import WaveformNetwork

        return WaveformNetwork(shape, classes, self.filters, self.kernel, self.head, self.dropout)

    def varied(self, inputs: Tensor, chance: Generator) -> Tensor:
        """Up to a quarter of a window earlier or later, and upside down."""
        import torch

        from seisdsl.methods.tremor.srspec import rolled

        most = self.length // 4
        shift = torch.randint(-most, most + 1, (len(inputs),), generator=chance, device=chance.device)
        sign = torch.randint(0, 2, (len(inputs), 1, 1), generator=chance, device=chance.device) * 2 - 1
        return rolled(inputs, shift.to(inputs.device)) * sign.to(inputs.device)

    def judged(self, waves: Waves, weights: Weights) -> Scores:
        import torch

        from seisdsl.methods.signal.spectrum import recorded_windows
        from seisdsl.methods.tremor.waveform import levelled

        self._suits(waves.rate)
        hop = max(1, round(self.hop * waves.rate))
        ahead = -waves.first % hop
        whole = recorded_windows(waves.mask[:, ahead:], self.length, hop)
        stations = instruments(waves.channels, self.components)
        rows = list(stations.values())
        count = whole.shape[1]
        logits = torch.zeros(len(rows), len(weights.classes), count, device=waves.samples.device)
        mask = torch.zeros(len(rows), count, dtype=torch.bool, device=logits.device)
        tile = max(1, TILE // max(len(rows), 1))
        network = self.loaded(weights, logits.device)
        for at in range(0, count if rows else 0, tile):
            last = min(at + tile, count)
            part = waves.samples[:, ahead + at * hop : ahead + (last - 1) * hop + self.length]
            windows = part.unfold(-1, self.length, hop)
            clear = whole[:, at:last]
            levels = levelled(windows, clear[..., None].expand_as(windows))
            heard = clear & (levels.abs().amax(-1) > 0)
            rowwise = stacked(levels, rows).transpose(1, 2)
            judged = stacked(heard, rows).any(1)
            mask[:, at:last] = judged
            logits[:, :, at:last].movedim(1, 2)[judged] = self.logits(rowwise[judged], weights, network, TILE)
        centre = Grid(2 * waves.rate).time(2 * (waves.first + ahead) + self.length)
        return Scores(
            logits,
            mask,
            weights.classes,
            start=centre + aside(waves),
            step=hop / waves.rate,
            window=self.length / waves.rate,
            channels=tuple(stations),
            simulated=waves.simulated or weights.simulated,
        )

    def judged_each(self, values: Sequence[Waves], weights: Weights) -> Sequence[Scores]:
        def middle(waves: Waves) -> int:
            return (waves.span.start + waves.span.end) // 2

        return scores_of_each(self, values, weights, self.length / self.rate, middle, TILE)

    def apply(self, waves: Waves) -> Scores:
        used: Scores = self.used(waves)
        return used
