"""What an operator with a network says beyond what every operator says, so that `train` can fit it.

    class DiET(Learned, name="DiET"):
        '''Tell tremor from earthquakes and noise, station by station.'''

        shipped = "diet"

        def inputs(self, values): ...           # spectrograms to one tensor, normalised
        def network(self, shape, classes): ...  # an nn.Module that gives logits
        def varied(self, inputs, chance): ...   # the same examples as they might also have come
        def judged(self, value, weights): ...   # a whole record, with weights that are at hand

        def apply(self, spectrogram: Spectrogram) -> Scores:
            return self.used(spectrogram)

`train` asks for `inputs`, `network`, `varied`, `targets` and `loss`, and knows nothing else of a
method. Weights lie in safetensors files with all that is needed to use them: see `Weights`. A method
that is no network and learns from the rows of a table says `by_rows` and has `fit_rows`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from seisdsl.data.examples import Examples
from seisdsl.data.weights import Weights, read_weights, shipped_weights
from seisdsl.language.types import InputFile
from seisdsl.operator import Files, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn


class Learned(Operator):
    """A method whose network is fitted by `train` and used with weights from a file."""

    shipped: ClassVar[str] = ""  # the name of the weights that come with seisdsl
    fixed: ClassVar[tuple[str, ...]] = ()  # the parameters that make the network what it is
    smoothing: ClassVar[float] = 0.05  # of the labels, in training
    by_rows: ClassVar[bool] = False  # whether it learns from a table's rows, not from examples

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
        """What the network should give for each example: the number of its class, or how likely each is."""
        return self.numbered(examples, classes)

    @staticmethod
    def numbered(examples: Examples[Any], classes: Sequence[str]) -> Tensor:
        """The number of each example's class."""
        import torch

        return torch.tensor([classes.index(label) for label in examples.labels])

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """How wrong an output is, averaged over a batch."""
        import torch

        loss: Tensor = torch.nn.functional.cross_entropy(output, target, label_smoothing=self.smoothing)
        return loss

    def fit_rows(self, table: Any, valid: Any, seed: int) -> tuple[Weights, list[dict[str, float]]]:
        """Of a method that learns `by_rows`: what it learnt, and a row of figures for each pass."""
        raise NotImplementedError

    def about(self, value: Any) -> dict[str, Any]:
        """Of a value that it is trained on: what must be the same where the weights are used."""
        return {}

    def judged(self, value: Any, weights: Weights) -> Any:
        """What the method gives for a value of any length."""
        raise NotImplementedError

    def judged_each(self, values: Sequence[Any], weights: Weights) -> Sequence[Any]:
        """The same of many examples, each of one station and one window."""
        return [self.judged(value, weights) for value in values]

    # What follows from it

    def used(self, value: Any) -> Any:
        """What the method gives with the weights that are named, or those that come with seisdsl."""
        weights = self.fitted()
        if weights.simulated:
            warnings.warn(f"the weights of `{self.word}` were trained on simulated records", stacklevel=2)
        return self.like(weights).judged(value, weights)

    def fitted(self) -> Weights:
        if self.weights:
            found = read_weights(self.weights)
        elif self.shipped:
            found = shipped_weights(self.shipped)
        else:
            raise Unsuitable(
                f"no weights of `{self.word}` come with seisdsl",
                parameter="weights",
                notes=[f"train it: `data.train | train {self.word}`"],
            )
        if found.method != self.word:
            raise Unsuitable(
                f"{self.weights} holds weights of `{found.method}`, not of `{self.word}`", parameter="weights"
            )
        return found

    def fingerprint(self) -> Mapping[str, str]:
        """Results depend on the weights by their content."""
        return {"weights": self.fitted().digest} if self.weights or self.shipped else {}

    def files(self) -> Files:
        if not self.weights:
            return Files()
        there = Path(self.weights).is_file()
        return Files((self.weights,) if there else (), () if there else (self.weights,))

    def said(self) -> dict[str, Any]:
        """Its parameters as JSON holds them, to be found beside the weights."""
        return self.model_dump(mode="json", exclude={"weights"})

    def like(self, weights: Weights) -> Self:
        """The same with the network that the weights are of."""
        own = {name: weights.parameters[name] for name in self.fixed if name in weights.parameters}
        return type(self).model_validate({**self.said(), **own, "weights": self.weights}) if own else self

    def loaded(self, weights: Weights, device: Any) -> nn.Module:
        """Its network with the weights in it, ready for use."""
        from seisdsl.methods.learn.fusing import fused

        network = self.network(weights.shape, len(weights.classes))
        network.load_state_dict(dict(weights.tensors))
        return fused(network.eval()).to(device)

    def logits(self, rows: Tensor, weights: Weights, network: nn.Module, tile: int = 256) -> Tensor:
        """Calibrated logits [row, class] of rows of inputs, a tile of them at a time."""
        import torch

        with torch.no_grad():
            parts = [network(rows[at : at + tile]) for at in range(0, len(rows), tile)]
        found = torch.cat(parts) if parts else rows.new_zeros(0, len(weights.classes))
        found = found / weights.temperature
        return found + found.new_tensor(weights.bias) if weights.bias else found

    def apply_all(self, values: Sequence[Any], **inputs: Any) -> Sequence[Any]:
        weights = self.fitted()
        return self.like(weights).judged_each(values, weights)
