"""Records in files: when there are any, at which rates, and the waves of any part of their time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seisdsl.data.accounts import iso
from seisdsl.data.clips import Clips
from seisdsl.data.formats import read_file
from seisdsl.data.grid import Rates
from seisdsl.data.laying import laid, margin
from seisdsl.data.parts import first, fits, refuse_unfit
from seisdsl.data.segments import Account, Reading, Tally
from seisdsl.data.stations import located, read_stations
from seisdsl.data.times import coarse, overlap
from seisdsl.data.waves import Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from seisdsl.data.extent import Extent
    from seisdsl.data.index import Index

READERS = 2  # files that are decoded at once
UNREADABLE = "unreadable"  # the reason where a file as a whole is left out


@dataclass(frozen=True)
class Whole:
    """What is the same for every part of some records: the rates in them, and the time they span."""

    rates: Rates
    files: int
    extents: tuple[TimeRange, ...]
    left_out: Account  # what has no time, so that no part tells of it
    samples: int  # of all channels

    @property
    def size(self) -> int:
        """Bytes of memory for all of them: mostly single precision, and the mask."""
        return 5 * self.samples

    @property
    def span(self) -> TimeRange:
        return TimeRange(self.extents[0].start, self.extents[-1].end)


@dataclass(frozen=True)
class Records:
    """Some channels of the files that `find` gives for a time (of all files, for no time)."""

    find: Callable[[TimeRange | None], Sequence[str]]
    channels: tuple[str, ...] = ()
    rate: float | None = None
    judge: bool = True

    def whole(self, time: TimeRange | None) -> Whole:
        """Refuses where there is no record at all, and where the rates differ and none is wanted."""
        index, paths = self._indexed(time)
        found = index.extents(paths, time, self.channels)
        lost = self._lost(index, paths)
        if not found:
            raise self._nothing(index, paths, time, lost)
        _tell(lost)
        rates = Rates.of(((e.id, e.rate, e.samples) for e in found), self.rate)
        times = [rates.time(e.start, e.rate, 0, e.samples) for e in found]
        times += [TimeRange(t.start, t.end) for t in lost if t.start is not None and t.end is not None]
        clipped = [part for one in times if (part := overlap(one, time))]
        nowhen = tuple(tally for tally in lost if tally.start is None)
        files = len({extent.file for extent in found})
        account = Account(read=_counted(nowhen), rejected=nowhen)
        return Whole(rates, files, coarse(clipped), account, sum(_within(e, time) for e in found))

    def part(self, time: TimeRange, whole: Whole) -> Waves:
        """The waves of a time, which are the same whatever else is read; no trace where there is none."""
        wide = self._around(time, whole)
        index, paths = self._indexed(wide)
        by_file: dict[str, list[Extent]] = {}
        for extent in index.extents(paths, wide, self.channels):
            by_file.setdefault(extent.file, []).append(extent)
        reading = self._read(by_file, wide, alone=whole.files == 1)
        lost = self._lost(index, paths)
        _tell(set(reading.rejected) - set(lost))
        reading.rejected.extend(lost)
        waves = laid(reading.segments, time=time, rates=whole.rates, judge=self.judge)
        rejected = tuple(dict.fromkeys(reading.rejected))
        told = Account(_counted(rejected), (), rejected, tuple(reading.flagged)).within(time)
        account = (waves.account or Account()) + told
        return replace(waves, account=account, clips=Clips.of(account.flagged))

    def waves(self, whole: Whole, part: TimeRange | None = None) -> Waves:
        """All the waves, or those of a part of the time."""
        if part is not None:
            return self.part(part, whole)
        waves = self.part(whole.span, whole)
        return replace(waves, account=(waves.account or Account()) + whole.left_out)

    def digests(self, time: TimeRange, whole: Whole) -> dict[str, str]:
        """Of the files that the waves of a time come from."""
        wide = self._around(time, whole)
        index, paths = self._indexed(wide)
        held = {extent.file for extent in index.extents(paths, wide, self.channels)}
        held |= {t.file for t in self._lost(index, paths) if t.within(wide)}
        digests = index.digests(sorted(held))
        return {path: digests[path] for path in sorted(held)}

    def _around(self, time: TimeRange, whole: Whole) -> TimeRange:
        by = margin(whole.rates, self.judge)
        return TimeRange(time.start - by, time.end + by)

    def _indexed(self, time: TimeRange | None) -> tuple[Index, list[str]]:
        from seisdsl.data.index import Index

        index, paths = Index(), list(self.find(time))
        index.refresh(paths)
        return index, paths

    def _lost(self, index: Index, paths: Sequence[str]) -> list[Tally]:
        """What could not be told to be records, of the channels wanted or of none."""
        return [t for t in index.rejected(paths) if not t.id or fits(t.id, self.channels)]

    def _read(self, files: dict[str, list[Extent]], time: TimeRange, alone: bool) -> Reading:
        """All files. One that cannot be read is left out with a word, and refused where it is alone."""

        def one(path: str) -> Reading | Unsuitable:
            try:
                return read_file(path, time=time, channels=self.channels, extents=files[path])
            except Unsuitable as refusal:
                return refusal

        whole = Reading()
        with ThreadPoolExecutor(READERS, "decoding") as pool:
            told = [pool.submit(copy_context().run, one, path) for path in files]
        for path, result in zip(files, (future.result() for future in told), strict=True):
            if isinstance(result, Reading):
                whole += result
            elif alone:
                raise result
            else:
                why = "; ".join([result.message.removeprefix(path).strip(), *result.notes])
                whole.rejected.extend(
                    Tally(path, e.id, e.start, e.rate, e.samples, UNREADABLE, why) for e in files[path]
                )
        return whole

    def _nothing(
        self, index: Index, paths: Sequence[str], time: TimeRange | None, lost: Sequence[Tally]
    ) -> Unsuitable:
        there = index.extents(paths)
        refuse_unfit({extent.id for extent in there}, self.channels)
        if time is not None and there:
            spans = sorted({f"{e.id}: {iso(e.start)} to {iso(e.end)}" for e in there})
            return Unsuitable("no record lies in the time range", parameter="time", notes=first(spans))
        told = [f"{tally.file} {tally.detail or tally.reason}" for tally in lost]
        if len(told) == 1:
            return Unsuitable(told[0])
        return Unsuitable(
            "there are no samples", notes=first(told or [f"{path} holds none" for path in paths])
        )


def _tell(lost: Iterable[Tally]) -> None:
    """A word on each file of which something is left out."""
    of: dict[str, list[Tally]] = {}
    for tally in lost:
        of.setdefault(tally.file, []).append(tally)
    for file, tallies in sorted(of.items()):
        if tallies[0].reason == UNREADABLE:
            warnings.warn(f"left out: {file} {tallies[0].detail}", stacklevel=3)
            continue
        ids = sorted({tally.id for tally in tallies if tally.id})
        where = f"{file}: {', '.join(first(ids, 3))}" if ids else file
        said = {f"{tally.reason} ({tally.detail})" if tally.detail else tally.reason for tally in tallies}
        warnings.warn(f"{where}: left out: {', '.join(first(sorted(said), 3))}", stacklevel=3)


def _within(extent: Extent, time: TimeRange | None) -> int:
    """About how many samples of a run lie in a time."""
    part = overlap(TimeRange(extent.start, extent.end), time)
    share = (part.end - part.start) / (extent.end - extent.start) if part else 0.0
    return round(share * extent.samples)


def _counted(rejected: Iterable[Tally]) -> tuple[Tally, ...]:
    return tuple(replace(tally, reason="", detail="") for tally in rejected if tally.samples)


def read_waves(
    paths: Sequence[str],
    *,
    channels: Sequence[str] = (),
    time: TimeRange | None = None,
    rate: float | None = None,
    stations: str | None = None,
    judge: bool = True,
) -> Waves:
    """The waves in some files: the wanted channels and time of them, on one grid."""
    records = Records(lambda _: paths, tuple(channels), rate, judge)
    whole = records.whole(time)
    waves = records.waves(whole)
    return waves if stations is None else located(waves, read_stations(stations), stations)
