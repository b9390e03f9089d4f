"""The session at a terminal, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.document import Document
from repl.terminals import Terminal

from seisdsl.cli import DONE, main
from seisdsl.repl.assistance import toolbar
from seisdsl.repl.session import Session

PROMPT, MORE = "seis>", "  ..."
UP, ESCAPE, TAB = "\x1b[A", "\x1b", "\t"
INTERRUPT, END = "\x03", "\x04"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A session that goes on from test to test."""
    terminal = Terminal(tmp_path_factory.mktemp("session"))
    terminal.wait(PROMPT)
    yield terminal
    terminal.close()


@pytest.fixture
def seis(one: Terminal) -> Terminal:
    one.cleared()
    return one


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Sessions of their own."""
    opened: list[Terminal] = []

    def one_more(*arguments: str, **env: Any) -> Terminal:
        opened.append(Terminal(tmp_path, *arguments, **env))
        opened[-1].wait(PROMPT)
        return opened[-1]

    yield one_more
    for terminal in opened:
        terminal.close()


# Entering ---------------------------------------------------------------------------------------


def test_a_value_a_picture_and_the_last_result(seis: Terminal) -> None:
    seis.enter("let waves = stream two-events | bandpass 2..8Hz")
    seis.wait("waves: Waves, 100 Hz, simulated")
    seis.enter("waves")
    picture = seis.wait("and 16 more traces")
    assert "SY.SY01..EHZ ⣀" in picture
    seis.enter("_ | sta-lta on=4")
    seis.wait("SY08 ")
    seis.enter("| count")
    seis.wait("\n21\n")


def test_enter_runs_what_is_whole_and_goes_on_with_what_is_open(seis: Terminal) -> None:
    seis.enter("let lag =")
    seis.wait(MORE)
    assert "error[" not in seis.settled()
    seis.enter("90min - 30s")
    seis.wait("lag: Time")


def test_a_bracket_keeps_a_statement_open(seis: Terminal) -> None:
    seis.enter("let windows = {")
    seis.enter("short = 1s")
    seis.wait(MORE, times=2)
    seis.enter("}")
    seis.wait("windows: {short: Time}")


def test_alt_enter_begins_a_line_of_a_whole_statement(seis: Terminal) -> None:
    seis.keys(f"let more = stream two-events{ESCAPE}\r")
    seis.wait(MORE)
    seis.enter("| sta-lta")
    seis.wait("more: Picks")


def test_a_pasted_block_is_entered_whole(seis: Terminal) -> None:
    block = "let on = 4\nlet filtered = stream two-events\n  | bandpass 2..8Hz\n"
    seis.keys(f"\x1b[200~{block}\x1b[201~")
    seis.enter("")
    said = seis.wait("filtered: Waves")
    assert "on: Number" in said


def test_a_fault_looks_as_in_a_file_and_the_session_goes_on(seis: Terminal) -> None:
    seis.enter("stream two-events | bandpass 2..8s")
    said = seis.wait("= did you mean 2..8Hz?")
    assert "error[unit]: `bandpass` needs a range of Frequency, found a range of Time" in said
    assert "  ┌─ <input>:1:30" in said
    seis.enter("let after = 3")
    seis.wait("after: Number")


def test_ctrl_c_stops_a_run_and_keeps_what_was_said(seis: Terminal) -> None:
    seis.enter("let day = stream S-net time=2016-08-15")
    seis.wait("day: Waves")
    seis.enter("day | bandpass 2..8Hz | sta-lta | count")
    assert "stopped" not in seis.settled(1.5)
    seis.keys(INTERRUPT)
    said = seis.wait("stopped; the session goes on")
    assert "Traceback" not in said
    seis.enter("help day")
    seis.wait("\nlet day = stream S-net time=2016-08-15\n")


def test_ctrl_c_at_the_prompt_clears_the_line(seis: Terminal) -> None:
    seis.keys("stream nowh")
    seis.wait("nowh")
    seis.keys(INTERRUPT)
    seis.wait(PROMPT, times=2)
    seis.enter("let y = 3")
    seis.wait("y: Number")


# While one types --------------------------------------------------------------------------------


def test_colours_come_from_the_grammar(seis: Terminal) -> None:
    seis.keys("let x = stream two-events time=2016-08-15 | bandpass 2..8Hz # now")
    seis.wait("# now")
    seis.settled()
    assert seis.colour_of("bandpass") == seis.colour_of("stream") == "blue"
    assert seis.colour_of("2..8Hz") == seis.colour_of("2016-08-15") == "green"
    assert seis.colour_of("time") == "magenta"
    assert seis.colour_of("two-events") == "default"


def test_operators_that_fit_are_offered_and_enter_chooses(seis: Terminal) -> None:
    seis.keys("let image = stream two-events | spectrog")
    seis.wait("spectrogram ")
    seis.keys(TAB)
    seis.wait("| spectrogram")
    seis.keys("\r")
    assert "image:" not in seis.settled()
    seis.keys("\r")
    seis.wait("image: Spectrogram")


def test_names_of_the_session_are_offered(seis: Terminal) -> None:
    seis.enter("let my-waves = stream two-events")
    seis.wait("my-waves: Waves")
    seis.cleared()
    seis.keys(f"my-w{TAB}")
    seis.wait("seis> my-waves")


def test_commands_are_offered_and_what_they_take(seis: Terminal) -> None:
    seis.keys("expl")
    seis.wait("command: what is made from what")
    seis.cleared()
    seis.keys("help envel")
    seis.wait("envelope-correlation")


def test_files_are_offered_where_a_command_takes_one(seis: Terminal) -> None:
    seis.enter("let z = 3")
    seis.enter("save tremor.seis")
    seis.wait("statements to tremor.seis")
    seis.cleared()
    seis.keys(f"load tr{TAB}")
    seis.wait("seis> load tremor.seis")


def test_the_signature_and_a_line_of_help_stand_below(seis: Terminal) -> None:
    seis.wait("Ctrl-D leaves")
    seis.keys("stream two-events | sta-lta on=")
    seis.wait("ratio rises")  # the help of `on`
    below = "\n".join(seis.screen.display[-3:])
    assert "sta-lta" in below
    assert "ratio rises" in below


def test_the_parameter_at_hand_is_marked() -> None:
    shown = toolbar(Session(), Document("stream two-events | sta-lta on="))
    assert ("class:toolbar.active", "on: Number = 3.5") in shown


# Other terminals, other sessions ----------------------------------------------------------------


def test_a_session_is_saved_left_and_found_again(begin: Callable[..., Terminal], tmp_path: Path) -> None:
    first = begin()
    first.enter("let on =")
    first.enter("4")
    first.wait("on: Number")
    first.enter("save session.seis")
    first.wait("saved 1 statement to session.seis")
    first.keys(END)
    assert first.ended() == DONE
    assert main(["fmt", "--check", str(tmp_path / "session.seis")]) == DONE
    second = begin("session.seis")
    second.wait("loaded session.seis: 1 name\n")
    second.keys(UP * 2)
    second.wait("let on =")
    assert "  ...   4" in second.text


def test_a_program_is_given_its_parameters(begin: Callable[..., Terminal], tmp_path: Path) -> None:
    text = "param on = 4\nlet picks = stream two-events | sta-lta on=on\npicks | count\n"
    (tmp_path / "day.seis").write_text(text)
    seis = begin("day.seis", "--on", "9")
    seis.wait("loaded day.seis: 2 names; `run` runs its 1 pipeline")
    seis.enter("explain picks")
    seis.wait("sta-lta on=9")


def test_no_color_is_followed(begin: Callable[..., Terminal]) -> None:
    seis = begin(NO_COLOR="1")
    seis.keys("let x = stream two-events time=2016-08-15 | bandpass 2..8Hz")
    seis.wait("8Hz")
    seis.settled()
    assert seis.colour_of("bandpass") == seis.colour_of("2..8Hz") == "default"
    seis.cleared()
    seis.enter("let x = nothing")
    seis.wait("nothing is called")
    assert seis.colour_of("error[name]") == "default"


def test_a_terminal_that_can_do_nothing_gets_plain_lines(begin: Callable[..., Terminal]) -> None:
    seis = begin(TERM="dumb")
    seis.enter("let on =")
    seis.wait(MORE)
    seis.enter("4")
    seis.enter("names")
    seis.wait("on  Number")
    assert b"\x1b[" not in seis.raw
    seis.keys(END)
    assert seis.ended() == DONE


def test_the_first_run_says_what_it_waits_for(begin: Callable[..., Terminal]) -> None:
    """While torch is loaded, which takes seconds; the word is gone when the result is there."""
    one = begin()
    one.enter("stream two-events | sta-lta on=4 | count")
    one.wait("loading torch")
    one.wait("\n20")
    assert "loading torch" not in one.settled()
