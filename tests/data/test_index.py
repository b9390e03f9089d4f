"""The index of archives: what it says agrees with obspy, and files are looked at once."""

from __future__ import annotations

import os
import sqlite3
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace, UTCDateTime

from seisdsl.data import index as module
from seisdsl.data.index import Index
from seisdsl.language.types import TimeRange

DAY = UTCDateTime(2016, 8, 15)
SECOND = 10**9


def day_file(folder: Path, station: str, day: int = 0, hole: bool = True) -> str:
    """A day at one sample a second, with an hour missing."""
    rng = np.random.default_rng(day)
    start = DAY + 86400 * day
    stream = Stream()
    for first, last in ((0, 36000), (39600, 86400)) if hole else ((0, 86400),):
        header = {"network": "XX", "station": station, "channel": "LHZ", "starttime": start + first}
        stream += Trace(rng.integers(-999, 999, last - first).astype(np.int32), header)
    path = folder / f"{station}.{day:03d}.mseed"
    stream.write(str(path), format="MSEED", encoding="STEIM2", reclen=512)
    return str(path)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


def test_what_it_says_agrees_with_obspy(index: Index, tmp_path: Path) -> None:
    path = day_file(tmp_path, "A")
    index.refresh([path])
    said = [(e.id, e.start, e.rate, e.samples) for e in index.extents([path])]
    traces = obspy.read(path, format="MSEED", headonly=True)
    assert said == [(t.id, t.stats.starttime.ns, 1.0, t.stats.npts) for t in traces]
    assert index.rejected([path]) == []


def test_other_formats_are_known_too(index: Index, tmp_path: Path) -> None:
    path = str(tmp_path / "a.sac")
    obspy.read()[0].write(path, format="SAC")
    index.refresh([path])
    (extent,) = index.extents([path])
    assert (extent.id, extent.samples, extent.format) == ("BW.RJOB..EHZ", 3000, "SAC")


def test_only_what_reaches_into_a_time_and_fits_is_given(index: Index, tmp_path: Path) -> None:
    paths = [day_file(tmp_path, station) for station in "AB"]
    index.refresh(paths)
    hole = TimeRange((DAY + 36000).ns, (DAY + 39600).ns)
    assert index.extents(paths, hole) == []
    touched = TimeRange(hole.start, hole.end + SECOND)
    assert [e.id for e in index.extents(paths, touched)] == ["XX.A..LHZ", "XX.B..LHZ"]
    assert [e.id for e in index.extents(paths, touched, ["XX.B..*"])] == ["XX.B..LHZ"]


def test_a_file_is_looked_at_again_only_where_it_changed(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    look = module._looked_at

    def watched(path: str) -> object:
        looked.append(path)
        return look(path)

    monkeypatch.setattr(module, "_looked_at", watched)
    paths = [day_file(tmp_path, station) for station in "AB"]
    index.refresh(paths)
    index.refresh(paths)
    module._fresh.clear()  # as in another process
    Index(tmp_path / "index").refresh(paths)
    assert looked == paths
    before = index.digests(paths)
    day_file(tmp_path, "B", hole=False)
    index.refresh(paths)
    assert looked == [*paths, paths[1]]
    after = index.digests(paths)
    assert before[paths[0]] == after[paths[0]]
    assert before[paths[1]] != after[paths[1]]
    assert len(index.extents([paths[1]])) == 1


def test_names_are_told_as_they_were_asked_for(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    day_file(tmp_path / "one", "A")
    day_file(tmp_path / "other", "A", hole=False)
    found = {}
    for folder in ("one", "other"):
        monkeypatch.chdir(tmp_path / folder)
        index.refresh(["A.000.mseed"])
        found[folder] = index.extents(["A.000.mseed"])
    assert [len(found[folder]) for folder in ("one", "other")] == [2, 1]
    assert {extent.file for extents in found.values() for extent in extents} == {"A.000.mseed"}


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"), (b"<!DOCTYPE html><html><body>503</body></html>" * 9, "web page"),
    (b"a station book\n" * 50, ""), (b"\x80\x04\x95obspy.core.stream" + bytes(200), ""),
])  # fmt: skip
def test_what_is_no_record_is_told(index: Index, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.mseed"
    path.write_bytes(content)
    index.refresh([str(path)])
    assert index.extents([str(path)]) == []
    (lost,) = index.rejected([str(path)])
    assert (lost.file, lost.samples) == (str(path), 0)
    assert words in lost.detail + lost.reason


def test_a_file_that_is_gone_is_no_failure(index: Index, tmp_path: Path) -> None:
    index.refresh([str(tmp_path / "gone")])
    assert index.extents([str(tmp_path / "gone")]) == []


def test_a_damaged_index_is_made_anew(index: Index, tmp_path: Path) -> None:
    path = day_file(tmp_path, "A")
    index.refresh([path])
    index.path.write_bytes(b"no database at all" * 100)
    module._fresh.clear()
    index.refresh([path])
    assert len(index.extents([path])) == 2


def test_an_index_of_another_version_is_made_anew(index: Index, tmp_path: Path) -> None:
    with sqlite3.connect(index.path) as database:
        database.execute("CREATE TABLE file (other TEXT)")
        database.execute("PRAGMA user_version = 99")
    path = day_file(tmp_path, "A")
    index.refresh([path])
    assert len(index.extents([path])) == 2


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = Index(tmp_path / "file" / "below")
    path = day_file(tmp_path, "A")
    index.refresh([path])
    assert len(index.extents([path])) == 2


def _refresh(folder: str, paths: list[str]) -> None:
    Index(Path(folder)).refresh(paths)


def test_two_processes_at_once(tmp_path: Path) -> None:
    paths = [day_file(tmp_path, f"S{number}") for number in range(12)]
    folder = str(tmp_path / "index")
    processes = [get_context("spawn").Process(target=_refresh, args=(folder, paths)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    module._fresh.clear()
    assert len(Index(Path(folder)).extents(paths)) == 24


def test_a_minute_is_found_in_a_year_without_opening_it(index: Index, tmp_path: Path) -> None:
    one = day_file(tmp_path, "A")
    paths = [str(tmp_path / f"year-{number:04d}") for number in range(3650)]
    for path in paths:
        os.link(one, path)
    digest, extents, _ = module._looked_at(one)
    with index._open() as database:
        database.execute("BEGIN")
        state = module._state(one)
        for number, path in enumerate(paths, 1):
            database.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?)", (number, path, *state, digest))
            for e in extents:
                row = (number, e.id, e.start + number * 10**15, e.end + number * 10**15)
                rest = (e.rate, e.samples, e.offset, e.size, e.record_length, e.encoding, e.format)
                database.execute(module._insert("extent", module._EXTENT), (*row, *rest))
        database.execute("COMMIT")
    index.refresh(paths)
    for path in paths:
        os.unlink(path)  # whoever opened one now would fail
    minute = TimeRange((DAY + 600).ns + 9 * 10**15, (DAY + 660).ns + 9 * 10**15)
    (found,) = index.extents(paths, minute)
    assert found.file == paths[8]
