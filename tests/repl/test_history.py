"""What was entered is kept for the next session, by its owner alone, and not without end."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.history import InMemoryHistory

from seisdsl.repl import history as module
from seisdsl.repl.history import history, state_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEISDSL_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_the_platforms_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEISDSL_STATE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "seisdsl"


def test_entries_come_back_whole_the_latest_first(folder: Path) -> None:
    first = history()
    for text in ("let a = 1", "stream S-net\n  | detrend", "# remark\nlet b = 2"):
        first.append_string(text)
    again = list(history().load_history_strings())
    assert again == ["# remark\nlet b = 2", "stream S-net\n  | detrend", "let a = 1"]
    assert (folder / "history").stat().st_mode & 0o077 == 0


def test_the_oldest_are_left_out_of_a_long_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    for number in range(8):
        history().append_string(f"let a = {number}")
    again = list(history().load_history_strings())
    assert again[0] == "let a = 7"
    assert 3 <= len(again) < 8
    assert again == [f"let a = {7 - number}" for number in range(len(again))]


def test_a_folder_that_cannot_be_written_costs_only_the_memory(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    assert isinstance(history(), InMemoryHistory)
