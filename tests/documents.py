"""The project's documents, and the blocks of code in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from seisdsl.diagnostics import render
from seisdsl.language.check import Checked, check
from seisdsl.operator import Registry
from seisdsl.resources import STDLIB
from seisdsl.source import SourceText

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
TOPICS = sorted((STDLIB / "topics").glob("*.md"))
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *TOPICS,
]
_BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w/.-]+\.\w+)`, .*:", re.DOTALL)


TABLES = {
    "events.csv": "time,lat,lon,depth,mag\n2016-08-15T00:00:10,38.5,142,30,3.5\n",
    "picks.csv": "time,station,phase\n2016-08-15T00:00:20,S1N01,P\n",
    "positions.csv": "date,east,north,up\n2016-08-15,1.0,2.0,3.0\n",
    "motions.csv": "event,station,magnitude,distance,pga\nq1,A,6.1,40,90\n",
    "intensity/shingen2005.csv": "7,1,36.4701,140.59,89.42,5.0\n",
    "intensity/kansoku2005.csv": "7,37.36,140.28,3.7,4\n",
}


def write_tables(folder: Path) -> None:
    """The small files of a user's own that documents and examples of operators speak of."""
    for name, text in TABLES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@dataclass(frozen=True)
class Block:
    """Code between fences; `file` is what the paragraph before begins with, where it names one."""

    document: Path
    line: int
    kind: str
    text: str
    file: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks(document: Path, *kinds: str) -> list[Block]:
    """The blocks of some kinds, in their order."""
    return [block for block in _all(document) if block.kind in kinds]


def _all(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        before = text[: match.start()]
        named = _FILE.fullmatch(before.rstrip("\n").rpartition("\n\n")[2])
        line = before.count("\n") + 2
        yield Block(document, line, match["kind"], match["text"], named[1] if named else "")


def checked(block: Block, folder: Path, operators: Registry | None = None) -> Checked:
    """A block's program, as if it stood in a folder."""
    return check(SourceText.of(block.text, "program.seis", folder / "program.seis"), operators=operators)


def told(result: Checked) -> str:
    """What the command line would say of a program."""
    return "".join(f"{render(diagnostic)}\n\n" for diagnostic in result.diagnostics).strip("\n") + "\n"


def assert_about_the_same(given: str, shown: str) -> None:
    """The same words; numbers may differ in their last digits from one processor to another.

    Between the instruction sets of one processor they differ by less than 1 in 10^6.
    """
    ours, theirs = given.split(), shown.split()
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        if re.fullmatch(r"\d+\.\d+", other):
            assert float(one) == pytest.approx(float(other), rel=1e-4)
        else:
            assert one == other
