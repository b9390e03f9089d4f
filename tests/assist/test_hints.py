"""The types shown at the end of each stage."""

from __future__ import annotations

from pathlib import Path

from seisdsl.assist.document import Document
from seisdsl.assist.hints import hints

PROGRAM = """\
let band = 2..8Hz
let waves = stream two-events
  | bandpass band
  | sta-lta  # picks
def strong(least = 20): Picks -> Picks = where score > least
waves | fork { a = count, b = head 3 }
waves | nothing-known | count
(((
"""


def shown(start: int, end: int) -> list[str]:
    document = Document(Path("a.seis")).update(PROGRAM)
    return [
        f"{PROGRAM[: one.at].splitlines()[-1].strip()} : {one.label}" for one in hints(document, start, end)
    ]


def test_each_stage_has_its_type() -> None:
    assert shown(0, len(PROGRAM)) == [
        "let waves = stream two-events : Waves",
        "| bandpass band : Waves",
        "| sta-lta : Picks",
        "def strong(least = 20): Picks -> Picks = where score > least : Picks",
        "waves : Picks",
        "waves | fork { a = count, b = head 3 } : {a: Integer, b: Picks}",
        "waves | fork { a = count : Integer",
        "waves | fork { a = count, b = head 3 : Picks",
        "waves : Picks",
        "waves | nothing-known | count : Integer",
    ]


def test_of_a_part_of_the_text_only_its_own() -> None:
    line = PROGRAM.index("def")
    assert shown(line, PROGRAM.index("\nwaves | fork")) == [
        "def strong(least = 20): Picks -> Picks = where score > least : Picks"
    ]


def test_what_is_known_beyond_the_type_is_told() -> None:
    first = hints(Document(Path("a.seis")).update(PROGRAM), 0, len(PROGRAM))[0]
    assert first.more == "100 Hz, simulated"
