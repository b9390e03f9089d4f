"""What a session says and runs; nothing that has a name is worked out twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seisdsl.cli import DONE, FAILED, FAULTY, INTERRUPTED, MISUSED
from seisdsl.repl.commands import COMMANDS, Leave
from seisdsl.repl.conversation import Conversation

WAVES = "let waves = stream two-events | bandpass 2..8Hz"


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Conversation:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path / "cache"))
    return Conversation(device="cpu")


def ran(talk: Conversation, *texts: str) -> list[str]:
    """The stages that the last of some texts ran."""
    for text in texts:
        if talk._runner is not None:
            talk._runner.worked_out = []
        assert talk.take(text) == DONE, text
    return [] if talk._runner is None else talk._runner.worked_out


def test_a_let_waits_until_it_is_used(talk: Conversation) -> None:
    assert ran(talk, WAVES) == []
    assert ran(talk, "waves | sta-lta") == ["stream", "bandpass", "sta-lta"]


def test_what_was_bound_stays_computed(talk: Conversation) -> None:
    assert ran(talk, WAVES, "waves | sta-lta", "waves | show") == ["show"]
    assert ran(talk, "let picks = waves | sta-lta", "picks | ar-aic", "picks | ar-aic | count") == ["count"]


def test_the_last_result_stays_computed(talk: Conversation) -> None:
    assert ran(talk, "stream two-events | sta-lta", "_ | count") == ["count"]


def test_another_value_of_a_name_is_worked_out(talk: Conversation) -> None:
    ran(talk, WAVES, "waves")
    assert ran(talk, WAVES.replace("8Hz", "4Hz"), "waves") == ["stream", "bandpass"]


def test_results_are_those_of_the_whole_program(
    talk: Conversation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Worked out from what is held or all at once: the same rows."""
    ran(talk, WAVES, "waves", "waves | sta-lta on=4 | ar-aic | sort by=time")
    in_steps = capsys.readouterr().out.partition("Picks")[2]
    ran(Conversation(device="cpu"), f"{WAVES[12:]} | sta-lta on=4 | ar-aic | sort by=time")
    assert capsys.readouterr().out.partition("Picks")[2] == in_steps


def test_another_content_of_a_file_is_read_again(
    talk: Conversation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(talk, 'stream two-events | sta-lta | save "a.csv"', 'let picks = read-picks "a.csv"', "picks | count")
    first = int(capsys.readouterr().out.split()[-1])
    lines = (tmp_path / "a.csv").read_text().splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join(lines[:-2]))
    assert ran(talk, "picks | count") == ["read-picks", "count"]
    assert int(capsys.readouterr().out.split()[-1]) == first - 2


def test_what_a_let_writes_is_written_once(talk: Conversation, tmp_path: Path) -> None:
    ran(talk, 'let picks = stream two-events | sta-lta | save "a.csv"')
    (tmp_path / "a.csv").unlink()
    ran(talk, "picks | count", "let x = 3", "picks | head 3")
    assert not (tmp_path / "a.csv").exists()


def test_what_is_asked_for_again_is_written_again(talk: Conversation, tmp_path: Path) -> None:
    ran(talk, 'stream two-events | sta-lta | save "a.csv"')
    (tmp_path / "a.csv").unlink()
    ran(talk, 'stream two-events | sta-lta | save "a.csv"')
    assert (tmp_path / "a.csv").exists()


def test_a_file_says_the_whole_program_that_made_it(talk: Conversation, tmp_path: Path) -> None:
    from seisdsl.data.origin import told_by

    ran(talk, WAVES, "waves", 'waves | sta-lta | save "a.parquet"')
    said: Any = told_by(tmp_path / "a.parquet")
    assert "stream two-events" in said["made"]["program"]


