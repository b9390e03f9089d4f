"""Checking takes as much work a line in a long program as in a short one: work is counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from language.checking import operators

from seisdsl.draw import as_program, as_text
from seisdsl.language.check import check
from seisdsl.source import SourceText


def independent(lines: int) -> str:
    return "".join(
        f"let w{n} = stream S-net | bandpass {n + 1}..{n + 2}mHz | sta-lta | count\n" for n in range(lines)
    )


def chained(lines: int) -> str:
    return "let w0 = stream S-net\n" + "".join(
        f"let w{n + 1} = w{n} | taper {n % 40 + 1}%\n" for n in range(lines)
    )


def wrong(lines: int) -> str:
    return "".join(f"let w{n} = bandpas {n}\n" for n in range(lines))


def broken(lines: int) -> str:
    return "".join(f"let w{n} = stream S-net | | sta-lta\n" for n in range(lines))


def definitions(lines: int) -> str:
    return "".join(
        f"def d{n}(on: Number = {n + 2}): Waves -> Picks = detrend | sta-lta on=on\nstream S-net | d{n}\n"
        for n in range(lines // 2)
    )


def one_pipeline(lines: int) -> str:
    return "stream S-net\n" + "  | taper 5%\n" * lines


def one_expression(lines: int) -> str:
    return "let x = (\n" + "  1 +\n" * lines + "  1)\n"


def comments(lines: int) -> str:
    return "stream S-net # why\n" + "## a word\n" * lines


def a_sweep(lines: int) -> str:
    return f"sweep on in [{', '.join(str(n + 2) for n in range(lines))}] => (stream S-net | sta-lta on=on | count)\n"


def work(task: Callable[[], object]) -> int:
    """How many functions were called, in Python and in C."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        task()
    finally:
        sys.setprofile(before)
    return calls


PROGRAMS = [
    independent, chained, wrong, broken, definitions, one_pipeline, one_expression, comments, a_sweep,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_twice_the_lines_are_twice_the_work(program: Callable[[int], str]) -> None:
    known = operators()
    short = 500 if program is wrong else 100
    small, large = (SourceText.of(program(lines)) for lines in (short, 2 * short))
    check(SourceText.of(program(5)), operators=known)
    once, twice = (work(lambda source=source: check(source, operators=known)) for source in (small, large))  # type: ignore[misc]
    assert twice / once < 2.3


@pytest.mark.parametrize("program", [independent, chained, a_sweep])
@pytest.mark.parametrize("draw", [as_text, as_program])
def test_drawing_is_linear_too(program: Callable[[int], str], draw: Callable[..., str]) -> None:
    def drawn(lines: int) -> int:
        graph = check(SourceText.of(program(lines)), operators=operators()).graph
        assert graph is not None
        return work(lambda: draw(graph))

    drawn(10)
    assert drawn(200) / drawn(100) < 2.4
