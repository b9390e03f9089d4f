"""Maps of square cells, the same cells whatever they are made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seisdsl.data.field import Axis, Field
from seisdsl.language.types import Range

if TYPE_CHECKING:
    from torch import Tensor

KM = 111.2  # to a degree


@dataclass(frozen=True)
class Cells:
    """The numbers of the south-western cell, counted from zero degrees, and how many there are."""

    width: float  # degrees
    south: int
    west: int
    shape: tuple[int, int]

    @property
    def latitude(self) -> Tensor:
        return self._middles(self.south, self.shape[0])

    @property
    def longitude(self) -> Tensor:
        return self._middles(self.west, self.shape[1])

    def _middles(self, first: int, count: int) -> Tensor:
        import torch

        return (torch.arange(first, first + count, dtype=torch.float64) + 0.5) * self.width

    def field(self, values: Tensor, mask: Tensor, name: str, simulated: bool) -> Field:
        axes = (Axis("latitude", self.latitude, "deg"), Axis("longitude", self.longitude, "deg"))
        return Field(values.masked_fill(~mask, 0).cpu(), mask.cpu(), axes, name, "log10 J", simulated)


def cells_around(
    latitude: Tensor, longitude: Tensor, margin: float, width: float,
    within: tuple[Range[float] | None, Range[float] | None],
) -> Cells:  # fmt: skip
    """Cells that hold all places (degrees) and `margin` km around them, or what is asked for.

    Their width, and what is asked for, in radians as an operator is given it.
    """
    width = round(math.degrees(width), 9)
    far = float(latitude.abs().max()) if len(latitude) else 0.0
    east = float(longitude[0]) if len(longitude) else 0.0
    turned = east + (longitude - east + 180) % 360 - 180
    edges = []
    for values, wanted, by in (
        (latitude, within[0], margin / KM),
        (turned, within[1], margin / KM / max(math.cos(math.radians(min(far, 89.0))), 0.02)),
    ):
        low, high = _ends(values, by, width)
        if wanted:
            low, high = (round(math.degrees(edge), 9) for edge in (wanted.low, wanted.high))
        edges.append((math.floor(low / width + 1e-9), math.ceil(high / width - 1e-9)))
    (south, north), (west, end) = edges
    return Cells(width, south, west, (max(1, north - south), max(1, end - west)))


def _ends(values: Tensor, by: float, width: float) -> tuple[float, float]:
    return (float(values.min()) - by, float(values.max()) + by) if len(values) else (0.0, width)
