"""What flows through a program, stage by stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.assist.cursor import cursor
from seisdsl.assist.document import Document
from seisdsl.assist.flow import arrival, stages
from seisdsl.language.values import Flowing
from seisdsl.syntax import tree

PROGRAM = """\
let waves = stream two-events | detrend
def strong(least = 20, from: Waves): Picks -> Picks = where score > least
"""


def arriving(line: str) -> list[str]:
    """The types that arrive in each bracket that is open at the end of a line."""
    text = PROGRAM + line
    document = Document(Path("a.seis")).update(text)
    statement = document.at(len(text))
    assert statement is not None
    part = statement.source.text
    found = arrival(document, len(text), part, cursor(part, len(part)))
    return [str(value.type) if value else "" for value in found.piped]


@pytest.mark.parametrize(
    ("line", "types"),
    [
        ("waves | ", ["Waves"]),
        ("waves | sta-lta on=4 | ", ["Picks"]),
        ("waves | nothing-known | ", ["?"]),
        ("waves | sta-lta on=((( | ", ["Waves", "", "", "?"]),
        ("waves | fork { a = sta-lta | ", ["Waves", "Picks"]),
        ("waves | fork { a = envelope, b = ", ["Waves", "Waves"]),
        ("waves | trim before=(", ["Waves", ""]),
        ("def f(on = 3): Waves -> Picks = detrend | ", ["Waves"]),
        ("def f(on = 3): Waves -> Picks = ", ["Waves"]),
        ("sweep on in [3, 4] => (waves | sta-lta on=on | ", ["", "Picks"]),
        ("waves | sta-lta | where score > 3 | ", ["Picks"]),
        ("waves | sta-lta | strong least=3 | ", ["Picks"]),
        ("stream ", [""]),
    ],
)
def test_what_arrives_at_the_cursor(line: str, types: list[str]) -> None:
    assert arriving(line) == types


def test_asking_leaves_no_fault_behind() -> None:
    text = f"{PROGRAM}waves | sta-lta on=2s | "
    document = Document(Path("a.seis")).update(text)
    before = document.diagnostics
    arriving("waves | sta-lta on=2s | ")
    assert document.update(text).diagnostics == before


def test_every_stage_has_what_enters_and_what_leaves() -> None:
    text = f"{PROGRAM}waves | fork {{ a = sta-lta | count, b = stream two-events }} | show\n"
    document = Document(Path("a.seis")).update(text)
    statement = document.statements[-1]
    assert isinstance(statement.tree, tree.Pipeline)
    found = [
        (statement.source[part.span].split()[0], _type(piped), _type(gives))
        for part, piped, gives in stages(statement.tree, document.scope_at(statement.source.start), None)
    ]
    assert found == [
        ("waves", "", "Waves"),
        ("fork", "Waves", "Record"),
        ("sta-lta", "Waves", "Picks"),
        ("count", "Picks", "Integer"),
        ("stream", "", "Waves"),
        ("show", "Record", "Record"),
    ]


def _type(value: object) -> str:
    return value.type.name if isinstance(value, Flowing) else ""
