"""Running-spectral images of fixed size, and the network whose pooling leaves frequency in its place."""

from __future__ import annotations

import torch
from torch import Tensor, nn

DEEPEST = 1e-12  # of an image's largest power: what is fainter counts as this
FLOOR = 0.05  # the share of an image's pixels that come out black


def images(power: Tensor, mask: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
    """Pixels between 0 and 1 from [trace, frequency, window], and the columns that are known.

    `at` [image, column] are places in the row of windows, which may lie between two of them; the
    logarithm of the power is then interpolated. A column next to an unrecorded window is not known,
    and black. Gives [trace, image, frequency, column] and [trace, image, column].
    """
    if not power.shape[-1]:
        shape = (len(power), len(at), power.shape[1], at.shape[1])
        return power.new_zeros(shape, dtype=torch.float32), mask.new_zeros(len(power), *at.shape)
    left = at.floor().long()
    share = (at - left).to(torch.float32)
    right = left + (share > 0)
    last = power.shape[-1] - 1
    inside = (left >= 0) & (right <= last)
    left, right = left.clamp(0, last), right.clamp(0, last)
    known = mask[:, left] & mask[:, right] & inside
    pair = torch.stack([power[:, :, left], power[:, :, right]]).movedim(2, 3)
    pair = pair * known[None, :, :, None]
    top = pair.amax((0, 3, 4), keepdim=True)
    level = (pair / top.clamp(min=torch.finfo(pair.dtype).tiny)).clamp(min=DEEPEST).log10().float()
    return stretched(level[0].lerp(level[1], share[:, None]), known), known & (top[0, :, :, 0] > 0)


def stretched(level: Tensor, known: Tensor) -> Tensor:
    """Levels [..., frequency, column] from the 5th percentile of an image to its largest, as 0 to 1."""
    known = known[..., None, :].expand_as(level)
    pixels = level.masked_fill(~known, float("inf")).flatten(-2).sort(-1).values
    number = known.flatten(-2).sum(-1, keepdim=True)
    place = (FLOOR * (number - 1)).clamp(min=0)
    left = place.floor().long()
    right = (left + 1).minimum((number - 1).clamp(min=0))
    low = pixels.gather(-1, left).lerp(pixels.gather(-1, right), place - left)
    low = low.masked_fill(number == 0, 0)[..., None]
    high = level.masked_fill(~known, float("-inf")).amax((-2, -1), keepdim=True)
    high = high.maximum(low)
    return ((level - low) / (high - low).clamp(min=1e-6)).clamp(0, 1).masked_fill(~known, 0)


def rolled(rows: Tensor, shift: Tensor) -> Tensor:
    """Each row of a batch turned along its last axis by a number of places of its own."""
    length = rows.shape[-1]
    at = (torch.arange(length, device=rows.device) - shift[:, None]) % length
    at = at.view(len(rows), *[1] * (rows.ndim - 2), length)
    return rows.gather(-1, at.expand_as(rows))


class _Patterns(nn.Conv2d):
    """Patterns of five by five pixels; an image's end meets its beginning, so that time has no edge."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__(inward, outward, 5, padding=(2, 0))

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(nn.functional.pad(images, (2, 2, 0, 0), mode="circular"))


class SRSpec(nn.Module):
    """Two convolutions and two full layers: [example, plane, frequency, time] to logits.

    Pooling along `time` alone, or along `both` axes as an ordinary network has it; the head takes the
    largest value along time (`max`), along both axes (`global`), or all values (`flatten`). The
    first full layer is as wide as gives the same number of weights whatever the pooling, but under a
    `global` head, where nothing depends on the size of what is pooled.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        classes: int,
        pooling: str = "time",
        head: str = "max",
        channels: int = 32,
        hidden: int = 128,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        planes, rows, columns = shape
        step = (1, 2) if pooling == "time" else (2, 2)
        self.head = head
        self.body = nn.Sequential(
            _Patterns(planes, channels), nn.ReLU(), nn.MaxPool2d(step),
            _Patterns(channels, 2 * channels), nn.ReLU(), nn.MaxPool2d(step),
        )  # fmt: skip

        def features(rows: int) -> int:
            return 2 * channels * {"max": rows, "flatten": rows * (columns // 4), "global": 1}[head]

        own = features(rows if pooling == "time" else rows // 4)
        wide = round(hidden * (features(rows) + 1 + classes) / (own + 1 + classes))
        self.full = nn.Sequential(
            nn.Linear(own, wide), nn.ReLU(), nn.Dropout(dropout), nn.Linear(wide, classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        found = self.body(images)
        if self.head != "flatten":
            found = found.amax(-1) if self.head == "max" else found.amax((-2, -1))
        logits: Tensor = self.full(found.flatten(1))
        return logits
