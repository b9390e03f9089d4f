"""What is entered one by one is a program: names, `_`, a name given another value."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.diagnostics import render
from seisdsl.language.check import check
from seisdsl.repl.session import Entry, Session
from seisdsl.repl.statements import replaced, statements
from seisdsl.source import SourceText
from seisdsl.syntax.format import format_program


def entered(session: Session, *texts: str) -> Entry:
    """The last of some texts that are entered one after the other, all of them sound."""
    for text in texts:
        entry = session.check(text)
        assert entry.sound, "\n".join(render(one) for one in entry.diagnostics)
        session.accept(entry)
    return entry


def reruns(session: Session) -> None:
    """The session is a sound program, and once formatted it stays so."""
    text = format_program(SourceText.of(session.text))
    checked = check(SourceText.of(text))
    assert checked.sound, "\n".join(render(one) for one in checked.diagnostics)
    assert format_program(SourceText.of(text)) == text


def test_a_session_is_its_statements_in_order() -> None:
    session = Session()
    entered(session, "let band = 2..8Hz", "stream two-events | bandpass band", "let on = 4")
    assert session.text == "let band = 2..8Hz\nstream two-events | bandpass band\nlet on = 4\n"
    reruns(session)


def test_comments_and_documentation_stay_with_their_statement() -> None:
    session = Session()
    text = "# for tremor\n## Picks with a low threshold.\ndef low(): Waves -> Picks =\n  sta-lta on=2  # two"
    entered(session, text)
    assert session.text == f"{text}\n"
    reruns(session)


def test_a_block_may_be_indented_as_it_was_copied() -> None:
    session = Session()
    entered(session, "let a = 1", "    let b = a\n    stream two-events\n      | sta-lta\n", "  let c = b")
    assert session.text == "let a = 1\nlet b = a\nstream two-events\n  | sta-lta\nlet c = b\n"


def test_what_is_at_fault_is_not_kept() -> None:
    session = Session()
    assert not session.check("let x = nothing").sound
    assert session.text == ""


def test_a_fault_is_told_at_its_place_in_what_was_entered() -> None:
    session = Session()
    entered(session, "let a = 1", "let b = 2")
    (alone,) = check(SourceText.of("stream two-events | bandpass 2..8s", "<input>")).diagnostics
    (here,) = session.check("stream two-events | bandpass 2..8s").diagnostics
    assert render(here) == render(alone)


def test_a_fault_that_concerns_what_was_entered_before_shows_both() -> None:
    session = Session()
    entered(session, "let lag = 3s")
    (fault,) = session.check("stream two-events | bandpass lag").diagnostics
    assert {label.place.source.name for label in fault.labels} == {"<input>", "<session>"}
    assert [label.place.text for label in fault.labels if label.place.source.name == "<session>"] == ["lag"]


def test_a_warning_is_told_once() -> None:
    session = Session()
    entry = entered(session, "let count = 3")
    assert [one.code for one in entry.diagnostics] == ["shadow"]
    assert entered(session, "let x = count + 1").diagnostics == []


# The last result --------------------------------------------------------------------------------


def test_the_last_result_can_be_used() -> None:
    session = Session()
    entry = entered(session, "stream two-events | sta-lta", "_ | count")
    assert entry.graph is not None
    assert [node.word for node in entry.graph.nodes] == ["stream", "sta-lta", "count"]


def test_the_last_result_gets_a_name_in_the_text() -> None:
    session = Session()
    entered(session, "stream two-events | bandpass 2..8Hz # filtered", "_ | sta-lta", "_ | count")
    assert session.text == (
        "let result1 = stream two-events | bandpass 2..8Hz\n"
        "result1 # filtered\n"
        "let result2 = result1 | sta-lta\n"
        "result2\n"
        "result2 | count\n"
    )
    reruns(session)


def test_a_name_of_the_users_is_not_taken() -> None:
    session = Session()
    entered(session, "let result1 = 3", "stream two-events | sta-lta", "_ | count")
    assert "let result2 = stream" in session.text
    reruns(session)


def test_a_line_that_begins_with_a_pipe_goes_on_from_the_last_result() -> None:
    session = Session()
    entry = entered(session, "stream two-events | sta-lta", "| where score > 20\n  | count")
    assert entry.graph is not None
    assert entry.graph.nodes[-1].word == "count"
    reruns(session)


def test_a_pipe_with_nothing_before_it_is_a_fault() -> None:
    (fault,) = Session().check("| count").diagnostics
    assert "a pipe with nothing before it" in fault.message


def test_the_last_result_is_what_was_saved_not_the_saving() -> None:
    session = Session()
    entered(session, 'stream two-events | sta-lta | save "a.csv"', "_ | count")
    assert session.text == (
        'let result1 = stream two-events | sta-lta\nresult1 | save "a.csv"\nresult1 | count\n'
    )
    assert "save" not in session.known.splitlines()[-1]


def test_a_let_is_no_result() -> None:
    session = Session()
    entered(session, "stream two-events | sta-lta", "let x = 3")
    assert session.last == "stream two-events | sta-lta"


def test_what_was_never_worked_out_is_no_last_result() -> None:
    (fault,) = Session().check("_ | count").diagnostics
    assert "`_`" in fault.message


def test_the_name_of_the_last_result_is_not_given() -> None:
    session = Session()
    for _ in range(2):
        (fault,) = session.check("let _ = 3").diagnostics
        assert fault.message == "`_` is the last result here"
        assert fault.primary is not None
        assert fault.primary.place.start == (1, 5)
        entered(session, "stream two-events | sta-lta")


# A name given another value ---------------------------------------------------------------------


def test_what_uses_a_name_follows_its_new_value() -> None:
    session = Session()
    entered(session, "let band = 2..8Hz", "let picks = stream two-events | bandpass band | sta-lta", "picks")
    entry = entered(session, "let band = 1..4Hz")
    assert entry.following == ("picks",)
    assert session.text.startswith("let band = 1..4Hz\n")
    reruns(session)


def test_the_new_value_may_use_names_that_came_later() -> None:
    session = Session()
    entered(session, "let on = 3", "stream two-events | sta-lta on=on", "let base = 2", "let on = base + 1")
    assert session.text == "let base = 2\nlet on = base + 1\nstream two-events | sta-lta on=on\n"
    reruns(session)


def test_a_new_value_that_does_not_suit_a_named_one_is_refused_with_both_places() -> None:
    session = Session()
    entered(session, "let band = 2..8Hz", "let low = stream two-events | bandpass band")
    entry = session.check("let band = 3s")
    assert [one.code for one in entry.diagnostics] == ["unit"]
    assert {label.place.source.name for label in entry.diagnostics[0].labels} == {"<input>", "<session>"}


def test_a_pipeline_that_no_longer_fits_is_left_out_and_told() -> None:
    session = Session()
    entered(session, "let x = stream two-events", "x | detrend", "x | sta-lta | count")
    entry = entered(session, "let x = stream two-events | sta-lta")
    assert [one.text for one in entry.dropped] == ["x | detrend", "x | sta-lta | count"]
    assert session.text == "let x = stream two-events | sta-lta\n"
    assert session.last == ""


def test_a_value_that_uses_itself_is_refused() -> None:
    session = Session()
    entered(session, "let x = 3")
    assert not session.check("let x = x + 1").sound


def test_a_name_is_not_taken_from_an_operator_that_was_used() -> None:
    session = Session()
    entered(session, "stream two-events | sta-lta | count")
    (fault, *_) = session.check("let count = 3").diagnostics
    assert fault.message == "`count` is defined further down"


def test_a_parameter_and_a_definition_can_be_given_again() -> None:
    session = Session()
    entered(session, "param on = 3", "def f(): Waves -> Picks = sta-lta on=on", "stream two-events | f")
    entered(session, "def f(): Waves -> Picks = sta-lta on=on short=2s", "param on = 5")
    reruns(session)
    assert session.text.index("param") < session.text.index("def") < session.text.index("stream")


@pytest.mark.parametrize("again", ["use stdlib.picking as pick", "use stdlib.picking"])
def test_a_file_can_be_used_again(again: str) -> None:
    session = Session()
    entered(session, again, again)
    assert session.text == f"{again}\n"


def test_order_after_a_change_is_by_what_uses_what() -> None:
    kept = statements("let a = 1\nlet b = a\nlet c = 2\nlet d = b + c\n")
    new = statements("let a = c\n")
    assert [one.text for one in replaced(kept, new)] == [
        "let c = 2",
        "let a = c",
        "let b = a",
        "let d = b + c",
    ]


# Files ------------------------------------------------------------------------------------------


def test_files_are_looked_for_beside_the_program_that_was_loaded(tmp_path: Path) -> None:
    (tmp_path / "mine.seis").write_text("let on = 7\n")
    session = Session(path=tmp_path / "program.seis")
    assert session.check('use "mine.seis" as mine\nlet x = mine.on').sound
    assert not Session().check('use "mine.seis" as mine').sound


def test_parameters_are_given_once_they_are_declared() -> None:
    session = Session(given={"on": "9"})
    entered(session, "let x = 3")
    entry = entered(session, "param on = 4\nstream two-events | sta-lta on=on")
    assert entry.graph is not None
    assert entry.graph.nodes[-1].operator.on == 9.0  # type: ignore[attr-defined]
