"""`seis show`: a saved file tells the program that makes it again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import seisdsl
from seisdsl.cli import DONE, MISUSED, main

TOYS = Path(__file__).with_name("toys.py")
TEXT = """\
let level = 3 * 5
let found = ticks lasts=5min seed=4 | smoothed | bursts above=level
found | save "bursts.csv"
found | sort by=peak | save "sorted.parquet" | save "sorted.json"
ticks lasts=1min | smoothed over=2s | save "smooth.mseed"
"""
FILES = ("bursts.csv", "sorted.parquet", "sorted.json", "smooth.mseed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("run.seis").write_text(f'use "{TOYS}"\n{TEXT}', encoding="utf-8")
    assert main(["run", "run.seis", "--out", "out", "--quiet"]) == DONE
    capsys.readouterr()
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_the_program_that_is_told_makes_the_same_file(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["show", f"out/{name}", "--program"]) == DONE
    Path("again.seis").write_text(capsys.readouterr().out, encoding="utf-8")
    monkeypatch.setenv("SEISDSL_CACHE", str(folder / "another"))
    assert main(["run", "again.seis", "--out", "again", "--quiet"]) == DONE
    assert Path("again", name).read_bytes() == Path("out", name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_versions_seeds_and_packages_are_told(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", f"out/{name}", "--json"]) == DONE
    made = json.loads(capsys.readouterr().out)["made"]
    assert made["seisdsl"] == seisdsl.__version__
    assert made["operators"]["smoothed"] == 1
    assert set(made["packages"]) >= {"torch", "numpy", "obspy"}
    assert made["simulated"] is True
    if name != "smooth.mseed":
        assert made["seeds"] == {"ticks": 4}


def test_it_is_told_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "out/bursts.csv"]) == DONE
    said = capsys.readouterr().out
    assert "from simulated waves: nothing in it was recorded" in said
    assert "bursts version 1" in said
    assert "| bursts above=15" in said


def test_the_files_that_went_in_are_told_by_their_content(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy("out/bursts.csv", "given.csv")
    Path("read.seis").write_text('read-picks "given.csv" | save "picks.parquet"\n', encoding="utf-8")
    Path("given.csv").write_text("time,station,phase\n2016-08-15T00:00:01Z,A,P\n", encoding="utf-8")
    digests = []
    for more in ("", "2016-08-15T00:00:02Z,A,S\n"):
        with Path("given.csv").open("a", encoding="utf-8") as file:
            file.write(more)
        assert main(["run", "read.seis", "--out", "out", "--quiet"]) == DONE
        assert main(["show", "out/picks.parquet", "--json"]) == DONE
        inputs = json.loads(capsys.readouterr().out)["made"]["inputs"]
        assert list(inputs["named"]) == ["given.csv"]
        digests.append(inputs["named"]["given.csv"])
    assert digests[0] != digests[1]


@pytest.mark.parametrize(("content", "words"), [
    (None, "there is no file"), (b"a,b\n1,2\n", "does not say how it was made"), (b"\xff\xfe", "does not say"),
])  # fmt: skip
def test_a_file_that_tells_nothing(
    tmp_path: Path, content: bytes | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("x.csv", "x.parquet", "x.json", "x.npz", "x.quakeml", "x"):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        assert main(["show", str(path)]) == MISUSED
        assert words in capsys.readouterr().err
