"""Every message of the language, as it is printed: one small program and one text each.

`<kind>/<name>.seis` is checked, and what `seis check` prints of it must be `<name>.txt` beside it.
Programs in `run` are sound and fail while they run. Those in `poor` have messages that are not good
enough yet, and say in their first line what would be better; mend one, and move it.

A first line `# given: day=3h` gives the program's parameters, as the command line would. Files
that a program uses or reads lie in `files/`; paths of data are taken from this folder.

After a change that you mean, `SEISDSL_ACCEPT=1 pytest tests/errors` writes the texts anew. Read
them before you commit them: they are what a user will read.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from vocabulary import STANDINS

from seisdsl.cli import main
from seisdsl.diagnostics import Diagnostic, Faults, as_json, count, render
from seisdsl.engine.output import writing_to
from seisdsl.engine.run import Engine
from seisdsl.language import check as checking
from seisdsl.language.check import Checked, check
from seisdsl.operator import Registry, registry
from seisdsl.source import SourceText

HERE = Path(__file__).parent
PROGRAMS = sorted(HERE.glob("*/*.seis"))
NAMES = [path.relative_to(HERE).with_suffix("").as_posix() for path in PROGRAMS]
POOR = [path for path in PROGRAMS if path.parent.name == "poor"]
ACCEPT = bool(os.environ.get("SEISDSL_ACCEPT"))
KINDS = {"syntax", "name", "unit", "type", "pipe", "param", "value", "data", "hole", "use", "def", "assert",
         "minus", "shadow", "run", "poor"}  # fmt: skip

# The operators these texts were written with: one that is added later changes no text.
VOCABULARY = {
    "ar-aic", "bandpass", "compare", "count", "decimate", "derive", "detrend", "energy-ratio", "envelope",
    "fork", "head", "highpass", "lowpass", "read", "resample", "rows", "save", "show", "simulate", "sort",
    "spectrogram", "sta-lta", "stream", "table", "taper", "trigger", "trim", "where",
}  # fmt: skip

every_program = pytest.mark.parametrize("path", PROGRAMS, ids=NAMES)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Programs are checked from this folder, by someone who has no sources of their own."""
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def operators() -> Registry:
    then = {name: cls for name, cls in registry().items() if cls.word in VOCABULARY or cls.internal}
    return Registry({**then, **STANDINS})


def given(text: str) -> dict[str, str] | None:
    line = re.match(r"# given:(.*)\n", text)
    return dict(pair.split("=") for pair in line[1].split()) if line else None


def checked(path: Path, text: str | None = None) -> Checked:
    relative = path.relative_to(HERE)
    text = path.read_text(encoding="utf-8") if text is None else text
    parameters = given(text)
    source = SourceText.of(text, str(relative), relative)
    return check(source, given=parameters, operators=operators(), running=parameters is not None)


def found(path: Path, folder: Path) -> list[Diagnostic]:
    """What is wrong with a program; of one in `run`, what its run says."""
    sound = checked(path)
    if path.parent.name not in ("run", "poor") or sound.graph is None:
        return list(sound.diagnostics)
    try:
        with writing_to(folder):
            list(Engine().values(sound.graph.nodes, [result.node for result in sound.graph.results]))
    except Faults as faults:
        return [*sound.diagnostics, *faults.diagnostics]
    return list(sound.diagnostics)


def told(diagnostics: list[Diagnostic]) -> str:
    return "\n\n".join(map(render, diagnostics)) + f"\n\n{count(diagnostics)}.\n"


@every_program
def test_what_is_said(path: Path, tmp_path: Path) -> None:
    said = told(found(path, tmp_path))
    golden = path.with_suffix(".txt")
    if ACCEPT:
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


@every_program
def test_every_message_points_at_its_place(path: Path, tmp_path: Path) -> None:
    diagnostics = found(path, tmp_path)
    assert diagnostics, "this program has no fault"
    for diagnostic in diagnostics:
        if diagnostic.message.startswith("the program has no parameter"):
            continue  # the command line is at fault, and no text shows it
        assert diagnostic.primary is not None
        assert diagnostic.primary.place.text.strip()
        assert diagnostic.notes or diagnostic.fix or diagnostic.primary.text or len(diagnostic.message) > 15


@every_program
def test_the_data_are_those_of_the_command(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if given(path.read_text(encoding="utf-8")) is not None:
        pytest.skip("`seis check` takes no parameters")
    monkeypatch.setattr(checking, "registry", operators)
    main(["check", "--json", str(path.relative_to(HERE))])
    diagnostics = checked(path).diagnostics
    assert json.loads(capsys.readouterr().out) == [as_json(diagnostic) for diagnostic in diagnostics]
    main(["check", str(path.relative_to(HERE))])
    assert capsys.readouterr().out == (told(list(diagnostics)) if diagnostics else "")


@every_program
def test_a_repair_repairs(path: Path) -> None:
    """What an editor would do with the repair takes the fault away."""
    before = checked(path)
    text = path.read_text(encoding="utf-8")
    for diagnostic in before.diagnostics:
        fix = diagnostic.fix
        if path in POOR or not fix or fix.replacement is None:
            continue
        assert fix.place
        if fix.place.source.text != text:
            continue  # in a file that the program uses
        start, end = fix.place.span
        after = checked(path, text[:start] + fix.replacement + text[end:])
        messages = [other.message for other in after.diagnostics]
        assert diagnostic.message not in messages, f"after {fix.message}"


def test_the_texts_are_those_of_programs() -> None:
    assert {path.parent.name for path in PROGRAMS} == KINDS
    texts = {path.relative_to(HERE).with_suffix("").as_posix() for path in HERE.glob("*/*.txt")}
    assert texts == set(NAMES)


def test_the_ledger_is_long(tmp_path: Path) -> None:
    good = [path for path in PROGRAMS if path not in POOR]
    assert sum(len(found(path, tmp_path)) for path in good) >= 80


@pytest.mark.parametrize("path", POOR, ids=[path.stem for path in POOR])
def test_what_would_be_better_is_said(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# better: ")


def test_windows_line_ends_change_no_message() -> None:
    path = HERE / "unit" / "two-mistakes.seis"
    text = path.read_text(encoding="utf-8")
    plain, windows = checked(path, text), checked(path, text.replace("\n", "\r\n"))
    assert list(map(render, plain.diagnostics)) == list(map(render, windows.diagnostics))
