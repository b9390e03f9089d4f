"""Pictures, drawn when they are saved."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from seisdsl.data.figure import Figure
from seisdsl.data.save import files
from seisdsl.data.show import summary


def line(canvas):
    canvas.add_subplot().plot([0, 1], [1, 0])


GIVEN = Figure(line, "Tremor", "Where it was, 2016", simulated=True)


@pytest.mark.parametrize(("ending", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF-")])
def test_it_is_saved_alike_each_time(tmp_path, ending, magic):
    for name in ("a", "b"):
        [(own, write)] = files(GIVEN, name + ending)
        write(tmp_path / own)
    first, second = ((tmp_path / (name + ending)).read_bytes() for name in ("a", "b"))
    assert first.startswith(magic)
    assert first == second


def test_it_bears_its_title_caption_and_mark():
    texts = {text.get_text() for text in GIVEN.drawn().texts}
    assert texts == {"Tremor", "Where it was, 2016", "simulated"}
    assert [text.get_text() for text in Figure(line).drawn().texts] == []


def test_nothing_is_drawn_before_it_is_wanted():
    def never(canvas):
        raise AssertionError("drawn too early")

    assert summary(replace(GIVEN, draw=never)).splitlines() == [
        "Figure, simulated: Tremor",
        "  Where it was, 2016",
    ]


def test_no_window_is_opened():
    """pyplot, which opens windows and keeps every figure, is not imported."""
    code = (
        "import sys; from seisdsl.data.figure import Figure; Figure(lambda canvas: None, 'a').drawn();"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
