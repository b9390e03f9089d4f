"""Pictures made of characters, against what they are of."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console
from rich.text import Text

from seisdsl.data.examples import Examples
from seisdsl.data.field import Axis, Field
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series, Site
from seisdsl.data.show import summary
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks
from seisdsl.data.waves import Channel, Waves
from seisdsl.repl.pictures.canvas import braille, heat, shrunk
from seisdsl.repl.pictures.show import lines, show
from seisdsl.repl.pictures.traces import some, wiggle

NS = 1_000_000_000
START = 1_471_219_200 * NS  # 2016-08-15


def plain(found: list[Any]) -> list[str]:
    return [str(line) for line in found if isinstance(line, Text | str)]


def waves(samples: torch.Tensor, mask: torch.Tensor | None = None, **changes: Any) -> Waves:
    channels = tuple(Channel("N", f"S{n:02}", "", "EHZ") for n in range(len(samples)))
    mask = torch.ones_like(samples, dtype=torch.bool) if mask is None else mask
    return Waves(samples, mask, 100.0, START, channels, **changes)


# Dots and colours -------------------------------------------------------------------------------


def test_dots_of_braille_signs_by_their_unicode_numbers() -> None:
    """A sign's number is 0x2800 and a bit for each of dots 1 to 8, which stand 1 4, 2 5, 3 6, 7 8."""
    order = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)]
    for bit, (row, column) in enumerate(order):
        dots = np.zeros((4, 2), bool)
        dots[row, column] = True
        assert braille(dots) == [chr(0x2800 + (1 << bit))]
    assert braille(np.ones((4, 2), bool)) == ["⣿"]
    assert braille(np.zeros((4, 2), bool)) == [" "]


