"""Runs that are stopped, killed, or run twice at once: what they leave is whole, and they go on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOYS = Path(__file__).with_name("toys.py")
TEXT = """\
let found = ticks lasts=10min slow=20ms | smoothed | bursts above=15
found | save "bursts.csv"
found | save "bursts.parquet"
found | count
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run.seis").write_text(f'use "{TOYS}"\n{TEXT}', encoding="utf-8")
    return tmp_path


def started(folder: Path, *more: str, store: str = "store", out: str = "out") -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "SEISDSL_CACHE": str(folder / store),
        "TOYS_LOG": str(folder / f"{store}.log"),
    }
    environment["OMP_NUM_THREADS"] = "1"
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-c", "from seisdsl.cli import command; command()"]
    options = ["run", "run.seis", "--chunk", "10s", "--out", out, *more]
    return subprocess.Popen(
        [*command, *options],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def chunks_read(folder: Path, store: str = "store") -> int:
    log = folder / f"{store}.log"
    return log.read_text().split().count("ticks") if log.exists() else 0


def until(folder: Path, chunks: int, process: subprocess.Popen[str]) -> None:
    while chunks_read(folder) < chunks and process.poll() is None:
        time.sleep(0.01)


def tables(folder: Path, out: str = "out") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / out).iterdir())}


@pytest.mark.parametrize("times", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_at_random_moments_a_rerun_ends_with_equal_tables(folder: Path, times: int) -> None:
    code, *_ = finished(started(folder, store="other", out="straight"))
    assert code == 0
    chance, kills = random.Random(times), 0
    for _ in range(times):
        process = started(folder)
        until(folder, chunks_read(folder) + 1, process)
        time.sleep(chance.uniform(0, 0.5))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
    assert finished(started(folder))[0] == 0
    assert kills
    assert tables(folder) == tables(folder, "straight")
    assert chunks_read(folder) <= 60 + 3 * kills  # the chunk at work, and those read ahead


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_it_says_how_to_go_on(folder: Path, number: int, code: int) -> None:
    process = started(folder)
    until(folder, 10, process)
    process.send_signal(number)
    got, _, err = finished(process)
    assert got == code
    assert "of 60 chunks; what was written is whole. Run the same command again to go on" in err
    assert "Traceback" not in err
    assert not (folder / "out").exists() or not list((folder / "out").iterdir())
    before = chunks_read(folder)
    assert finished(started(folder))[0] == 0
    assert chunks_read(folder) <= 60 + 3
    assert before >= 10


def test_two_runs_in_one_folder(folder: Path) -> None:
    both = [started(folder), started(folder)]
    assert [finished(process)[0] for process in both] == [0, 0]
    once = tables(folder)
    assert set(once) == {"bursts.csv", "bursts.csv.about.json", "bursts.parquet"}
    assert finished(started(folder, store="other", out="straight"))[0] == 0
    assert tables(folder, "straight") == once


def test_progress_in_plain_lines_and_none_when_quiet(folder: Path) -> None:
    process = started(folder)
    until(folder, 10, process)
    process.send_signal(signal.SIGINT)
    finished(process)
    _, _, err = finished(started(folder))
    assert "of 60 chunks are kept from an earlier run" in err
    assert "\r" not in err
    code, out, err = finished(started(folder, "--quiet", store="other", out="straight"))
    assert (code, out, err) == (0, "", "")
