"""The graph: equal sub-pipelines once, in an order that can run, and back to text unchanged."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language import design
from language.checking import checked, graph
from language.generated import programs
from syntax.decorate import decorated

from seisdsl import draw
from seisdsl.engine.device import on
from seisdsl.graph import Graph, canonical
from seisdsl.language.types import Range, TimeRange
from seisdsl.operator import Registry

GOLDEN = Path(__file__).parent / "golden" / "explain"
few = settings(max_examples=60, deadline=None)
many = settings(max_examples=2000, deadline=None)


def key(text: str) -> str:
    (result,) = graph(text).results
    return result.node.key


# Equal sub-pipelines are one node ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stream S-net | bandpass 2..8Hz", "stream S-net | bandpass 2000..8000mHz"),
        ("stream S-net | bandpass 2..8Hz", "stream S-net | bandpass band=2Hz..8Hz corners=4"),
        ("stream S-net | trim before=1.5min", "stream S-net | trim before=90s after=0s"),
        ("stream S-net | bandpass 2..8Hz", "let f = 2Hz\nstream S-net | bandpass f..8Hz"),
        ("stream S-net | detrend", "stream S-net\n  # by a line\n  |   detrend  kind=linear"),
        ("stream S-net | sta-lta | where score > 4", "stream S-net | sta-lta | where (score>4.0)"),
        ("stream S-net | sta-lta | where time > 2016-08-15T09:00+09:00",
         "stream S-net | sta-lta | where time > 2016-08-15T00:00Z"),
        ("stream S-net | detrend | envelope", "def quick() = detrend | envelope\nstream S-net | quick"),
        ("stream S-net | phasenet threshold=30%", "stream S-net | phasenet threshold=0.3"),
        ("stream S-net | spectrogram | DiET | GrASP | locate",
         "let w = stream S-net\nw | spectrogram | DiET | GrASP | locate waves=w"),
        ("stream S-net",
         'source other: Waves { network = "S-net", rate = 100Hz, earthquakes = 60, tremors = 12 }\nstream other'),
    ],
)  # fmt: skip
def test_equal_pipelines_have_one_key(one: str, other: str) -> None:
    assert key(f"{one}\n") == key(f"{other}\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stream S-net | bandpass 2..8Hz", "stream S-net | bandpass 2..8.001Hz"),
        ("stream S-net | bandpass 2..8Hz", "stream DONET | bandpass 2..8Hz"),
        ("stream S-net | highpass 2Hz", "stream S-net | lowpass 2Hz"),
        ("stream S-net | sta-lta | where score > 4", "stream S-net | sta-lta | where score >= 4"),
        ("simulate two-events seed=1", "simulate two-events seed=2"),
    ],
)
def test_other_pipelines_have_other_keys(one: str, other: str) -> None:
    assert key(f"{one}\n") != key(f"{other}\n")


def test_a_program_names_equal_parts_once() -> None:
    text = "stream S-net | detrend | sta-lta\nstream S-net | detrend | envelope\nstream S-net|detrend\n"
    assert [node.word for node in graph(text).nodes] == ["stream", "detrend", "sta-lta", "envelope"]


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_the_device_is_not_in_the_key(device: Any) -> None:
    with on(device):
        assert key("stream S-net | detrend\n") == key("stream S-net | detrend kind=linear\n")


def test_the_version_is_in_the_key() -> None:
    before = graph("stream S-net | detrend\n").results[0].node
    newer = type(
        "Newer", (type(before.operator),), {"version": 99, "__doc__": "Newer.", "__module__": __name__}
    )
    newer.word = "detrend"
    operators = Registry({**design.vocabulary(), "detrend": newer})
    after = graph("stream S-net | detrend\n", operators=operators).results[0].node
    assert before.key != after.key
    assert before.inputs[0][1].key == after.inputs[0][1].key


@few
@given(text=programs(), random=st.randoms(use_true_random=False))
def test_comments_and_layout_never_change_a_graph(text: str, random: Any) -> None:
    laid_out = "".join(decorated(line, random)[0] for line in text.splitlines())
    assert same(graph(text), graph(laid_out))


@given(value=st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text()
    | st.builds(Range, st.floats(allow_nan=False), st.floats(allow_nan=False))
    | st.builds(TimeRange, st.integers(), st.integers()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5,
))  # fmt: skip
def test_the_canonical_form_is_json_and_says_all(value: Any) -> None:
    assert json.loads(json.dumps(canonical(value))) == canonical(value)


# The order --------------------------------------------------------------------------------------


@few
@given(text=programs())
def test_every_node_comes_once_and_after_its_inputs(text: str) -> None:
    program = graph(text)
    seen: set[str] = set()
    for node in program:
        assert node.key not in seen
        assert all(source.key in seen for _, source in node.inputs)
        seen.add(node.key)
    assert {result.node.key for result in program.results} <= seen
    assert len(set(program.labels.values())) == len(program.labels)


def test_networkx_has_the_graph() -> None:
    program = graph(design.PROGRAMS["01 one-liner"])
    found = program.networkx()
    assert networkx.is_directed_acyclic_graph(found)
    assert found.number_of_nodes() == 5
    labels = {found.nodes[key]["label"]: key for key in found}
    ports = [data["port"] for *_, data in found.in_edges(labels["r5"], data=True)]
    assert ports == ["groups", "waves"]


def test_a_long_chain_is_no_deep_recursion() -> None:
    text = "let w0 = stream S-net\n" + "".join(f"let w{n + 1} = w{n} | taper\n" for n in range(3000))
    program = graph(f"{text}w3000\n")
    assert len(program.nodes) == 3001
    assert len(draw.as_program(program).splitlines()) > 3001


# Text -> graph -> text -> graph -----------------------------------------------------------------


def same(one: Graph, other: Graph) -> bool:
    """The same nodes, results and names; a name of nothing that is needed does not count."""

    def said(program: Graph) -> Any:
        needed = {node.key: (str(node.type), node.facts.rate, node.facts.simulated) for node in program.nodes}
        names = {name: node.key for name, node in program.names.items() if node.key in needed}
        return needed, [result.node.key for result in program.results], names

    left, right = said(one), said(other)
    return left[:2] == right[:2] and left[2].items() <= right[2].items()


def survives(text: str, **more: Any) -> None:
    first = graph(text, **more)
    written = draw.as_program(first)
    second = graph(written, **more)
    assert same(first, second), f"{text}\nbecame\n{written}"
    assert same(second, graph(draw.as_program(second), **more))


@pytest.mark.parametrize("name", design.PROGRAMS)
def test_the_designs_programs_survive_being_graphs(name: str) -> None:
    survives(design.PROGRAMS[name], operators=design.vocabulary())


@few
@given(text=programs())
def test_programs_survive_being_graphs(text: str) -> None:
    survives(text)


@pytest.mark.slow
@many
@given(text=programs())
def test_thousands_of_programs_survive_being_graphs(text: str) -> None:
    survives(text)


@pytest.mark.parametrize(
    "text",
    [
        "let detrend = stream DONET | sta-lta\nlet x = detrend | count\nx\ndetrend\n",
        "let a = stream S-net\nlet b = a\nstream DONET | sta-lta\n",
        "let a = stream S-net\nlet b = a\nb | sta-lta\n",
        "let r3 = stream S-net\nlet r1 = r3 | detrend\nr1 | taper | sta-lta\n",
        "let S-net = stream DONET\nS-net | sta-lta\n",
        "stream S-net | sta-lta | where -score^2 < (-score)^2 and (score > 3) == true\n",
        "sweep d in [2016-08-15, 2016-08-16T01:00Z] => (stream S-net | sta-lta | where time > d | count)\n",
        "sweep b in [1..2Hz, 2..8Hz] => (stream S-net | bandpass b | sta-lta | count)\n",
        'sweep m in ["classic", "recursive"] => (stream S-net | sta-lta method=m | count)\n',
        'let n = stream S-net | sta-lta | count\nassert n > 3 and not (n in [1, 2] or n > 1e20), "a \\"b\\" {{c}}"\n',
        "3 + 4\n2016-08-15\n\"text\"\ntrue\n",
        'source "A-1": Waves { stations = "x.csv", archive = "a/{year}/{doy}/*", time = 2016-08-15..2016-08-16 }\n',
    ],
)  # fmt: skip
def test_programs_with_awkward_names_and_formulas_survive(text: str) -> None:
    survives(text)


def test_a_python_file_is_used_again(tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text(
        "from seisdsl.data.waves import Waves\nfrom seisdsl.operator import Operator\n"
        'class Same(Operator, name="same-again"):\n    """Change nothing."""\n'
        "    def apply(self, waves: Waves) -> Waves:\n        return waves\n"
    )
    survives('use "my.py"\nstream S-net | same-again\n', path=tmp_path / "main.seis")


def test_a_name_that_hides_an_operator_used_elsewhere_survives(tmp_path: Path) -> None:
    (tmp_path / "lib.seis").write_text("def clean() = detrend\n")
    names = "let detrend = stream S-net\nlet DONET = stream DONET | lib.clean\n"
    text = f'use "lib.seis"\n{names}detrend | lib.clean\nDONET\n'
    first = graph(text, path=tmp_path / "main.seis")
    assert same(Graph(first.results), Graph(graph(draw.as_program(first)).results))


# Drawings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", design.PROGRAMS)
def test_aligned_text_is_as_it_was(name: str) -> None:
    text = draw.as_text(graph(design.PROGRAMS[name], operators=design.vocabulary())) + "\n"
    path = GOLDEN / f"{name.replace(' ', '-')}.txt"
    if os.environ.get("SEISDSL_ACCEPT"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_golden_text_is_of_a_program() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {
        name.replace(" ", "-") for name in design.PROGRAMS
    }


@few
@given(text=programs())
def test_json_holds_the_whole_graph(text: str) -> None:
    program = graph(text)
    data = json.loads(draw.as_json(program))
    assert [node["key"] for node in data["nodes"]] == [node.key for node in program.nodes]
    names = [node["name"] for node in data["nodes"]]
    assert set(data["runs"]) <= set(names)
    for at, node in enumerate(data["nodes"]):
        assert set(node["inputs"].values()) <= set(names[:at])
        assert {"operator", "version", "parameters", "type", "text", "place"} <= node.keys()


@few
@given(text=programs())
def test_mermaid_is_well_formed(text: str) -> None:
    program = graph(text)
    head, *lines = draw.as_mermaid(program).split("\n")
    assert head == "flowchart TD"
    nodes = [line for line in lines if re.fullmatch(r'  n\d+\["[^"<>]*<br/>[^"<>]*"\]', line)]
    edges = [line for line in lines if re.fullmatch(r"  n\d+ (-->|-\.->)(\|[^|\"]+\|)? n\d+", line)]
    assert len(nodes) == len(program.nodes)
    assert len(nodes) + len(edges) == len(lines)
    assert len(edges) == sum(len(node.inputs) for node in program.nodes)


@few
@given(text=programs())
def test_dot_is_well_formed(text: str) -> None:
    program = graph(text)
    lines = draw.as_dot(program).split("\n")
    quoted = r'"(?:\\.|[^"\\])*"'
    nodes = [line for line in lines if re.fullmatch(rf"  n\d+ \[label={quoted}\];", line)]
    edges = [
        line
        for line in lines
        if re.fullmatch(rf"  n\d+ -> n\d+( \[(style=dashed)?(, )?(label={quoted})?\])?;", line)
    ]
    assert lines[0] == "digraph seis {"
    assert lines[-1] == "}"
    assert len(nodes) == len(program.nodes)
    assert len(edges) == sum(len(node.inputs) for node in program.nodes)
    assert len(lines) == 3 + len(nodes) + len(edges)


def test_a_program_of_names_alone_is_drawn_too() -> None:
    program = graph("let w = stream S-net\n")
    assert draw.as_text(program).endswith("runs: nothing; no pipeline stands alone or ends in a sink")
    assert [node["name"] for node in draw.as_data(program)["nodes"]] == ["w"]
    assert checked("\n").graph is not None
