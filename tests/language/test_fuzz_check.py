"""Whatever is written, checking it gives diagnostics and never a traceback."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from random import Random

import pytest
from language import design
from language.generated import STAGES

from seisdsl import draw
from seisdsl.diagnostics import as_json, render
from seisdsl.language import types, units
from seisdsl.language.check import check
from seisdsl.language.formula import FUNCTIONS
from seisdsl.source import SourceText
from seisdsl.syntax.complaints import KEYWORDS

ROOT = Path(__file__).parents[2]
LITERALS = ["3", "-4.5", "1e400", "0", "2..8Hz", "8..2Hz", "2..8s", "10km", "5foo", "70%", "3dB", "2016-08-15",
            "2016-02-30", "2016-08-15T02:00Z..2016-08-16", '"a.csv"', '"{day}"', '"{x"', '"("', "true", "?", "[1, 2]",
            "[]", "[1s, 2m]", "{ a = 3 }", "{}", "S-net", "nothing", "(stream S-net)", "data.train"]  # fmt: skip
SIGNS = ["|", "=", "+", "-", "*", "/", "^", "==", "!=", "<", ">=", "~", "in", "not", "and", "or", ",", ".", "..",
         "(", ")", "[", "]", "{", "}", "=>", ":", "->", "\n", "\n  | ", "\n# why\n"]  # fmt: skip
TOKEN = re.compile(r'"[^"\n]*"|[\w.%-]+|\s+|.')


@cache
def corpus() -> list[str]:
    """The design's programs, the examples, and every program that is known to be wrong."""
    files = [
        *ROOT.glob("examples/**/*.seis"),
        *ROOT.glob("tests/errors/**/*.seis"),
        *ROOT.glob("stdlib/*.seis"),
    ]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in sorted(files)]
    return [*design.PROGRAMS.values(), *(text for text in texts if len(text) < 5000)]


@cache
def words() -> list[str]:
    operators = design.vocabulary()
    parameters = {name for operator in operators.values() for name in operator.parameters()}
    return sorted({*operators, *parameters, *FUNCTIONS, *types.names(), *KEYWORDS, *units.table()})


@cache
def stages() -> list[str]:
    return [stage for some in STAGES.values() for stage, _ in some]


def token(random: Random) -> str:
    return random.choice(random.choice([words(), LITERALS, SIGNS, stages()]))


def mutated(random: Random) -> str:
    """A program with words changed, moved, left out or brought from another."""
    tokens = TOKEN.findall(random.choice(corpus()))
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(tokens) + 1)
        match random.randrange(6):
            case 0:
                tokens[at : at + 1] = [token(random)]
            case 1:
                tokens[at:at] = [" ", token(random), " "]
            case 2:
                del tokens[at : at + random.randint(1, 4)]
            case 3:
                other = TOKEN.findall(random.choice(corpus()))
                start = random.randrange(len(other) + 1)
                tokens[at:at] = other[start : start + random.randint(1, 12)]
            case 4:
                to = random.randrange(len(tokens) + 1)
                tokens[to:to] = tokens[at : at + random.randint(1, 6)]
            case 5:
                tokens[at:at] = [" | ", random.choice(stages())]
    return "".join(tokens)


def made_up(random: Random) -> str:
    """Words in a row; and statements that begin well and go on as they please."""
    if random.random() < 0.3:
        return " ".join(token(random) for _ in range(random.randint(1, 30)))
    heads = ["let a = ", "def a(b = 3): Waves -> Table = ", "param a: ", "source a: Waves { rate = ", "use ", "assert ",
             "stream S-net | ", "simulate two-events | sta-lta | where ", "stream S-net | sta-lta | derive { a = ",
             "sweep a in [1, 2] => (", "compare { a = "]  # fmt: skip
    lines = []
    for _ in range(random.randint(1, 5)):
        rest = " ".join(token(random).strip("\n") for _ in range(random.randint(0, 6)))
        lines.append(random.choice(heads) + rest + random.choice(["", "", ")", " }", "]"]))
    return "\n".join(lines) + "\n"


def survives(text: str) -> None:
    source = SourceText.of(text, "fuzz.seis")
    found = check(source, operators=design.vocabulary())
    for diagnostic in found.diagnostics:
        as_json(diagnostic)
        render(diagnostic)
        for label in diagnostic.labels:
            assert 0 <= label.place.span.start <= label.place.span.end <= len(label.place.source.text)
    assert (found.graph is None) != found.sound
    if found.graph is not None:
        draw.as_text(found.graph)
        draw.as_json(found.graph)
        draw.as_program(found.graph)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the example's own files, and without sources of the developer's own."""
    shutil.copytree(ROOT / "examples", tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def hurt(seed: int) -> str:
    random = Random(seed)
    return mutated(random) if random.random() < 0.7 else made_up(random)


@pytest.mark.parametrize("batch", range(10))
def test_hurt_programs_give_diagnostics(batch: int) -> None:
    for seed in range(batch * 50, batch * 50 + 50):
        survives(hurt(seed))


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(100))
def test_ten_thousand_hurt_programs_give_diagnostics(batch: int) -> None:
    for seed in range(1000 + batch * 100, 1000 + batch * 100 + 100):
        survives(hurt(seed))


def test_most_of_them_are_wrong_and_some_are_not() -> None:
    """Programs that all fail alike, or that are all sound, would try little."""
    codes: dict[str, int] = {}
    for seed in range(300):
        found = check(SourceText.of(hurt(seed)), operators=design.vocabulary())
        for code in {fault.code for fault in found.diagnostics if fault.severity == "error"} or {"sound"}:
            codes[code] = codes.get(code, 0) + 1
    assert {"syntax", "name", "param", "pipe", "type", "unit", "value", "use", "sound"} <= codes.keys()
