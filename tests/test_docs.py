"""What is said in the documents holds: programs check and run, faults and links are as shown.

SEISDSL_ACCEPT=1 writes the diagnostics of today under the programs that are meant to be wrong.
"""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from documents import (
    DOCUMENTS,
    EXAMPLES,
    ROOT,
    TOPICS,
    assert_about_the_same,
    blocks,
    checked,
    told,
    write_tables,
)
from obspy.core.inventory import Response

import seisdsl
from seisdsl import docs
from seisdsl.cli import main, parser
from seisdsl.data.inventory import inventory_of
from seisdsl.data.save import ENDINGS
from seisdsl.engine.output import writing_to
from seisdsl.engine.run import Engine
from seisdsl.language.formula import FUNCTIONS
from seisdsl.language.settings import SETTINGS
from seisdsl.language.units import table
from seisdsl.source import SourceText
from seisdsl.syntax.complaints import KEYWORDS
from seisdsl.syntax.format import format_program

LANGUAGE = ROOT / "docs" / "language.md"  # the topics again
WRITTEN = [document for document in DOCUMENTS if document != LANGUAGE]
LESSON, RECIPES = ROOT / "docs" / "tutorial.md", ROOT / "docs" / "cookbook.md"
LESSONS = (LESSON, RECIPES)  # their programs stand on one another
PROGRAMS = [
    block
    for document in WRITTEN
    for block in blocks(document, "seis")
    if document not in LESSONS and not block.file
]
WRONG = [document for document in WRITTEN if blocks(document, "seis wrong")]
FILES = [path for path in EXAMPLES.rglob("*") if path.suffix in (".seis", ".py")]
FAULT = re.compile(r"(```seis wrong\n(.*?)```\n+```text\n)(.*?)(```)", re.DOTALL)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The folder that the documents speak of: the examples' files, and an archive of a minute."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(EXAMPLES / "lib", folder / "lib")
    shutil.copy(EXAMPLES / "my_operators.py", folder)
    day = folder / "archive" / "2016" / "228"
    day.mkdir(parents=True)
    waves = seisdsl.run("let waves = simulate S-net duration=1min | show")["waves"]
    waves.to_obspy().write(str(day / "S-net.mseed"), format="MSEED")
    inventory_of(waves).write(str(folder / "stations.xml"), "STATIONXML")
    write_tables(folder)
    return folder


@pytest.fixture(autouse=True)
def _at_the_desk(desk, monkeypatch):
    """In that folder, and without sources of the developer's own."""
    monkeypatch.chdir(desk)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(desk / "config"))


def run(graph, folder):
    with writing_to(folder):
        for _ in Engine().values(graph.nodes, [result.node for result in graph.results]):
            pass


@pytest.mark.parametrize("name", ["language", "operators"])
def test_the_reference_is_what_the_operators_and_topics_say(name):
    now = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert now == getattr(docs, name)(), "write it anew: python -m seisdsl.docs"


@pytest.mark.parametrize("block", PROGRAMS, ids=str)
def test_programs_are_sound_and_formatted(block, desk):
    assert told(checked(block, desk)) == "\n"
    assert format_program(SourceText.of(block.text)) == block.text


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_programs_of_the_topics_run(topic, desk, tmp_path):
    for block in blocks(topic, "seis"):
        run(checked(block, desk).graph, tmp_path)


def test_the_lesson_works_from_start_to_end(tmp_path, monkeypatch, capsys):
    """Each block in its turn, in an empty folder; what commands print is as shown."""
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    for before, block in pairwise([None, *blocks(LESSON, "seis", "seis wrong", "sh", "text")]):
        if block.kind == "seis":
            follow(block, tmp_path, running=not block.file)
        elif block.kind == "sh":
            capsys.readouterr()
            for words in (shlex.split(line)[1:] for line in block.text.splitlines()):
                assert words[0] == "repl" or main(words) == 0, words
            said.append(capsys.readouterr().out)
        elif before.kind == "sh":
            assert_about_the_same(said[-1], block.text)


