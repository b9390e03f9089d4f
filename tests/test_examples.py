"""Every example is sound, runs, and gives what it says."""

from __future__ import annotations

import re
import shutil

import pytest
from documents import EXAMPLES, ROOT, assert_about_the_same, blocks

import seisdsl
from seisdsl.commands.shared import read
from seisdsl.data.show import summary
from seisdsl.data.table import Catalog
from seisdsl.engine.output import writing_to
from seisdsl.engine.run import Engine
from seisdsl.graph import Graph
from seisdsl.source import SourceText
from seisdsl.syntax.format import format_program

PROGRAMS = sorted(EXAMPLES.glob("*.seis"))
ALL = [*PROGRAMS, *sorted((EXAMPLES / "lib").glob("*.seis"))]


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """In an empty folder, and without sources of the developer's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def graph_of(source: SourceText, **given: str) -> Graph:
    result = seisdsl.check(source, given=given, running=True)
    assert [diagnostic.message for diagnostic in result.diagnostics] == []
    assert result.graph is not None
    return result.graph


def run(graph: Graph, folder):
    """The results and what was written."""
    with writing_to(folder) as written:
        wanted = [result.node for result in graph.results]
        values = [value for _, value in Engine().values(graph.nodes, wanted)]
    return values, [path.relative_to(folder).as_posix() for path in written]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_it_is_formatted_and_says_what_it_shows(path):
    text = path.read_text(encoding="utf-8")
    assert format_program(SourceText.of(text)) == text
    assert re.match(r"# \S.*[.?]", text), "a comment comes first"


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_it_runs_and_marks_what_is_simulated(path, tmp_path):
    graph = graph_of(read(str(path)))
    values, written = run(graph, tmp_path)
    assert values
    assert all(value.simulated for value in values if hasattr(value, "simulated"))
    named = set(re.findall(r'save "([^"{]+)"', path.read_text(encoding="utf-8")))
    assert named <= set(written)
    for name in written:
        if name.endswith(".csv"):
            assert "simulated" in (tmp_path / name).read_text(encoding="utf-8").partition("\n")[0]
        if name.endswith(".mseed"):
            assert f"{name}.about.json" in written
    if path.stem.startswith("01-"):
        found = next(value for value in values if isinstance(value, Catalog))
        assert_about_the_same(summary(found), blocks(ROOT / "README.md", "text")[0].text)


def test_the_readme_shows_the_first_example():
    shown = blocks(ROOT / "README.md", "seis")[0].text
    assert shown in (EXAMPLES / "01-one-liner.seis").read_text(encoding="utf-8")


def test_parameters_of_the_command_line_name_the_file(tmp_path):
    graph = graph_of(read(str(EXAMPLES / "08-parameters.seis")), band="1..10Hz", least="5")
    assert run(graph, tmp_path)[1] == ["picks-1Hz-10Hz-5.csv"]


def test_the_source_reads_records_where_its_archive_is_named(tmp_path):
    """As its comment says: take away the sign, and the same program reads files."""
    path = EXAMPLES / "11-own-records.seis"
    with writing_to(tmp_path):
        seisdsl.run('simulate two-events | save "archive/2016/228/two-events.mseed"')
    simulated, _ = run(graph_of(read(str(path))), tmp_path)
    text = path.read_text(encoding="utf-8")
    changed = text.replace("# archive", "archive")
    assert changed != text
    graph = graph_of(SourceText.of(changed, path.name, path))
    assert graph.nodes[0].operator.files().found == ("archive/2016/228/two-events.mseed",)
    read_back, _ = run(graph, tmp_path)
    assert read_back[0].frame.equals(simulated[0].frame)
    assert read_back[0].simulated, "the network code of simulated records tells"


def test_a_true_onset_is_asked_of_simulated_waves_only(tmp_path):
    import obspy

    shutil.copy(EXAMPLES / "my_operators.py", tmp_path)
    program = tmp_path / "program.seis"
    program.write_text('use "my_operators.py"\nstream mine | true-arrivals\n', encoding="utf-8")
    with pytest.raises(seisdsl.Faults, match="nobody knows their true onsets"):
        seisdsl.run(program, mine=obspy.read())
