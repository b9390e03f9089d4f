"""Weights of a network in a safetensors file, with what must be known to use them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor

SHIPPED = Path(__file__).resolve().parent.parent / "weights"


@dataclass(frozen=True, eq=False)
class Weights:
    """The tensors of a network, and what they were made for and from.

    `about` is what the method asks to be the same (rate, band, components, length of a window);
    `temperature` and `prior` are of the calibration; `made` tells the program, seed and versions.
    """

    method: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]  # of one row of the network's input
    tensors: Mapping[str, Tensor]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 1.0
    bias: tuple[float, ...] = ()  # added to the logits, by class
    made: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False

    @cached_property
    def digest(self) -> str:
        """Of the tensors and of all that is said of them."""
        digest = hashlib.blake2b(digest_size=16)
        for name in sorted(self.tensors):
            digest.update(name.encode())
            digest.update(self.tensors[name].detach().cpu().contiguous().numpy().tobytes())
        said = [self.method, self.classes, self.shape, dict(self.parameters), dict(self.about)]
        digest.update(json.dumps([*said, self.temperature, self.bias, self.simulated]).encode())
        return digest.hexdigest()


def shipped_weights(name: str) -> Weights:
    """Those that come with seisdsl."""
    return read_weights(str(SHIPPED / f"{name}.safetensors"))


def read_weights(path: str) -> Weights:
    """The weights of a file; refuses one that is not whole, or that another program wrote."""
    raise Unsuitable(f"cannot read weights from {path}", parameter="weights")


def write_weights(weights: Weights, path: Path) -> None:
    """Write a safetensors file whose metadata say all that is known of the weights."""
