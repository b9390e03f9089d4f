"""A session without a terminal: statements from a pipe, results on the output, an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seisdsl.cli import DONE, FAULTY, MISUSED

ROOT = Path(__file__).parents[2]


def piped(text: str | bytes, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = subprocess.run(
        [sys.executable, "-m", "seisdsl", "repl", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": path, "SEISDSL_STATE": str(folder / "state")},
        input=text.encode() if isinstance(text, str) else text, capture_output=True,
    )  # fmt: skip
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())


def test_statements_and_commands_are_followed_in_order(tmp_path: Path) -> None:
    text = """\
# picks of two earthquakes
let picks = stream two-events
  | bandpass 2..8Hz
  | sta-lta
## how many
picks | count
_ - 1
names
save all.seis
"""
    done = piped(text, tmp_path)
    assert (done.returncode, done.stderr) == (DONE, "")
    count, less, *names, saved = done.stdout.splitlines()
    assert int(less) == int(count) - 1
    assert names[0].split() == ["picks", "Picks,", "simulated"]
    assert saved == "saved 4 statements to all.seis"
    kept = (tmp_path / "all.seis").read_text()
    assert kept.startswith("# picks of two earthquakes\nlet picks =")
    assert "## how many" in kept


def test_it_ends_at_the_first_fault(tmp_path: Path) -> None:
    done = piped("3\nstream two-events | count\n4\n", tmp_path)
    assert (done.returncode, done.stdout) == (FAULTY, "3\n")
    assert done.stderr.startswith("error[pipe]: `count` cannot read Waves")


@pytest.mark.parametrize(
    ("text", "code"),
    [("help nothing-like-it\n", MISUSED), ("", DONE), ("quit\n7 nonsense\n", DONE), (b"\xff\xfe", FAULTY)],
)
def test_exit_codes(text: str | bytes, code: int, tmp_path: Path) -> None:
    assert piped(text, tmp_path).returncode == code


def test_nothing_on_the_output_but_what_was_asked_for(tmp_path: Path) -> None:
    done = piped("let x = 3\nx\n", tmp_path)
    assert done.stdout == "3\n"


def test_a_file_that_is_at_fault_ends_it(tmp_path: Path) -> None:
    done = piped("3\n", tmp_path, "none.seis")
    assert (done.returncode, done.stdout) == (MISUSED, "")


# Quick ------------------------------------------------------------------------------------------

LOADED = """
import sys, json
from seisdsl.cli import main
code = main(["repl"])
print(sorted({"torch", "numpy", "polars", "obspy", "scipy", "matplotlib", "rich"} & set(sys.modules)), code)
"""


def modules_after(text: str, folder: Path) -> str:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=folder, env={**os.environ, "PYTHONPATH": path},
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout.splitlines()[-1]


def test_libraries_are_loaded_once_something_runs(tmp_path: Path) -> None:
    told = "let x = stream two-events | sta-lta\nexplain x\ncite x\nhelp sta-lta\nnames\n"
    assert modules_after(told, tmp_path) == "[] 0"
    assert "torch" in modules_after(f"{told}x\n", tmp_path)


def test_it_starts_quickly(tmp_path: Path) -> None:
    """Under a second, of this process's own time: others may have the machine."""
    piped("", tmp_path)  # builds the compiled tables where this is the first run of all
    before = os.times()
    began = time.monotonic()
    assert piped("", tmp_path).returncode == DONE
    after = os.times()
    own = after.children_user + after.children_system - before.children_user - before.children_system
    assert min(own, time.monotonic() - began) < 1.0
