"""A program does not write over what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.cli import main


@pytest.fixture(autouse=True)
def two_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "-e", 'simulate two-events | save "two.mseed"', "--quiet"]) == 0
    return Path("two.mseed").read_bytes()


def test_the_file_that_is_read_is_kept(two_events: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    program = 'read "two.mseed" | trim before=10s | save "two.mseed"'
    assert main(["run", "-e", program]) == 1
    said = capsys.readouterr().err
    assert "the program reads two.mseed and would write over it" in said
    assert "1 error, nothing was run." in said
    assert Path("two.mseed").read_bytes() == two_events


def test_in_another_folder_it_may_have_the_same_name(two_events: bytes) -> None:
    program = 'read "two.mseed" | trim before=10s | save "two.mseed"'
    assert main(["run", "-e", program, "--out", "later", "--quiet"]) == 0
    assert Path("two.mseed").read_bytes() == two_events
    assert Path("later/two.mseed").read_bytes() != two_events
