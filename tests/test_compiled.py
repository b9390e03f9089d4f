"""The cache of compiled tables: it saves time, and nothing that lies in it can do harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seisdsl.compiled import cache_folder, compiled

TABLE = {"Hz": [1.0, [["time", -1]]], "µm": [1e-6, [["length", 1]]]}


class Counted:
    """A build that says how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Any:
        self.times += 1
        return TABLE


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def only_file(cache: Path) -> Path:
    (path,) = (path for path in cache.rglob("*") if path.is_file())
    return path


def test_what_was_built_once_is_read_again(cache: Path) -> None:
    build = Counted()
    assert [compiled("units", ["a"], build) for _ in range(3)] == [TABLE] * 3
    assert build.times == 1


def test_other_ingredients_are_built_anew(cache: Path) -> None:
    build = Counted()
    for ingredients in (["a"], ["b"], ["a", "b"], ["ab"]):
        compiled("units", ingredients, build)
    assert build.times == 4


@pytest.mark.parametrize(
    "garbage",
    [b"", b"{}", b"null", b"[1, 2]", b"\xff\xfe\x00", b'0123456789abcdef\n{"Hz": 3}', b"{" * 100_000],
)
def test_garbage_is_built_over(cache: Path, garbage: bytes) -> None:
    build = Counted()
    compiled("units", ["a"], build)
    path = only_file(cache)
    path.write_bytes(garbage)
    assert compiled("units", ["a"], build) == TABLE
    assert compiled("units", ["a"], build) == TABLE
    assert build.times == 2
    assert only_file(cache) == path


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_file_cut_short_is_built_over(cache: Path, part: float) -> None:
    build = Counted()
    compiled("units", ["a"], build)
    whole = only_file(cache).read_bytes()
    only_file(cache).write_bytes(whole[: int(len(whole) * part)])
    assert compiled("units", ["a"], build) == TABLE
    assert build.times == 2


def test_a_folder_in_place_of_the_file_costs_time_only(cache: Path) -> None:
    build = Counted()
    compiled("units", ["a"], build)
    path = only_file(cache)
    path.unlink()
    (path / "inside").mkdir(parents=True)
    assert compiled("units", ["a"], build) == TABLE
    assert [other for other in path.parent.iterdir() if other != path] == []


def test_a_cache_that_cannot_be_written_costs_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path / "file"))
    build = Counted()
    assert [compiled("units", ["a"], build) for _ in range(2)] == [TABLE] * 2
    assert build.times == 2
    assert (tmp_path / "file").read_text() == "not a folder"


def test_the_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEISDSL_CACHE", "/own")
    assert cache_folder() == Path("/own")
    monkeypatch.delenv("SEISDSL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == Path("/xdg/seisdsl")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/seisdsl")
