"""`seis why` and `seis plan`: what differs from earlier runs, and what is kept of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seisdsl.cli import DONE, MISUSED, main

TOYS = Path(__file__).with_name("toys.py")
TEXT = "let quiet = ticks | smoothed over=3s\nlet found = quiet | bursts above=15\nfound | count\n"


@pytest.fixture
def seis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def run(text: str, *words: str) -> str:
        Path("run.seis").write_text(f'use "{TOYS}"\n{text}', encoding="utf-8")
        assert main([*words]) == DONE
        return capsys.readouterr().out

    return run


def test_nothing_was_run_before(seis: Any) -> None:
    assert "no earlier run had a stage `bursts`: it will be worked out" in seis(
        TEXT, "why", "run.seis", "found"
    )


def test_nothing_differs(seis: Any) -> None:
    seis(TEXT, "run", "run.seis")
    assert "what that run worked out is used again" in seis(TEXT, "why", "run.seis", "found")


def test_a_parameter_upstream_differs(seis: Any) -> None:
    seis(TEXT, "run", "run.seis")
    said = seis(TEXT.replace("3s", "4s"), "why", "run.seis", "found")
    assert "quiet: over: 3s -> 4s" in said
    assert "above" not in said


def test_the_nearest_run_is_told(seis: Any) -> None:
    seis(TEXT.replace("3s", "9s").replace("above=15", "above=99"), "run", "run.seis")
    seis(TEXT, "run", "run.seis")
    seis(TEXT.replace("3s", "8s").replace("above=15", "above=98"), "run", "run.seis")
    said = seis(TEXT.replace("above=15", "above=16"), "why", "run.seis", "bursts")
    assert "found: above: 15 -> 16" in said
    assert "over" not in said


def test_a_stage_that_came_between(seis: Any) -> None:
    seis(TEXT, "run", "run.seis")
    said = seis(TEXT.replace("quiet | bursts", "quiet | less-mean | bursts"), "why", "run.seis", "found")
    assert "`smoothed` stood where `less-mean` stands" in said


def test_a_version_differs(seis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from seisdsl.engine import history

    seis(TEXT, "run", "run.seis")
    stages = history.stages_of
    changed = lambda graph: {  # noqa: E731
        label: history.Stage(**{**vars(stage), "version": 2 if stage.word == "bursts" else stage.version})
        for label, stage in stages(graph).items()
    }
    monkeypatch.setattr(history, "stages_of", changed)
    assert "found: version 1 -> 2 of `bursts`" in seis(TEXT, "why", "run.seis", "found")


def test_an_unknown_stage(seis: Any, capsys: pytest.CaptureFixture[str]) -> None:
    seis(TEXT, "plan", "run.seis")
    assert main(["why", "run.seis", "lost"]) == MISUSED
    assert "has no stage lost; it has" in capsys.readouterr().err


def test_the_plan_tells_the_pieces_and_what_is_kept(seis: Any) -> None:
    before = seis(TEXT, "plan", "run.seis", "--chunk", "1min")
    assert "in 10 chunks of 60 s: ticks, smoothed, bursts\non the whole: count" in before
    seis(TEXT, "run", "run.seis", "--chunk", "1min")
    after = seis(TEXT, "plan", "run.seis", "--chunk", "1min")
    assert "in 10 chunks of 60 s, 10 of them kept from earlier runs: ticks, smoothed, bursts" in after
    assert "one piece of 10.0 min: ticks" in seis(TEXT, "plan", "run.seis")


@pytest.mark.parametrize("given", ["soon", "3", "-5s", "0s", "5km", "2 min"])
def test_a_chunk_is_a_time(seis: Any, given: str, capsys: pytest.CaptureFixture[str]) -> None:
    seis(TEXT, "plan", "run.seis")
    assert main(["run", "run.seis", f"--chunk={given}"]) == MISUSED
    assert '--chunk takes a time such as 10min, or "whole", not' in capsys.readouterr().err