def test_a_program_does_not_write_over_what_it_reads(
    talk: Conversation, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(talk, 'stream two-events | sta-lta | save "a.csv"')
    assert talk.take('read-picks "a.csv" | head 3 | save "a.csv"') == FAULTY
    assert "would write over it" in capsys.readouterr().err


def test_a_claim_that_does_not_hold_is_told_and_not_kept(
    talk: Conversation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert talk.take("assert (stream two-events | sta-lta | count) > 10000") == FAILED
    told = capsys.readouterr().err
    assert "<input>:1:" in told
    assert talk.session.text == ""


def test_names_of_a_block_that_failed_are_kept(talk: Conversation) -> None:
    assert talk.take("let found = stream two-events | sta-lta\nassert (found | count) > 10000") == FAILED
    assert talk.session.text == "let found = stream two-events | sta-lta\n"
    assert talk.session.last == ""


def test_a_system_that_ends_the_process_ends_the_session(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seisdsl.cli import Ended
    from seisdsl.engine.run import Engine

    def ended(*given: Any) -> Any:
        raise Ended

    monkeypatch.setattr(Engine, "values", ended)
    with pytest.raises(Ended):
        talk.take("stream two-events")


def test_a_run_that_is_stopped_keeps_the_session(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from seisdsl.engine.run import Engine

    def stopped(*given: Any) -> Any:
        raise KeyboardInterrupt

    ran(talk, WAVES)
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "values", stopped)
        assert talk.take("waves") == INTERRUPTED
    assert "stopped; the session goes on" in capsys.readouterr().err
    assert ran(talk, "waves | sta-lta") == ["stream", "bandpass", "sta-lta"]


def test_a_hole_is_answered_by_what_fits(talk: Conversation, capsys: pytest.CaptureFixture[str]) -> None:
    assert talk.take("stream two-events | spectrogram | ?") == FAULTY
    captured = capsys.readouterr()
    assert "`?` must read Spectrogram" in captured.err
    lines = captured.out.splitlines()
    assert lines[0].split() == ["DiET", "Spectrogram", "->", "Scores"]
    assert len(lines) % 2 == 0
    assert talk.take("let p = stream two-events | ? | count") == FAULTY
    fits = capsys.readouterr().out
    assert "sta-lta" in fits
    assert "spectrogram" not in fits


def test_a_name_of_a_value_says_its_type_on_a_terminal(
    talk: Conversation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    talk.take(WAVES)
    assert "waves: Waves, 100 Hz, simulated" in capsys.readouterr().out


# Commands ---------------------------------------------------------------------------------------


def said(talk: Conversation, capsys: pytest.CaptureFixture[str], text: str, code: int = DONE) -> str:
    capsys.readouterr()
    assert talk.take(text) == code
    captured = capsys.readouterr()
    return captured.out if code == DONE else captured.err


def test_help_lists_the_commands_and_tells_of_a_word(talk: Conversation, capsys: Any) -> None:
    assert all(command.usage in said(talk, capsys, "help") for command in COMMANDS.values())
    assert said(talk, capsys, "help sta-lta").startswith("sta-lta  Waves -> Picks")
    assert "did you mean `sta-lta`" in said(talk, capsys, "help sta-lat", MISUSED)
    save = said(talk, capsys, "help save")
    assert "a command of the session" in save
    assert "csv" in save  # and the operator


def test_help_tells_of_a_name_of_the_users(talk: Conversation, capsys: Any) -> None:
    talk.take(f"# for tremor\n{WAVES}")
    assert said(talk, capsys, "help waves") == f"# for tremor\n{WAVES}\n"


def test_explain_plan_why_and_cite_tell_of_the_last_result(talk: Conversation, capsys: Any) -> None:
    assert "nothing was worked out yet" in said(talk, capsys, "explain", FAULTY)
    talk.take(WAVES)
    talk.take("waves | sta-lta")
    assert "waves | sta-lta" in said(talk, capsys, "explain")
    assert "3 stages would run" in said(talk, capsys, "plan")
    assert "is used again" in said(talk, capsys, "why")
    assert "Allen 1978" in said(talk, capsys, "cite")


def test_and_of_any_name_or_pipeline(talk: Conversation, capsys: Any) -> None:
    talk.take(WAVES)
    assert "spectrogram" in said(talk, capsys, "explain waves | spectrogram")
    assert "2 stages would run" in said(talk, capsys, "plan waves")
    assert "no earlier run" in said(talk, capsys, "why waves")
    assert said(talk, capsys, "cite waves").startswith("Butterworth")
    assert "cannot read" in said(talk, capsys, "explain waves | count", FAULTY)
    assert talk.session.text == f"{WAVES}\n"


def test_why_names_what_differs(talk: Conversation, capsys: Any) -> None:
    talk.take("stream two-events | sta-lta on=3")
    talk.take("let picks = stream two-events | sta-lta on=5")
    assert "on: 3 -> 5" in said(talk, capsys, "why picks")


def test_names_lists_what_has_one(talk: Conversation, capsys: Any) -> None:
    assert said(talk, capsys, "names") == "nothing has a name yet\n"
    talk.take(f"{WAVES}\nlet on = 4\ndef f(): Waves -> Picks = sta-lta")
    assert (
        said(talk, capsys, "names")
        == "waves  Waves, 100 Hz, simulated\non     Number\nf      Waves -> Picks\n"
    )


def test_a_name_of_the_users_stands_above_a_command(talk: Conversation, capsys: Any) -> None:
    talk.take("let plan = 3")
    assert said(talk, capsys, "plan") == "3\n"
    assert "1 stage" in said(talk, capsys, ":plan")
    assert "no command :nothing" in said(talk, capsys, ":nothing", MISUSED)


def test_a_session_is_saved_as_a_program_that_reruns(talk: Conversation, tmp_path: Path, capsys: Any) -> None:
    from seisdsl.cli import main

    for text in (WAVES, "waves", "_ | sta-lta on = 4", "| count", "let waves = stream two-events"):
        talk.take(text)
    assert said(talk, capsys, "save all.seis") == "saved 5 statements to all.seis\n"
    assert main(["check", "all.seis"]) == DONE
    assert main(["fmt", "--check", "all.seis"]) == DONE
    capsys.readouterr()
    assert main(["run", "--device", "cpu", "all.seis"]) == DONE
    assert capsys.readouterr().out.splitlines()[-1].isdigit()


def test_a_file_of_others_is_not_written_over(talk: Conversation, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "mine.seis").write_text("let x = 3\n")
    talk.take("let y = 4")
    assert "save! mine.seis" in said(talk, capsys, "save mine.seis", MISUSED)
    assert (tmp_path / "mine.seis").read_text() == "let x = 3\n"
    assert said(talk, capsys, "save! mine.seis").startswith("saved 1 statement")
    assert said(talk, capsys, "save mine.seis").startswith("saved 1 statement")


def test_save_tells_how_a_result_is_saved(talk: Conversation, capsys: Any) -> None:
    assert '`_ | save "picks.csv"`' in said(talk, capsys, 'save "picks.csv"', MISUSED)


def test_a_program_is_loaded_and_waits(talk: Conversation, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "day.seis").write_text(f"{WAVES}\nwaves | sta-lta | count\n")
    assert said(talk, capsys, "load day.seis") == "loaded day.seis: 1 name; `run` runs its 1 pipeline\n"
    assert talk._runner is None
    assert said(talk, capsys, "run").strip().isdigit()
    assert ran(talk, "waves | show") == ["show"]


def test_what_a_loaded_program_would_write_waits_too(talk: Conversation, tmp_path: Path) -> None:
    text = 'let picks = stream two-events | sta-lta | save "a.csv"\n'
    (tmp_path / "day.seis").write_text(text)
    ran(talk, "load day.seis", "3 + 4", "stream two-events | sta-lta")
    assert not (tmp_path / "a.csv").exists()
    ran(talk, "picks | count")
    assert (tmp_path / "a.csv").exists()


def test_a_program_at_fault_is_not_loaded(talk: Conversation, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "bad.seis").write_text("let x = 3\nstream two-events | count\n")
    assert "bad.seis:2:21" in said(talk, capsys, "load bad.seis", FAULTY)
    assert "no such file" in said(talk, capsys, "load none.seis", MISUSED)
    assert talk.session.text == ""


def test_quit_leaves(talk: Conversation) -> None:
    for text in ("quit", "exit", ":quit"):
        with pytest.raises(Leave):
            talk.take(text)
