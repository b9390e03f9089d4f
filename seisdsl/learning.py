"""What an operator with a network says beyond what every operator says, so that `train` can fit it.

    class DiET(Learned, name="DiET"):
        '''Tell tremor from earthquakes and noise, station by station.'''

        shipped = "diet"

        def inputs(self, values): ...           # spectrograms to one tensor, normalised
        def network(self, shape, classes): ...  # an nn.Module that gives logits
        def varied(self, inputs, chance): ...   # the same examples as they might also have come
        def judged(self, value, weights): ...   # a whole record, with weights that are at hand

        def apply(self, spectrogram: Spectrogram) -> Scores:
            return self.judged(spectrogram, self.fitted())

`train` asks for `inputs`, `network`, `varied`, `targets` and `loss`, and knows nothing else of a
method. Weights lie in safetensors files with all that is needed to use them: see `Weights`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from seisdsl.data.examples import Examples
from seisdsl.data.weights import Weights, read_weights, shipped_weights
from seisdsl.language.types import InputFile
from seisdsl.operator import Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn


class Learned(Operator):
    """A method whose network is fitted by `train` and used with weights from a file."""

    shipped: ClassVar[str] = ""  # the name of the weights that come with seisdsl
    smoothing: ClassVar[float] = 0.05  # of the labels, in training

    weights: InputFile | None = param(
        None, "a file of weights that `train` made; those that come with seisdsl where none is named"
    )

    # What a method says

    def inputs(self, values: Sequence[Any]) -> Tensor:
        """One row for each value: what the network reads, [example, ...], float32 and finite."""
        raise NotImplementedError

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """A fresh network for rows of this shape; it gives logits [example, class]."""
        raise NotImplementedError

    def varied(self, inputs: Tensor, chance: Generator) -> Tensor:
        """The rows of a batch as they might also have come: shifted, weaker, a component missing."""
        return inputs

    def targets(self, examples: Examples[Any], classes: Sequence[str]) -> Tensor:
        """What the network should give for each example: the number of its class."""
        import torch

        return torch.tensor([classes.index(label) for label in examples.labels])

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """How wrong an output is, averaged over a batch."""
        import torch

        loss: Tensor = torch.nn.functional.cross_entropy(output, target, label_smoothing=self.smoothing)
        return loss

    def about(self, value: Any) -> dict[str, Any]:
        """Of a value that it is trained on: what must be the same where the weights are used."""
        return {}

    def judged(self, value: Any, weights: Weights) -> Any:
        """What the method gives for a value of any length."""
        raise NotImplementedError

    # What follows from it

    def fitted(self) -> Weights:
        """The weights to use: those of the file that is named, or those that come with seisdsl."""
        if self.weights:
            found = read_weights(self.weights)
        elif not self.shipped:
            raise Unsuitable(
                f"no weights of `{self.word}` come with seisdsl",
                parameter="weights",
                notes=[f"train it: `data.train | train {self.word}`"],
            )
        else:
            found = shipped_weights(self.shipped)
        if found.method != self.word:
            raise Unsuitable(
                f"{self.weights} holds weights of `{found.method}`, not of `{self.word}`", parameter="weights"
            )
        if found.simulated:
            warnings.warn(f"the weights of `{self.word}` were trained on simulated records", stacklevel=2)
        return found
