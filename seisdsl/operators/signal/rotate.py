"""The operator `rotate`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl.data.catalogues import digests
from seisdsl.data.orientations import Axis, axes_of, listed, orientations
from seisdsl.data.parts import first
from seisdsl.data.waves import NS, Channel, Lateness, Waves
from seisdsl.language.types import InputFile
from seisdsl.operator import Context, Facts, Files, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Tensor

FLAT = 0.05  # volume that three axes span, 1 at right angles: below it they tell motion in a plane only
UNKNOWN = "its orientation is not known"
TOGETHER = 0.1  # of a sample interval: components further apart in time cannot be summed


class Rotate(Operator, name="rotate"):
    """Turn the components of tilted sensors to east, north and up.

    For sensors on the sea floor and in boreholes, whose components point anywhere. The orientations
    are those of a CSV or a StationXML; for S-net's X, Y and Z those of Takagi et al. (2019) are
    known. The components of the result are called E, N and Z, Z positive upwards, and it is
    recorded where all three are. An instrument that lacks a component or an orientation is left
    out, and a warning names it; one with components E, N, Z of which nothing is listed stays.
    """

    cite = "Takagi et al. 2019, doi:10.1785/0220190093"
    example = "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:01Z | rotate | show"
    tags = ("orientation", "components", "StationXML")
    version = 1

    orientations: InputFile | None = param(
        None, "a CSV or a StationXML; where not given, what is known of S-net"
    )

    def files(self) -> Files:
        if self.orientations is None:
            return Files()
        there = Path(self.orientations).is_file()
        return Files((self.orientations,), ()) if there else Files((), (self.orientations,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(self.files().found)

    def context(self, piped: Facts) -> Context:
        return Context()

    def apply(self, waves: Waves) -> Waves:
        import torch

        known = orientations(self.orientations)
        stay: list[int] = []
        turned: list[Turned] = []
        lacking: dict[str, str] = {}
        for name, traces in waves.by_instrument().items():
            channels = [waves.channels[trace] for trace in traces]
            axes = listed(known, channels)
            if _as_they_are(channels, axes):
                stay += traces
            elif isinstance(found := _turned(waves, traces, axes), str):
                lacking[name] = found
            else:
                turned.append(found)
        self._tell(lacking, len(stay) + len(turned))
        kept = waves.select(stay)
        late = (*kept.lateness, *(one.late for one in turned for _ in range(3))) if waves.lateness else ()
        return replace(
            waves,
            samples=torch.cat([kept.samples, *(one.samples for one in turned)]),
            mask=torch.cat([kept.mask, *(one.mask.expand(3, -1) for one in turned)]),
            channels=(*kept.channels, *(channel for one in turned for channel in one.channels)),
            lateness=late,
        )

    def _tell(self, lacking: dict[str, str], others: int) -> None:
        if not lacking:
            return
        said = [f"{name}: {why}" for name, why in lacking.items()]
        if not others and set(lacking.values()) == {UNKNOWN}:
            raise Unsuitable(
                "none of these instruments has a known orientation",
                parameter="orientations",
                notes=first(said),
                repair="" if self.orientations else 'orientations="stations.xml" reads them from a file',
            )
        warnings.warn(f"left out: {'; '.join(first(said))}", stacklevel=3)


@dataclass(frozen=True)
class Turned:
    """One instrument's motion east, north and up."""

    samples: Tensor
    mask: Tensor  # of all three: [time]
    channels: tuple[Channel, ...]
    late: Lateness


def _as_they_are(channels: Sequence[Channel], axes: Sequence[Axis]) -> bool:
    """Whether components are called east, north and up, and nothing else is known of east and north."""
    letters = {channel.code[-1:] for channel in channels}
    told = {channel.code[-1:] for channel in channels if any(axis.of(channel) for axis in axes)}
    return letters <= set("ENZ") and (not told or (told == {"Z"} and letters != {"Z"}))


def _turned(waves: Waves, traces: list[int], axes: Sequence[Axis]) -> Turned | str:
    """The instrument in the new components, or why it cannot be turned."""
    import torch

    channels = [waves.channels[trace] for trace in traces]
    able = [channel for channel in channels if any(axis.of(channel) for axis in axes)]
    if not able:
        return UNKNOWN
    if len(able) < 3:
        return f"there is only {' and '.join(channel.code for channel in able)}"
    samples = waves.samples.new_zeros(3, waves.length)
    mask = torch.zeros_like(waves.mask[0])
    why, done = "its orientation is not known at this time", False
    late: Lateness = ()
    for time, found in axes_of(channels, axes, waves.span):
        three = [trace for trace, axis in zip(traces, found, strict=True) if axis is not None]
        directions = [axis.direction for axis in found if axis is not None]
        if len(three) != 3:
            continue
        matrix = torch.tensor(directions, dtype=torch.float64)
        if abs(float(torch.linalg.det(matrix))) < FLAT:
            why = "its three components lie in one plane"
            continue
        done = True
        here = slice(_sample(waves, time.start), _sample(waves, time.end))
        matrix = torch.linalg.inv(matrix).to(waves.samples.device)
        samples[:, here] = (matrix @ waves.samples[three, here].double()).to(samples.dtype)
        mask[here] = waves.mask[three, here].all(0) & _together(waves, three)[here]
        late = waves.lateness[three[0]] if waves.lateness else ()
    if not done:
        return why
    new = tuple(replace(able[0], code=able[0].code[:-1] + letter) for letter in "ENZ")
    return Turned(samples.masked_fill(~mask, 0), mask, new, late)


def _together(waves: Waves, three: list[int]) -> Tensor:
    """Where the samples of three traces were taken at one time."""
    import numpy as np
    import torch

    late = [waves.lateness[trace] if waves.lateness else () for trace in three]
    if late[0] == late[1] == late[2]:
        return torch.ones_like(waves.mask[0])
    by = np.stack([np.broadcast_to(waves.late(t, np.arange(waves.length)), waves.length) for t in three])
    apart = by.max(0) - by.min(0)
    return torch.from_numpy(apart <= TOGETHER * NS / waves.rate).to(waves.mask.device)


def _sample(waves: Waves, time: int) -> int:
    """The first sample at a time or after it."""
    return min(max(math.ceil((time - waves.start) * waves.rate / NS - 1e-6), 0), waves.length)
