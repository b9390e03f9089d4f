"""Scores: how sure a method is of each class, station by station and window by window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seisdsl.data.joining import together
from seisdsl.data.waves import NS, Channel
from seisdsl.language.types import TimeRange, Value

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.data.arrays import Arrays


@dataclass(frozen=True, eq=False)
class Scores(Value):
    """Scores of the classes of a classifier, at each station and in each window of time.

    `logits` is [station, class, window], `mask` [station, window]: False where there was too little
    record to judge; the logits there are zero and mean nothing. `start` is the centre of the first
    window, `step` the seconds from one window to the next, `window` their length. A score of all
    components of a station has a channel whose code lacks the component.
    """

    logits: Tensor
    mask: Tensor
    classes: tuple[str, ...]
    start: int
    step: float
    window: float
    channels: tuple[Channel, ...]
    simulated: bool = False

    @property
    def probabilities(self) -> Tensor:
        """Of the classes, adding up to one; zero where nothing was judged."""
        return self.logits.softmax(dim=1).masked_fill(~self.mask[:, None], 0)

    @property
    def windows(self) -> int:
        return int(self.logits.shape[-1])

    def time_of(self, window: int) -> int:
        """The centre of a window in integer nanoseconds."""
        return self.start + round(window * self.step * NS)

    @property
    def span(self) -> TimeRange:
        """From the first window's centre to that of the window after the last."""
        return TimeRange(self.start, self.time_of(self.windows))

    def within(self, time: TimeRange) -> Scores:
        """The windows whose centre lies in a half-open time: there may be none."""
        edges = (math.ceil((edge - self.start) / NS / self.step - 1e-6) for edge in (time.start, time.end))
        left, right = (min(max(edge, 0), self.windows) for edge in edges)
        right = max(left, right)
        return replace(
            self,
            logits=self.logits[..., left:right],
            mask=self.mask[..., left:right],
            start=self.time_of(left),
        )

    @classmethod
    def joined(cls, parts: Sequence[Scores]) -> Scores:
        """Parts of one series of windows put side by side; a station that a part lacks was not judged."""
        import torch

        parts = sorted([part for part in parts if part.windows] or parts[:1], key=lambda part: part.start)
        model = parts[0]
        if any((part.classes, part.step) != (model.classes, model.step) for part in parts):
            raise ValueError("scores of other classes or other windows cannot be joined")
        channels, rows = together([part.channels for part in parts], lambda channel: channel.id)
        places = [round((part.start - model.start) / NS / model.step) for part in parts]
        windows = max(at + part.windows for at, part in zip(places, parts, strict=True))
        logits = model.logits.new_zeros(len(channels), len(model.classes), windows)
        mask = torch.zeros(len(channels), windows, dtype=torch.bool, device=model.mask.device)
        for own, at, part in zip(rows, places, parts, strict=True):
            logits[own, :, at : at + part.windows] = part.logits
            mask[own, at : at + part.windows] = part.mask
        simulated = any(part.simulated for part in parts)
        return replace(model, logits=logits, mask=mask, channels=channels, simulated=simulated)

    def to_numpy(self) -> Any:
        """Logits as an array, NaN where nothing was judged."""
        logits = self.logits.detach().double().masked_fill(~self.mask[:, None], float("nan"))
        return logits.cpu().numpy()

    def to_xarray(self) -> Any:
        """An xarray data set of logits and mask, with classes, times and stations as coordinates."""
        from seisdsl.data.xarrays import dataset

        return dataset(self.to_arrays())

    def to_arrays(self) -> Arrays:
        import numpy as np

        from seisdsl.data.arrays import Arrays, station_arrays

        return Arrays(
            {
                "logits": (("station", "class", "time"), self.logits.detach().cpu().numpy()),
                "mask": (("station", "time"), self.mask.cpu().numpy()),
                "class": (("class",), np.array(self.classes, dtype=str)),
                "time": (("time",), np.array([self.time_of(at) for at in range(self.windows)], np.int64)),
                **station_arrays(self.channels),
            },
            {
                "kind": "Scores", "start": self.start, "step": self.step, "window": self.window,
                "simulated": self.simulated,
            },
        )  # fmt: skip

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Scores:
        import torch

        from seisdsl.data.arrays import channels_of

        about = arrays.attributes
        return cls(
            torch.from_numpy(arrays["logits"]),
            torch.from_numpy(arrays["mask"]),
            tuple(arrays["class"].tolist()),
            int(about["start"]),
            float(about["step"]),
            float(about["window"]),
            channels_of(arrays),
            bool(about["simulated"]),
        )
