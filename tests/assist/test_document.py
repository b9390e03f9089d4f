"""A program while it is edited says what a check of the whole would say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from seisdsl.assist.document import Document
from seisdsl.diagnostics import Diagnostic
from seisdsl.language.check import check
from seisdsl.source import SourceText

PROGRAM = """\
use "lib.seis" as lib
use stdlib.picking as pick

source here: Waves {
  time = 2016-08-15..2016-08-16
}
param on = 4
param day: Date = 2016-08-15
let band = lib.band
let waves = stream two-events | detrend | bandpass band
let picks = waves | sta-lta on=on | ar-aic
## Strong ones.
def strong(least = 20): Picks -> Picks =
  where score > least
  | sort by=time
let few = picks | strong | head 3
waves | fork {
  a = sta-lta on=on
  b = envelope smooth=2s | trigger on=3
}
few | save "{day}.csv"
sweep x in [1.5, 2.0] => (waves | sta-lta on=x | count)
assert on > 3, "too low"
picks | derive { twice = 2 * score } | where twice > on
"""
LIBRARY = "let band = 2..8Hz\ndef loud(least = 3): Picks -> Picks = where score > least\n"
PARTS = [
    *(
        "|",
        "(",
        ")",
        "{",
        "}",
        "[",
        '"',
        "\n",
        "  ",
        "=",
        "#",
        "let ",
        "def ",
        "use ",
        "2..8Hz",
        "3s",
        "\n\n",
    ),
    *("on", "waves", "picks", "strong", "band", "lib", "lib.band", "lib.loud", "here", "x", "score", "?"),
    *("let waves = 3\n", "let on = 2\n", "param on = 4\n", "picks | strong\n", "def strong() = head 2\n"),
    *(
        "stream here\n",
        "use stdlib.picking\n",
        'use "lib.seis"\n',
        "日本",
        "| where score > 3",
        "let band = 3Hz\n",
    ),
]


def messages(found: list[Diagnostic]) -> list[tuple[str, ...]]:
    """What is said, with every place that it points at."""
    return sorted(
        (
            one.severity,
            one.code,
            one.message,
            *(f"{label.place} to {label.place.end} {label.text} {label.primary}" for label in one.labels),
            *one.notes,
            str(one.fix and (one.fix.message, one.fix.place and str(one.fix.place), one.fix.replacement)),
        )
        for one in found
    )


def whole(text: str, path: Path) -> list[tuple[str, ...]]:
    return messages(list(check(SourceText(path.name, text, path)).diagnostics))


def edited(text: str, chance: random.Random) -> str:
    """The text after one edit: something put in, taken out, moved or written twice."""
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(text) + 1)
    match chance.randrange(6):
        case 0 | 1:
            return text[:at] + chance.choice(PARTS) + text[at:]
        case 2:
            return text[:at] + text[at + chance.randrange(1, 9) :]
        case 3 if lines:
            lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
        case 4 if lines:
            lines.insert(chance.randrange(len(lines)), chance.choice(lines))
        case 5 if lines:
            del lines[chance.randrange(len(lines))]
    return "".join(lines)


@pytest.mark.parametrize("seed", range(12))
def test_after_any_edit_it_says_what_the_whole_check_says(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "a.seis"
    (tmp_path / "lib.seis").write_text(LIBRARY)
    document, text = Document(path), PROGRAM
    for number in range(40):
        assert messages(document.update(text).diagnostics) == whole(text, path), (number, text)
        text = PROGRAM if chance.random() < 0.1 else edited(text, chance)


@pytest.mark.parametrize("seed", range(4))
def test_a_used_file_that_is_edited_too_is_followed(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path, used = tmp_path / "a.seis", tmp_path / "lib.seis"
    document, text, library = Document(path), PROGRAM, LIBRARY
    for number in range(20):
        used.unlink(missing_ok=True)
        if chance.random() < 0.9:
            used.write_text(library)
        assert messages(document.update(text).diagnostics) == whole(text, path), (number, text, library)
        text, library = edited(text, chance), edited(library, chance)


@pytest.mark.parametrize("seed", range(4))
def test_a_used_file_counts_as_the_editor_has_it(seed: int, tmp_path: Path) -> None:
    """What is said of the program is what would be said if the other file were saved as it stands."""
    chance = random.Random(seed)
    path, used = tmp_path / "a.seis", tmp_path / "lib.seis"
    document, text, library = Document(path), PROGRAM, LIBRARY
    for number in range(15):
        used.write_text("something else\n")
        found = messages(document.update(text, {used: library}).diagnostics)
        of_library = messages(document.faults_of.get(used, []))
        used.write_text(library)
        assert found == sorted({*whole(text, path)} - {*of_library}), (number, text, library)
        text, library = edited(text, chance), edited(library, chance)


def test_what_stands_unchanged_is_not_checked_again(tmp_path: Path) -> None:
    document = Document(tmp_path / "a.seis").update(PROGRAM.replace("lib", "pick"))
    before = {one.source.text: one.asked for one in document.statements}
    document.update("# A remark.\n\n" + PROGRAM.replace("lib", "pick").replace("head 3", "head 4"))
    again = [one.source.text for one in document.statements if one.asked is not before.get(one.source.text)]
    assert [text.split("=")[0] for text in again if text.strip()] == [
        "# A remark.\n\n",
        "let few ",
        'few | save "{day}.csv"\n',
    ]