@pytest.fixture
def kitchen(tmp_path, monkeypatch):
    """The folder of the recipes: two minutes of an archive, its responses, a catalogue, picks and a table."""
    monkeypatch.chdir(tmp_path)
    waves = seisdsl.run("let waves = stream two-events | show")["waves"]
    day = tmp_path / "archive" / "2016" / "228"
    day.mkdir(parents=True)
    stream = waves.to_obspy()
    for trace in stream:
        trace.data = (trace.data * 1e9).round().astype("int32")  # counts of 1 nm/s
    stream.write(str(day / "bay.mseed"), format="MSEED")
    places = inventory_of(waves)
    response = Response.from_paz([], [], stage_gain=1e9, input_units="M/S", output_units="COUNTS")
    for channel in (channel for network in places for station in network for channel in station):
        channel.response = response
    places.write("stations.xml", "STATIONXML")
    Path("events.csv").write_text("time,lat,lon,depth,mag\n2016-08-15T00:00:30,38.05,141.08,12,2.5\n")
    Path("picks.csv").write_text("time,station,phase\n2016-08-15T00:00:33.79,SY01,P\n")
    rows = [{"r": r, "t": 0} for r in range(0, 500, 10)]
    times = {
        phase: {
            str(depth): [{**row, "t": (row["r"] ** 2 + depth**2) ** 0.5 / speed} for row in rows]
            for depth in range(0, 101, 10)
        }
        for phase, speed in (("P", 6.0), ("S", 3.5))
    }
    Path("JMA2001.json").write_text(json.dumps(times))
    return tmp_path


def test_the_recipes_work_from_start_to_end(kitchen):
    """Each block in its turn, in one folder; one that is said to be a file becomes that file."""
    assert len(re.findall("^## ", RECIPES.read_text(encoding="utf-8"), re.MULTILINE)) >= 20
    for block in blocks(RECIPES, "seis", "python", "csv"):
        follow(block, kitchen)


def follow(block, folder, running=True):
    """What the reader of a lesson does with a block of code."""
    if block.file:
        (folder / block.file).write_text(block.text, encoding="utf-8")
    elif block.kind == "python":
        (folder / "script.py").write_text(block.text, encoding="utf-8")
        runpy.run_path("script.py")
    if block.kind == "seis":
        result = checked(block, folder)
        assert told(result) == "\n", str(block)
        assert format_program(SourceText.of(block.text)) == block.text, str(block)
        if running:
            run(result.graph, folder)


@pytest.mark.parametrize("document", WRONG, ids=lambda document: document.name)
def test_wrong_programs_get_the_diagnostics_shown(document, desk):
    text = document.read_text(encoding="utf-8")
    assert len(FAULT.findall(text)) == len(blocks(document, "seis wrong")), "each with a text block"

    def said(match):
        result = told(seisdsl.check(SourceText.of(match[2], "program.seis", desk / "program.seis")))
        return match[1] + result + match[4]

    now = FAULT.sub(said, text)
    if os.environ.get("SEISDSL_ACCEPT"):
        document.write_text(now, encoding="utf-8")
        return
    assert text == now


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        goal = document.parent / path if path else document
        assert goal.exists(), target
        if anchor:
            assert anchor in anchors(goal), target


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", [*DOCUMENTS, *FILES], ids=lambda document: document.name)
def test_no_path_of_a_machine(document):
    assert not re.search(
        r"(?<![\w.])/(work|opt|home|tmp|Users)/|[A-Z]:\\", document.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_commands_shown_are_understood(document):
    for block in blocks(document, "sh"):
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["seis"]:
                parsed, _ = parser().parse_known_args(words[1:])
                if program := getattr(parsed, "text", None):
                    assert seisdsl.check(SourceText.of(program)).sound, line


def codes() -> set[str]:
    """The codes of all diagnostics that the package makes."""
    found = set()
    for path in (ROOT / "seisdsl").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("fault", "problem") and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("units", lambda: {name for name in table() if name.isascii()} - {"percent", "day"}),
        ("values", lambda: KEYWORDS),
        ("tables", lambda: FUNCTIONS),
        ("sources", lambda: SETTINGS),
        ("files", lambda: ENDINGS),
        ("errors", codes),
    ],
)
def test_a_page_leaves_out_nothing_of_its_kind(topic, words):
    page = next(path for path in TOPICS if path.stem.endswith(topic)).read_text(encoding="utf-8")
    assert set(words()) - set(re.findall(r"[.\w]*\w|%", page)) == set()