def test_a_grid_is_made_smaller_by_its_largest_values() -> None:
    generator = np.random.default_rng(1)
    values, known = generator.normal(size=(37, 101)), generator.random((37, 101)) > 0.3
    small, there = shrunk(values, known, 5, 10)
    edges = [[at * size // n for at in range(n)] + [size] for size, n in ((37, 5), (101, 10))]
    for row in range(5):
        for column in range(10):
            part = slice(*edges[0][row : row + 2]), slice(*edges[1][column : column + 2])
            assert there[row, column] == known[part].any()
            if known[part].any():
                assert small[row, column] == values[part][known[part]].max()


def test_a_small_grid_is_stretched() -> None:
    small, there = shrunk(np.array([[1.0, 2.0]]), np.array([[True, False]]), 2, 4)
    assert small.tolist() == [[1, 1, 0, 0]] * 2
    assert there.tolist() == [[True, True, False, False]] * 2


def test_colours_go_from_dark_to_light_and_leave_out_what_is_not_known() -> None:
    values = np.array([[0.0, 1.0, 0.5], [0.0, 1.0, 0.5]])
    known = np.array([[True, True, False], [True, True, True]])
    (line,) = heat(values, known, colour=True)
    assert line.plain == "▀▀▄"
    dark, light, half = (str(span.style) for span in line.spans)
    assert dark == "#440154 on #440154"  # the two ends of viridis
    assert light == "#fde725 on #fde725"
    assert " on " not in half


def test_without_colours_there_are_shades() -> None:
    assert plain(heat(np.array([[0.0, 0.3, 1.0, 1.0]]), np.array([[True, True, True, False]]), False)) == [
        " ▒█ "
    ]


# Traces -----------------------------------------------------------------------------------------


def test_a_wiggle_reaches_from_the_least_to_the_largest_of_each_column() -> None:
    values, at = np.array([-1.0, 1.0, 0.0, 1.0]), np.array([0, 0, 1, 3])
    dots = wiggle(values, at, 4, -1.0, 1.0)
    assert dots.sum(axis=0).tolist() == [8, 1, 0, 1]
    assert dots[0].tolist() == [True, False, False, True]  # the largest stands above


def test_where_nothing_was_recorded_nothing_is_drawn() -> None:
    samples = torch.sin(torch.arange(8000) / 5).repeat(2, 1)
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[0, 4000:6000] = False
    mask[1] = False
    drawn = plain(lines(waves(samples * mask, mask), 98, colour=False))
    first, below = (line[17:] for line in drawn[3:5])
    quarter = len(first.rstrip()) // 4
    assert " " not in first[: 2 * quarter - 1]
    assert first[2 * quarter + 1 : 3 * quarter - 1].strip() == ""
    assert below[2 * quarter + 1 : 3 * quarter - 1].strip() == ""
    assert " " not in first[3 * quarter + 1 :].rstrip()
    assert drawn[6].split() == ["nothing", "recorded"]


def test_values_that_are_never_below_zero_use_the_whole_height() -> None:
    drawn = plain(lines(waves(torch.linspace(0, 2, 1000)[None]), 98, colour=False))
    assert drawn[4].split()[:2] == ["to", "2"]
    assert drawn[3].rstrip()[-1] in "⠉⠁⠈⠊⠋⠒⠔⠚⡠⠉"


def test_a_trace_far_from_zero_is_drawn_about_what_it_lies_at() -> None:
    """Raw counts have an offset, often many times what the ground does."""
    counts = torch.round(torch.sin(torch.arange(1000) / 20) * 50)[None]
    moved, plainly = waves(counts + 900_000), waves(counts)
    offset, none = (plain(lines(value, 98, colour=False))[3:5] for value in (moved, plainly))
    assert [line[17:] for line in offset] == [line[17:] for line in none]
    assert offset[1].split()[:2] == ["9e+05±50", "counts"]
    assert none[1].split()[:2] == ["±50", "counts"]


def test_of_many_traces_the_vertical_of_each_instrument_is_shown() -> None:
    channels = tuple(Channel("N", f"S{n:02}", "", f"EH{c}") for n in range(20) for c in "NEZ")
    assert [channels[at].id for at in some(channels)] == [f"N.S{n:02}..EHZ" for n in range(8)]
    assert some(channels[:8]) == list(range(8))


def test_the_words_of_a_summary_stand_above_a_picture() -> None:
    value = waves(torch.ones(2, 500), simulated=True)
    assert plain(lines(value, 98, colour=False))[:3] == summary(value).splitlines()[:3]


# Other values -----------------------------------------------------------------------------------


def spectrogram() -> Spectrogram:
    """Power in one frequency only, in the second half of the time."""
    power = torch.full((1, 20, 40), 1e-12)
    power[0, 15, 20:] = 1.0
    mask = torch.ones(1, 40, dtype=torch.bool)
    channels = (Channel("N", "S01", "", "EHZ"),)
    return Spectrogram(power, mask, torch.arange(20.0), 1.0, START, channels)


def test_a_spectrogram_has_high_frequencies_above_and_time_to_the_right() -> None:
    drawn = plain(lines(spectrogram(), 98, colour=False))
    image = [line for line in drawn if "█" in line]
    assert len(image) == 1
    row = drawn.index(image[0]) - 4
    assert row == 2  # frequency 15 of 0 to 19, from above, two to a line
    marks = image[0][17:]
    assert marks.index("█") == pytest.approx(len(marks) / 2, abs=1)


def test_scores_tell_how_probable_anything_but_noise_is() -> None:
    logits = torch.zeros(2, 2, 10)
    logits[0, 1] = 20.0
    channels = tuple(Channel("N", name, "", "EH") for name in ("LOUD", "CALM"))
    scores = Scores(
        logits, torch.ones(2, 10, dtype=torch.bool), ("noise", "tremor"), START, 1.0, 2.0, channels
    )
    loud, calm = plain(lines(scores, 98, colour=False))[-3:-1]
    assert loud.split()[0] == "N.LOUD"
    assert set(loud.split()[1]) == {"█"}
    assert set(calm.split()[1]) == {"▒"}  # a half


def test_a_field_of_places_has_north_above() -> None:
    values = torch.zeros(4, 6)
    values[3, 5] = 1.0  # the north-east
    axes = (
        Axis("latitude", torch.arange(36.0, 40.0), "deg"),
        Axis("longitude", torch.arange(140.0, 146.0), "deg"),
    )
    field = Field(values, torch.ones_like(values, dtype=torch.bool), axes, "energy", "J")
    drawn = plain(lines(field, 98, colour=False))
    bright = [at for at, line in enumerate(drawn) if "█" in line]
    assert drawn[bright[0]].split()[0] == "39"
    assert drawn[bright[0]].rstrip().endswith("█")


def test_a_series_is_drawn_by_site_and_component() -> None:
    epochs = START + torch.arange(100) * 86400 * NS
    values = torch.arange(100.0).repeat(1, 3, 1)
    series = Series(values, torch.ones(1, 3, 100, dtype=torch.bool), epochs, (Site("G001"),))
    drawn = plain(lines(series, 98, colour=False))
    assert any(line.strip().startswith("G001 east") for line in drawn)
    assert any("0 to 99 mm" in line for line in drawn)


def test_epicentres_stand_where_they_are_on_the_map() -> None:
    corners = Catalog.of(
        {"time": [START] * 2, "latitude": [35.0, 41.0], "longitude": [140.0, 145.0], "depth": [10.0, 20.0]}
    )
    drawn = plain(lines(corners, 98, colour=False))
    rows = [(at, line.index("•")) for at, line in enumerate(drawn) if "•" in line]
    assert len(rows) == 2
    (north, east), (south, west) = rows
    assert north < south
    assert east > west
    assert any(0x2800 < ord(sign) < 0x2900 for line in drawn for sign in line)  # the coast of Honshu


def test_places_without_a_position_are_left_out() -> None:
    catalog = Catalog.of({"time": [START], "latitude": [None], "longitude": [None], "depth": [1.0]})
    assert plain(lines(catalog, 98, colour=False)) == ["Catalog: 1 row"]


def test_picks_are_shown_by_station_and_time() -> None:
    times = [START, START + 50 * NS, START + 100 * NS]
    picks = Picks.of({"time": times, "station": ["B", "A", "B"], "phase": ["P"] * 3})
    drawn = plain(lines(picks, 98, colour=False))
    a, b = (line for line in drawn if "│" in line)
    assert (a.split()[0], b.split()[0]) == ("A", "B")
    marks = b[17:]
    assert marks[0] == marks.rstrip()[-1] == "│"
    assert a[17:].index("│") == pytest.approx(len(marks) / 2, abs=1)


def test_columns_have_their_unit_or_type() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=98, color_system=None)
    show(Catalog.of({"time": [START], "depth": [10.0], "kind": ["tremor"]}), console)
    said = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert said[1].split() == ["time", "depth", "kind"]
    assert said[2].split() == ["UTC", "km", "Text"]
    assert said[3].split() == ["2016-08-15T00:00:00Z", "10", "tremor"]


@pytest.mark.parametrize(
    "settings", [{"force_terminal": False}, {"force_terminal": True, "_environ": {"TERM": "dumb"}}]
)
def test_what_is_no_terminal_gets_the_words_alone(settings: dict[str, Any]) -> None:
    console = Console(file=io.StringIO(), width=98, **settings)
    value = waves(torch.ones(2, 500))
    show(value, console)
    assert console.file.getvalue() == f"{summary(value)}\n"  # type: ignore[attr-defined]


def test_a_station_can_not_steer_the_terminal() -> None:
    picks = Picks.of({"time": [START, START + NS], "station": ["\x1b[2J", "A"], "phase": ["P", "P"]})
    console = Console(file=io.StringIO(), force_terminal=True, width=98)
    show(picks, console)
    assert "\x1b[2J" not in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [20, 40, 200])
def test_any_width_will_do(width: int) -> None:
    for value in (waves(torch.ones(2, 500)), spectrogram()):
        assert plain(lines(value, width, colour=True))


def test_of_examples_the_middle_one_of_each_class_is_drawn() -> None:
    values = tuple(waves(torch.full((1, 100), float(n + 1))) for n in range(6))
    examples = Examples(values, ("noise",) * 3 + ("tremor",) * 3, classes=("noise", "tremor"))
    said = plain(lines(examples, 80, False))
    assert [line.strip() for line in said if line.strip() in ("noise", "tremor")] == ["noise", "tremor"]
    shown = [line.split()[0] for line in said if "counts" in line]
    assert shown == ["2±0", "5±0"], "each is the second of its three"
