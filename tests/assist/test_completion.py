"""What is offered where, in text that is whole and in text that is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seisdsl.assist.completion import Completion, completions

PROGRAM = """\
let band = 2..8Hz
let waves = stream two-events | detrend | bandpass band
let picks = waves | sta-lta on=4
use stdlib.picking as pick
## Strong ones.
def strong(least = 20): Picks -> Picks = where score > least
"""


def offered(line: str, folder: Path | None = None) -> list[Completion]:
    return completions(PROGRAM + line, len(PROGRAM + line), folder=folder)


def labels(line: str, folder: Path | None = None) -> list[str]:
    return [one.label for one in offered(line, folder)]


def test_after_a_pipe_stand_the_operators_that_fit() -> None:
    found = labels("picks | ")
    assert {"ar-aic", "where", "derive", "strong", "count"} <= {*found}
    assert not {"spectrogram", "bandpass", "stream"} & {*found}
    assert found.index("ar-aic") < found.index("count")  # made for picks, before what reads any table


def test_what_is_typed_is_replaced() -> None:
    line = "waves\n  | spectrog"
    only = offered(line)
    assert [one.insert for one in only] == ["spectrogram"]
    assert (PROGRAM + line)[only[0].start : only[0].end] == "spectrog"


def test_the_rest_of_a_word_is_replaced_too() -> None:
    text = f"{PROGRAM}waves | spectrog on\npicks | count\n"
    at = text.index("trog on")
    only = completions(text, at)[0]
    assert text[only.start : only.end] == "spectrog"


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("waves | sta-lta short=2s sh", []),
        ("waves | sta-lta lo", ["long="]),
        ("picks | ar-aic wa", ["waves="]),
        ("waves | sta-lta method=", ["classic", "recursive"]),
        ("waves | bandpass band=", ["band"]),
        ("stream S", ["S-net"]),
        ("picks | where sco", ["score"]),
        ("picks | where score > 3 and (stat", ["station"]),
        ("picks | derive { twice = 2 * sco", ["score"]),
        ("picks | table columns=[time, sco", ["score"]),
        ("waves | pick.cl", ["classic"]),
        ("use stdlib.pi", ["picking"]),
        ("ban", ["band"]),
        ("let x: Freq", ["Frequency"]),
        ("source A { see", ["seed"]),
        ("asse", ["assert"]),
        ('picks | where phase == "', ["P", "S"]),
        ('picks | where score > 3 and phase in ["P", "', ["P", "S"]),
        ('stream two-events | catalog | where kind != "', ["earthquake", "tremor"]),
        ('picks | where station == "', []),
        ("# wav", []),
        ("let wav", []),
    ],
)
def test_what_is_offered_where(line: str, first: list[str]) -> None:
    assert labels(line)[: max(len(first), 1)] == first


def test_a_number_is_offered_the_units_of_its_parameter() -> None:
    assert "Hz" in labels("waves | bandpass 2..8")
    assert {"s", "ms"} <= {*labels("waves | sta-lta short=2")}
    assert "Hz" not in labels("waves | sta-lta short=2")
    assert labels("waves | sta-lta on=2") == []


def test_branches_and_definitions_know_what_is_piped() -> None:
    assert "spectrogram" in labels("waves | fork { a = spec")
    assert "spectrogram" not in labels("waves | fork { a = sta-lta | spec")
    assert "spectrogram" in labels("def f(on = 3): Waves -> Spectrogram = detrend | spec")


def test_a_parameter_says_its_type_default_and_help() -> None:
    on = next(one for one in offered("waves | sta-lta o") if one.label == "on=")
    assert on.detail == "Number = 3.5"
    assert "ratio" in on.documentation


def test_statements_above_that_are_broken_do_no_harm() -> None:
    text = f"let a = (((\nstream | | x\n{PROGRAM}picks | whe"
    assert [one.label for one in completions(text, len(text))] == ["where"]


def test_files_are_offered_in_a_text(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "coast.seis").write_text("let a = 3\n")
    (tmp_path / "lib" / "notes.txt").write_text("")
    assert labels('use "li', tmp_path) == ["lib/"]
    assert labels('use "lib/', tmp_path) == ["coast.seis"]
    assert labels('read "lib/no', tmp_path) == ["notes.txt"]


def test_nowhere_does_it_fail() -> None:
    for at in range(len(PROGRAM) + 1):
        completions(PROGRAM, at)
        completions(PROGRAM[:at], at)


def test_nothing_heavy_is_imported() -> None:
    heavy = ("torch", "numpy", "polars", "obspy")
    code = (
        "import sys; from seisdsl.assist.completion import completions\n"
        "text = 'stream two-events | sta-lta | whe'\n"
        "assert completions(text, len(text))\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
