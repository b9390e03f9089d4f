"""The operator `remove-response`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seisdsl.data.catalogues import digests
from seisdsl.data.parts import first
from seisdsl.data.responses import UNITS, Epoch, Motion, evaluated, in_time, measured, responses, sensitivity
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import Frequency, InputFile, Level, Range
from seisdsl.operator import WHOLE, Context, Facts, Files, Operator, Unsuitable, param
from seisdsl.operators.signal._corners import check_corner

if TYPE_CHECKING:
    from torch import Tensor

REACH = 12  # periods of the band's lower end that the filter reaches to either side
DOUBTFUL = 2  # and at the end of a run, those within which a sample hangs too much on what follows
ORDER: dict[Motion, int] = {"displacement": 0, "velocity": 1, "acceleration": 2}
Corners = tuple[float, float, float, float]


class RemoveResponse(Operator, name="remove-response"):
    """Turn counts into motion of the ground by the response of each channel.

    Before magnitudes, energies and intensities. The response is that of the StationXML at the time
    of each sample; where it changes, and at gaps, a record is taken apart. Below half of the
    band's lower end and above 1.25 times its upper end nothing is left. The samples within two
    periods of the lower end from either end of a run hang too much on what was not recorded: they
    are given as not recorded. So is a channel without a response, and a warning names it.
    `by=sensitivity` only divides by the overall sensitivity: quick, and wrong near the corners of
    the instrument and beyond them.
    """

    cite = "Scherbaum 2001, Of Poles and Zeros: Fundamentals of Digital Seismology, 2nd edition, Kluwer"
    example = 'read "archive/2016/228/*.mseed" | remove-response stations="stations.xml" band=1..30Hz | show'
    tags = ("response", "units", "StationXML")
    version = 1

    stations: InputFile = param(..., "a StationXML with responses")
    to: Motion = param("velocity", "the motion to give: m, m/s or m/s^2")
    band: Range[Frequency] | None = param(
        None, "kept whole; from a thousandth of the sampling rate to 0.35 of it where not given"
    )
    water_level: Level = param(
        "60dB", "the response counts as no lower than this below its greatest", above="0dB"
    )
    by: Literal["response", "sensitivity"] = param("response", "what to divide by")

    def files(self) -> Files:
        there = Path(self.stations).is_file()
        return Files((self.stations,), ()) if there else Files((), (self.stations,))

    def fingerprint(self) -> Mapping[str, str]:
        return digests(self.files().found)

    def context(self, piped: Facts) -> Context:
        if self.by == "sensitivity":
            return Context()
        if self.band is None and piped.rate is None:
            return WHOLE
        reach = REACH / self._corners(piped.rate or math.inf)[1]
        return Context(reach, reach)

    def facts(self, piped: Facts) -> Facts:
        self._check(piped.rate)
        return piped

    def _corners(self, rate: float) -> Corners:
        low, high = (self.band.low, self.band.high) if self.band else (rate / 1000, 0.35 * rate)
        return low / 2, low, high, min(1.25 * high, rate / 2)

    def _check(self, rate: float | None) -> None:
        if self.band is None:
            return
        low, high = self.band.low, self.band.high
        if low >= high:
            raise Unsuitable(
                f"the band ends at {high:g} Hz, which is not above {low:g} Hz where it begins",
                parameter="band",
                repair=f"write band={high:g}..{low:g}Hz" if high < low else "",
            )
        check_corner(low, rate, "band")
        most = 0.4 * (rate or 0)
        check_corner(high, rate, "band", repair=f"write band={low:g}..{most:g}Hz" if low < most else "")

    def apply(self, waves: Waves) -> Waves:
        self._check(waves.rate)
        if waves.unit != "counts":
            raise Unsuitable(
                f"these waves are in {waves.unit} already", notes=["a response is removed from counts"]
            )
        known = self._known(waves)
        if waves.channels and not known and not self._ever(waves):
            raise Unsuitable(
                f"{self.stations} has a response of none of these channels that gives {self.to}",
                parameter="stations",
                notes=["there are " + ", ".join(first(channel.id for channel in waves.channels))],
            )
        return self._divided(waves, known) if self.by == "sensitivity" else self._deconvolved(waves, known)

    def _known(self, waves: Waves) -> list[tuple[int, Epoch]]:
        """Traces with the epochs of their responses; a warning names those that have none."""
        listed = responses(self.stations)
        known: list[tuple[int, Epoch]] = []
        lacking: list[str] = []
        for trace, channel in enumerate(waves.channels):
            epochs = in_time(listed.get(channel.id, ()), waves.span, channel.id, self.stations)
            usable = [(trace, epoch) for epoch in epochs if self._usable(epoch, waves.rate)]
            known += usable
            lacking += [] if usable else [channel.id]
        if lacking and (known or self._ever(waves)):
            names = ", ".join(first(lacking))
            warnings.warn(f"{self.stations} gives no {self.to} of {names}: left out", stacklevel=3)
        return known

    def _ever(self, waves: Waves) -> bool:
        """Whether any of the channels has a response at any time."""
        listed = responses(self.stations)
        epochs = (epoch for channel in waves.channels for epoch in listed.get(channel.id, ()))
        return any(self._usable(epoch, waves.rate) for epoch in epochs)

    def _usable(self, epoch: Epoch, rate: float) -> bool:
        if self.by == "response":
            return self._kernel(epoch, rate) is not None
        motion = measured(epoch.response)
        return motion is not None and motion[0] == self.to and sensitivity(epoch.response) is not None

    def _kernel(self, epoch: Epoch, rate: float) -> Tensor | None:
        return _kernel(epoch, rate, self.to, self._corners(rate), self.water_level)

    def _divided(self, waves: Waves, known: list[tuple[int, Epoch]]) -> Waves:
        import torch

        mask, samples = torch.zeros_like(waves.mask), waves.samples.double().clone()
        for trace, epoch in known:
            left, right = _samples(waves, epoch)
            mask[trace, left:right] = waves.mask[trace, left:right]
            samples[trace, left:right] /= sensitivity(epoch.response) or 1.0
        return waves.with_samples(samples.to(waves.samples.dtype), mask=mask, unit=UNITS[self.to])

    def _deconvolved(self, waves: Waves, known: list[tuple[int, Epoch]]) -> Waves:
        import torch

        from seisdsl.methods.signal.response import deconvolved

        if not known:
            return waves.with_samples(waves.samples, mask=torch.zeros_like(waves.mask), unit=UNITS[self.to])
        recorded = waves.segments()
        runs, kernels = [], []
        for number, (trace, epoch) in enumerate(known):
            own = recorded[recorded[:, 0] == trace]
            own[:, 1:] = own[:, 1:].clamp(*_samples(waves, epoch))
            runs.append(torch.nn.functional.pad(own, (0, 1), value=number))
            kernels.append(self._kernel(epoch, waves.rate))
        margin = math.ceil(DOUBTFUL * waves.rate / self._corners(waves.rate)[1])
        filters = torch.stack([kernel for kernel in kernels if kernel is not None]).to(waves.samples.device)
        samples, mask = deconvolved(waves.samples, torch.cat(runs), filters, margin)
        return waves.with_samples(samples.to(waves.samples.dtype), mask=mask, unit=UNITS[self.to])


def _samples(waves: Waves, epoch: Epoch) -> tuple[int, int]:
    """The samples of an epoch, half-open."""
    edges = (math.ceil((edge - waves.start) * waves.rate / NS - 1e-6) for edge in (epoch.since, epoch.until))
    left, right = (min(max(edge, 0), waves.length) for edge in edges)
    return left, right


@lru_cache(maxsize=1024)
def _kernel(epoch: Epoch, rate: float, to: Motion, corners: Corners, water_level: float) -> Tensor | None:
    """The inverse of a response as a filter, or None where it cannot be worked out."""
    import torch

    from seisdsl.methods.signal.response import impulse, inverse, passed

    reach = round(REACH * rate / corners[1])
    frequencies = torch.linspace(0, rate / 2, 2 * reach + 1, dtype=torch.float64)
    response = evaluated(epoch.response, frequencies.numpy())
    motion = measured(epoch.response)
    if response is None or motion is None:
        return None
    spectrum = inverse(torch.from_numpy(response), water_level) * passed(frequencies, corners)
    turning = (2j * math.pi * frequencies) ** (ORDER[to] - ORDER[motion[0]])
    turning[0] = 0
    return impulse(spectrum * turning, reach)
