"""Accelerograms in waves: which runs are one record, and whether a gap spoils it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seisdsl.data.waves import Channel, Waves
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor

STRONG = (0.05, 0.95)  # of the energy: a gap between these spoils a record
GAL = {"gal": 1.0, "cm/s^2": 1.0, "m/s^2": 100.0}
_FIRST, _SECOND, _UP = "N1Y", "E2X", "Z3U"


@dataclass(frozen=True)
class Record:
    """A record of an instrument: its traces of north, east and up (or as they lie), and its samples.

    `start` is where it begins; what is measured lies from `left` to `right`, nothing where a gap
    spoils it.
    """

    channel: Channel
    traces: tuple[int | None, int | None, int | None]
    start: int
    end: int
    left: int
    right: int
    flag: str

    def flagged(self, more: Sequence[str]) -> Record:
        return replace(self, flag=", ".join([*([self.flag] if self.flag else []), *more]))


def in_gal(waves: Waves) -> float:
    """What turns the samples into gal."""
    if waves.unit in GAL:
        return GAL[waves.unit]
    counts = waves.unit == "counts"
    raise Unsuitable(
        f"`ground-motion` reads acceleration, and these waves are in {waves.unit}",
        notes=["acceleration is in gal, cm/s^2 or m/s^2"],
        repair="put `remove-response to=acceleration` before it" if counts else "",
    )


def records(waves: Waves, apart: int, longest: int) -> Iterator[Record]:
    """The records of each instrument: runs of any component that lie less than `apart` samples apart."""
    for name, traces in waves.by_instrument().items():
        own = [trace for trace in _components(waves, traces) if trace is not None]
        if not own:
            continue
        for start, end in _joined(_runs(waves.mask[own].any(0)), apart):
            if end - start > longest:
                seconds = (end - start) / waves.rate
                raise Unsuitable(
                    f"a record of {name.rstrip('.')} lasts {seconds:.0f} s or more",
                    parameter="longest",
                    notes=["`ground-motion` reads the records of triggered instruments, an event each"],
                    repair=f"give a catalogue of events, `events=`, or write longest={seconds:.0f}s",
                )
            record = record_of(waves, name, traces, start, end)
            if record is not None:
                yield record


def record_of(
    waves: Waves,
    name: str,
    traces: Sequence[int],
    start: int,
    end: int,
    needed: tuple[int, int] | None = None,
) -> Record | None:
    """What an instrument recorded in a time; None where it recorded nothing.

    `needed` are samples from `start` on without which it is spoilt.
    """
    three = _components(waves, traces)
    own = [trace for trace in three if trace is not None]
    left, right = max(start, 0), min(end, waves.length)
    if not own or right <= left or not bool(waves.mask[own, left:right].any()):
        return None
    from_, to, gap = _unbroken(waves.samples[own, left:right], waves.mask[own, left:right].all(0))
    if needed is not None and (left + from_ > start + needed[0] or left + to < start + needed[1]):
        from_, to, gap = 0, 0, True
    clipped = waves.clips.met(name, waves.time_of(start), waves.time_of(end))
    flags = (*(["gap"] if gap else []), *_lacking(three), *(["clipped"] if clipped else []))
    return Record(waves.channels[own[0]], three, start, end, left + from_, left + to, ", ".join(flags))


def _components(waves: Waves, traces: Sequence[int]) -> tuple[int | None, int | None, int | None]:
    by_letter = {waves.channels[trace].code[-1:].upper(): trace for trace in traces}

    def one(letters: str) -> int | None:
        return next((by_letter[letter] for letter in letters if letter in by_letter), None)

    return one(_FIRST), one(_SECOND), one(_UP)


def _lacking(three: Sequence[int | None]) -> list[str]:
    horizontals = sum(trace is not None for trace in three[:2])
    words = {0: ["no horizontal"], 1: ["one horizontal"], 2: []}[horizontals]
    return words + (["no vertical"] if three[2] is None else [])


def _runs(recorded: Tensor) -> list[tuple[int, int]]:
    import torch

    edges = torch.nn.functional.pad(recorded.to(torch.int8), (1, 1)).diff()
    starts, ends = (edges == 1).nonzero()[:, 0].tolist(), (edges == -1).nonzero()[:, 0].tolist()
    return list(zip(starts, ends, strict=True))


def _joined(runs: Sequence[tuple[int, int]], apart: int) -> list[tuple[int, int]]:
    """Runs that lie near each other as one."""
    found: list[tuple[int, int]] = []
    for start, end in runs:
        if found and start - found[-1][1] < apart:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _unbroken(samples: Tensor, every: Tensor) -> tuple[int, int, bool]:
    """The run in which all components were recorded that holds the strong part; none where none does."""
    runs = _runs(every)
    if len(runs) == 1:
        return *runs[0], _outside(samples, *runs[0])
    if not runs:
        return 0, 0, True
    energy = samples.double().square().sum(0)
    left, right = max(runs, key=lambda run: float(energy[run[0] : run[1]].sum()))
    spoilt = _outside(samples, left, right)
    return (0, 0, True) if spoilt else (left, right, False)


def _outside(samples: Tensor, left: int, right: int) -> bool:
    """Whether some of the strong part lies outside a run."""
    energy = samples.double().square().sum(0)
    total = float(energy.sum())
    before, behind = float(energy[:left].sum()), float(energy[right:].sum())
    return total > 0 and (before > STRONG[0] * total or behind > (1 - STRONG[1]) * total)
