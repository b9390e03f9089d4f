"""Another name: everywhere it is used, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.assist.document import Document
from seisdsl.assist.mentions import Mention
from seisdsl.assist.renaming import Refused, renamable, rename
from seisdsl.language.check import check
from seisdsl.source import SourceText
from seisdsl.syntax import tree

PROGRAM = """\
source here { network = "two-events", seed = 3 }
param day: Date = 2016-08-15
let level = 4
let other = 5
let waves = stream here | bandpass 2..8Hz
def strong(least = 20, most = 99): Picks -> Picks = where score > least + level and score < most
let picks = waves | sta-lta on=level | strong least=other
picks | derive { twice = level * score } | where twice > other | save "{day}.csv"
"""


def renamed(name: str, new: str, text: str = PROGRAM) -> str:
    """The program with the name first written as `name` changed."""
    document = Document(Path("a.seis")).update(text)
    mention = renamable(document, text.index(name))
    [edits] = rename(mention, new, document, ()).values() or [[]]
    for edit in sorted(edits, key=lambda one: -one.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def keys(text: str, path: Path | None = None) -> list[str]:
    checked = check(SourceText("a.seis", text, path))
    if checked.graph is None:
        return sorted(fault.message for fault in checked.diagnostics)
    return sorted(result.node.key for result in checked.graph.results)


@pytest.mark.parametrize("name", ["level = 4", "other", "waves", "strong", "least", "picks"])
def test_the_program_computes_what_it_did(name: str) -> None:
    text = renamed(name, "ganz-neu")
    word = name.split()[0]
    assert text.count("ganz-neu") == PROGRAM.count(word)
    assert keys(text) == keys(PROGRAM)


def test_a_parameter_in_a_text_and_a_source() -> None:
    assert '"{date}.csv"' in renamed("day", "date")
    assert 'source "two words"' in renamed("here", "two words")
    assert 'stream "two words" |' in renamed("here", "two words")


@pytest.mark.parametrize(
    ("name", "new", "reason"),
    [
        ("level", "where", "`where` is a word of the language"),
        ("level", "other", "`other` is already a name"),
        ("level", "strong", "`strong` is already a name"),
        ("level", "count", "`count` is an operator"),
        ("level", "3x", "`3x` is no name"),
        ("level", "", "`` is no name"),
        ("level", "least", "`least` stands for something else where `level` is used"),
        ("level", "amplitude", "`amplitude` stands for something else where `level` is used"),
        ("least = ", "most", "`most` stands for something else"),
        ("day", "out", "`--out` is an option"),
        ("stream", "x", "only a name that a program gives itself"),
        ("4\n", "x", "only a name that a program gives itself"),
    ],
)
def test_what_would_not_do_is_refused(name: str, new: str, reason: str) -> None:
    with pytest.raises(Refused, match=r"^" + "".join(f"\\{c}" if c in "`-." else c for c in reason)):
        renamed(name, new)


def test_the_line_that_explains_an_argument_follows_it() -> None:
    text = (
        "## Strong ones.\n## least the least score\ndef f(least = 3): Picks -> Picks = where score > least\n"
    )
    assert renamed("least = 3", "floor", text) == text.replace("least ", "floor ").replace(
        "the floor", "the least"
    ).replace("> least", "> floor")


def test_the_same_name_changes_nothing() -> None:
    assert renamed("level", "level") == PROGRAM


def test_a_broken_statement_that_may_use_it_is_mended_first() -> None:
    text = f"{PROGRAM}\nwaves | head (level\n"
    with pytest.raises(Refused, match=r"`level` stands in the broken statement at a.seis:10: mend it first"):
        renamed("level", "new", text)
    assert "let new = 5" in renamed("other", "new", text)


def test_what_is_wrong_elsewhere_stays_as_it_is() -> None:
    text = f"{PROGRAM}waves | spectogram\n"
    assert "let new = 4" in renamed("level", "new", text)


def test_a_name_of_a_used_file_is_changed_there_too(tmp_path: Path) -> None:
    (tmp_path / "lib.seis").write_text("let level = 4\n")
    library = Document(tmp_path / "lib.seis").update("let level = 4\n")
    user = Document(tmp_path / "a.seis").update('use "lib.seis"\nlet level = lib.level\n')
    mention = renamable(user, user.text.index("level\n"))  # type: ignore[union-attr]
    edits = rename(mention, "high", library, [user])
    assert {path.name: [one.start for one in all] for path, all in edits.items()} == {
        "lib.seis": [4],
        "a.seis": [31],
    }


def test_names_that_are_not_chosen_stay(tmp_path: Path) -> None:
    (tmp_path / "lib.seis").write_text("let level = 4\n")
    text = 'use "lib.seis"\nuse stdlib.picking as pick\nlet x = lib.level\nstream S-net | pick.classic\n'
    document = Document(tmp_path / "a.seis").update(text)
    for at, reason in {
        "lib.level": "is the name of a file; give it another by `use … as …`",
        "classic": "is of the standard library",
        "S-net": "is of the standard library",
    }.items():
        with pytest.raises(Refused, match=reason):
            renamable(document, text.index(at))


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.seis"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_compute_what_they_did_whatever_their_values_are_called(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = Document(path).update(text)
    for statement in document.statements:
        if isinstance(statement.tree, tree.Let | tree.Definition):
            [name] = statement.declares
            [edits] = rename(mention_of(document, name), "new-name", document, ()).values()
            for edit in sorted(edits, key=lambda one: -one.start):
                text = text[: edit.start] + edit.text + text[edit.end :]
            assert text.count("new-name") > 1 or f"{name} |" not in path.read_text(encoding="utf-8")
            assert keys(text, path) == keys(path.read_text(encoding="utf-8"), path)
            text = path.read_text(encoding="utf-8")


def mention_of(document: Document, name: str) -> Mention:
    statement = next(one for one in document.statements if name in one.declares)
    return renamable(document, statement.source.start + statement.declares[name].start)
