"""Enter runs a statement that is whole and goes on with one that is open: the parser says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.repl.opened import is_open
from seisdsl.source import SourceText
from seisdsl.syntax.parser import parse

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.seis"))


@pytest.mark.parametrize(
    "text",
    [
        "stream two-events |",
        "stream two-events | # and then",
        "stream two-events\n  | bandpass 2..8Hz |",
        "let x =",
        "compare within=6s {",
        "compare within=6s {\n  a = stream two-events",
        "sta-lta on=(3 +",
        "let windows = [1s,",
        "sweep on in [3, 4] =>",
        "def f(a: Time = 3s): Waves -> Waves =",
        'assert found > 10,',
        "## Bursts of tremor.",
        "let a = 3\nlet b =",
    ],
)  # fmt: skip
def test_open(text: str) -> None:
    assert is_open(text)
    assert is_open(f"{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "stream two-events",
        "stream two-events\n  | bandpass 2..8Hz",
        "compare within=6s { a = stream two-events }",
        "let x = 3  # with (",
        "# a remark (",
        "## Documentation.\nlet x = 3",
        "",
        "  \n",
    ],
)
def test_whole(text: str) -> None:
    assert not is_open(text)


@pytest.mark.parametrize(
    "text",
    [
        "stream two-events || count",
        "stream two-events ] |",
        "compare { a = b ) ",
        'save "abc',
        "let x",  # the language wants `=` on the same line
        "stream two-events | where magnitude >",
        "let s = 'abc' |",
    ],
)
def test_broken_text_is_answered_at_once(text: str) -> None:
    assert not is_open(text)
    assert parse(SourceText.of(text))[1]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_program_typed_line_by_line_is_never_cut_where_it_must_go_on(path: Path) -> None:
    """What parses up to a line's end is not open there, and what does not parse there, but would, is."""
    lines = path.read_text(encoding="utf-8").splitlines()
    text = ""
    for number, line in enumerate(lines):
        text += f"{line}\n"
        faults = parse(SourceText.of(text))[1]
        documented = line.startswith("##")
        if not line.strip() or line.startswith("#"):
            continue
        assert is_open(text) == (bool(faults) or documented), (number, line)
