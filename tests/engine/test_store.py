"""The store: whole or absent, shared by runs, and no larger than it may be."""

from __future__ import annotations

import os
from multiprocessing import get_context
from pathlib import Path

import pytest

from seisdsl.engine.store import Store


def test_what_is_put_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.put("abc", {"x": 1.5})
    assert "abc" in store
    assert store.get("abc") == {"x": 1.5}
    store.drop("abc")
    assert "abc" not in store
    with pytest.raises(KeyError):
        store.get("abc")


def test_what_is_not_whole_is_not_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("abc", "a long enough text")
    path = store.path("abc")
    for content in (b"", b"seisdsl 1\n", path.read_bytes()[:-1], b"\x80\x04N."):
        path.write_bytes(content)
        with pytest.raises(KeyError):
            store.get("abc")


def test_what_cannot_be_kept_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert not store.put("abc", object())
    assert list(tmp_path.rglob("*")) == []


def test_a_place_that_is_full_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        Store(tmp_path).put("abc", 1)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def _put_many(folder: Path, mark: int) -> None:
    store = Store(folder)
    for number in range(200):
        store.put(f"{number % 10:02d}", [mark] * 1000)
        assert len(set(store.get(f"{number % 10:02d}"))) == 1


def test_two_processes_write_the_same_keys(tmp_path: Path) -> None:
    processes = [get_context("spawn").Process(target=_put_many, args=(tmp_path, mark)) for mark in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert not list(tmp_path.rglob("*.part"))


def test_what_was_used_last_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number, name in enumerate(("aa", "bb", "cc")):
        store.put(name, "x" * 1000)
        os.utime(store.path(name), (number, number))
    store.get("aa")  # used now
    store.prune(2500)
    assert [name for name in ("aa", "bb", "cc") if name in store] == ["aa", "cc"]
