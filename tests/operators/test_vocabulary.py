"""What every operator of the vocabulary promises: its help, its example, its parameters' units."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from documents import write_tables
from obspy.core.inventory import Response

import seisdsl
from seisdsl.cli import main
from seisdsl.data.inventory import inventory_of
from seisdsl.engine.output import writing_to
from seisdsl.engine.run import Engine
from seisdsl.graph import Graph
from seisdsl.language import units
from seisdsl.language.check import check
from seisdsl.operator import Operator, registry
from seisdsl.source import SourceText

OPERATORS = {operator.word: operator for operator in registry().distinct()}
NO_PAPER = {  # operators that are plain bookkeeping, with no method behind them
    "stream", "where", "derive", "sort", "head", "count", "table", "show", "fork", "rows", "compare",
    "trim", "detrend", "taper", "examples", "split", "mix", "read-model", "truth",
    "true-onsets",
    "link-groups", "plot", "report", "daily", "straight-fills", "split-sites", "flatfile", "read-flatfile",
}  # fmt: skip
every = pytest.mark.parametrize("word", OPERATORS)


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "two-events.mseed"
    waves = seisdsl.run("let waves = simulate two-events")["waves"]
    waves.to_obspy().write(str(path), format="MSEED")
    stations = inventory_of(waves)
    for channel in (channel for network in stations for station in network for channel in station):
        channel.response = Response.from_paz([0, 0], [-3 + 3j, -3 - 3j], 1.0)
    stations.write(str(path.with_name("stations.xml")), "STATIONXML")
    return path


@pytest.fixture(autouse=True)
def _alone(archived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder with an archive of two minutes, and without sources of the developer's own."""
    day = tmp_path / "archive" / "2016" / "228"
    day.mkdir(parents=True)
    shutil.copy(archived, day / "two-events.mseed")
    shutil.copy(archived.with_name("stations.xml"), tmp_path)
    write_tables(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    from contextlib import redirect_stdout
    from io import StringIO

    out = StringIO()
    with redirect_stdout(out):
        assert main(["ops", "--json"]) == 0
    return {operator["name"]: operator for operator in json.loads(out.getvalue())}


@every
def test_it_explains_itself(word: str) -> None:
    operator = OPERATORS[word]
    assert re.fullmatch(r"[A-Z].*\.", operator.summary()), operator.summary()
    assert len(operator.summary()) <= 100
    assert operator.tags
    assert operator.version >= 1
    for parameter in operator.parameters().values():
        assert parameter.help
        assert not parameter.help.endswith(".")


@every
def test_it_names_its_paper_or_has_none(word: str) -> None:
    citations = OPERATORS[word].citations()
    assert bool(citations) != (word in NO_PAPER)
    for citation in citations:
        assert re.search(r"\b(1[89]|20)\d\d\b", citation), "a citation has a year"


@every
def test_quantities_have_units(word: str) -> None:
    """A parameter with a dimension has its SI unit, and its default and bounds are written with one."""
    for parameter in OPERATORS[word].parameters().values():
        inner = parameter.type.args[0] if parameter.type.name == "Range" else parameter.type
        dimension = units.DIMENSIONS.get(inner.name)
        assert parameter.unit == (dimension.unit if dimension else "")
        if dimension is None:
            continue
        texts = [parameter.shown_default.rpartition("..")[2]] if parameter.shown_default else []
        texts += [
            str(bound) for _, bound in parameter.bounds if str(bound) not in OPERATORS[word].parameters()
        ]
        for text in texts:
            assert units.quantity(text)[1] == dimension, f"{parameter.name}: {text}"


@every
def test_its_bounds_name_what_is_there(word: str) -> None:
    parameters = OPERATORS[word].parameters()
    for parameter in parameters.values():
        for _, bound in parameter.bounds:
            assert isinstance(bound, int | float) or bound in parameters or units.quantity(bound)


@every
def test_its_example_is_sound(word: str) -> None:
    source = SourceText.of(OPERATORS[word].example + "\n", f"example of {word}")
    found = check(source, running=True)
    assert [fault.message for fault in found.diagnostics] == []
    assert found.graph is not None
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", OPERATORS[word].example)


def run(graph: Graph, folder: Path) -> list[Any]:
    with writing_to(folder):
        wanted = [result.node for result in graph.results]
        found = {node.key: value for node, value in Engine().values(graph.nodes, wanted)}
    return [found[node.key] for node in wanted]


@every
def test_its_example_runs(word: str, tmp_path: Path) -> None:
    graph = check(SourceText.of(OPERATORS[word].example + "\n"), running=True).graph
    assert graph is not None
    results = run(graph, tmp_path)
    assert results
    assert all(result is not None for result in results)


@every
def test_the_list_has_all_of_it(word: str, listed: dict[str, Any]) -> None:
    operator, said = OPERATORS[word], listed[word]
    assert said["summary"] == operator.summary()
    assert said["output"]
    assert [p["name"] for p in said["parameters"]] == list(operator.parameters())
    for parameter in said["parameters"]:
        assert {"type", "unit", "default", "bounds", "help", "required", "words"} <= parameter.keys()
        assert not (parameter["required"] and parameter["default"])
    assert said["citations"] == list(operator.citations())
    assert said["tags"] == list(operator.tags)


@every
def test_its_help_has_all_of_it(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    operator = OPERATORS[word]
    assert main(["help", word]) == 0
    page = capsys.readouterr().out
    assert operator.summary() in page
    for parameter in operator.parameters():
        assert re.search(rf"^  {parameter}: ", page, re.MULTILINE)
    for line in operator.example.splitlines():
        assert line in page
    assert all(citation in page for citation in operator.citations())


def test_the_list_has_nothing_else(listed: dict[str, Any]) -> None:
    assert listed.keys() == OPERATORS.keys()


def test_no_example_reads_what_is_not_there() -> None:
    """An example runs on a fresh machine: it begins with simulated waves."""
    for operator in OPERATORS.values():
        if operator.word in (
            "read",
            "read-catalog",
            "read-picks",
            "read-flatfile",
            "read-jma-intensity",
            "read-series",
            "remove-response",
        ):  # simulated waves are no counts
            continue
        assert re.match(r"(let \w+ = )?(simulate|stream|read-model)\b", operator.example), operator.word


def test_every_operator_file_defines_one_operator() -> None:
    modules: dict[str, list[type[Operator]]] = {}
    for operator in set(registry().values()):
        modules.setdefault(operator.__module__, []).append(operator)
    assert {name: len(found) for name, found in modules.items() if len(found) > 1} == {}
