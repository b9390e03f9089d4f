"""Programs checked whole: the design's own, and each thing that a program may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from language import design
from language.checking import checked, fault, faults, graph, value, words
from syntax.programs import EXAMPLES

from seisdsl.graph import Node
from seisdsl.language.types import Range, TimeRange, Type
from seisdsl.language.units import DIMENSIONS
from seisdsl.language.values import Instant, Quantity, Text, instant

RUN = "stream S-net time=2016-08-15T00:00Z..2016-08-15T00:01Z"


def only(text: str, **more: Any) -> Node:
    """What the one pipeline of a program asks for."""
    (result,) = graph(text, **more).results
    return result.node


# The design's programs --------------------------------------------------------------------------


@pytest.mark.parametrize("name", design.PROGRAMS)
def test_the_designs_programs_are_sound(name: str) -> None:
    assert faults(design.PROGRAMS[name], operators=design.vocabulary()) == []


def test_01_the_waves_are_found_upstream() -> None:
    last = only(EXAMPLES["01 one-liner"])
    assert dict(last.inputs)["waves"].word == "stream"
    assert last.upstream == {"waves"}
    assert last.type == Type("Catalog")
    assert last.facts.simulated


def test_03_units_reach_operators_in_si() -> None:
    trim = only(EXAMPLES["03 units"])
    (bandpass,) = (source for _, source in trim.inputs)
    assert dict(trim.operator)["before"] == 45 * 60 - 15
    assert dict(bandpass.operator)["band"] == Range(2.0, 8.0)
    assert dict(bandpass.operator)["corners"] == 4


def test_04_a_name_used_twice_is_computed_once() -> None:
    program = graph(EXAMPLES["04 graph"])
    assert [result.node.word for result in program.results] == ["save", "save"]
    assert words(program).count("phasenet") == words(program).count("stream") == 1
    assert set(program.names) == {"picks", "events"}


def test_05_a_definition_is_opened_where_it_is_used() -> None:
    last = only(EXAMPLES["05 definition"])
    assert last.word == "where"
    assert dict(last.operator)["condition"].text == "duration > 60s"


def test_06_branches_are_side_by_side() -> None:
    compare = only(design.PROGRAMS["06 side by side"], operators=design.vocabulary())
    assert {port for port, _ in compare.inputs} == {"results.learned", "results.classic"}
    assert dict(compare.operator)["within"] == 60


def test_07_an_operators_name_is_a_value_and_a_model_an_operator() -> None:
    program = graph(design.PROGRAMS["07 training"], operators=design.vocabulary())
    assert program.names["model"].type == Type("Model", (Type("Spectrogram"), Type("Scores")))
    assert program.names["quality"].type == Type("Metrics")
    spectrogram = next(node for node in program.nodes if node.word == "spectrogram")
    assert spectrogram.lifted
    assert spectrogram.type == Type("Examples", (Type("Spectrogram"),))
    applied = next(node for node in program.nodes if node.word == "apply")
    assert applied.type == Type("Examples", (Type("Scores"),))
    assert words(program).count("train") == 1
    assert program.results[-1].node.word == "assert"


def test_08_a_sweep_computes_its_shared_prefix_once() -> None:
    program = graph(design.PROGRAMS["08 sweep"], operators=design.vocabulary())
    counts = {word: words(program).count(word) for word in words(program)}
    assert counts == {
        "stream": 1,
        "spectrogram": 1,
        "DiET": 1,
        "catalogue": 1,
        "GrASP": 3,
        "score": 3,
        "rows": 1,
    }
    sweep = design.PROGRAMS["08 sweep"].rstrip()
    assert faults(f"{sweep} | where tau > 0.7 and accuracy > 0.9\n", operators=design.vocabulary()) == []
    assert fault(f"{sweep} | where accuracyy > 0.9\n", operators=design.vocabulary()).code == "name"


@pytest.mark.parametrize("day", ["2016-08-15", "2016-08-16"])
def test_09_a_parameter_comes_from_the_command_line(day: str) -> None:
    given = {} if day == "2016-08-15" else {"day": day}
    last = only(design.PROGRAMS["09 parameters"], operators=design.vocabulary(), given=given)
    assert dict(last.operator)["file"] == f"out/{day}.html"
    stream = dict(last.inputs)["catalog"]
    while stream.inputs:
        stream = stream.inputs[0][1]
    start = instant(day).ns
    assert dict(stream.operator)["time"] == TimeRange(start, start + 86400 * 10**9)


def test_10_names_come_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "tohoku.seis").write_text(
        "let band = 1..2Hz\ndef quiet() = detrend | bandpass band\n"
    )
    text = 'use "lib/tohoku.seis" as tohoku\nuse stdlib.networks as nets\nstream nets.S-net | tohoku.quiet\n'
    last = only(text, path=tmp_path / "main.seis")
    assert dict(last.operator)["band"] == Range(1.0, 2.0)
    assert dict(last.inputs[0][1].inputs[0][1].operator)["data"].name == "S-net"


def test_11_a_hole_asks_what_fits() -> None:
    found = fault(EXAMPLES["11 hole"])
    assert (found.code, found.message) == ("hole", "`?` must turn Waves into Scores")
    assert "fits: waveform-cnn" in found.notes


# Names ------------------------------------------------------------------------------------------


def test_a_typed_let_holds_its_value_to_the_type() -> None:
    band, waves = "let band: Range<Frequency> = 2..8Hz\n", "let waves: Waves = stream S-net\n"
    program = f"{band}{waves}let table: Table = waves | sta-lta\n"
    assert graph(program).names["table"].type == Type("Picks")
    assert fault("let band: Range<Frequency> = 2..8s\n").code == "unit"
    assert fault("let waves: Picks = stream S-net\n").code == "type"
    assert fault("let band: Rnge<Frequency> = 2..8Hz\n").message == "no type is called `Rnge`"


def test_a_name_hides_an_operator_only_with_a_warning() -> None:
    found = checked("let count = 3\n")
    assert found.sound
    assert [warning.code for warning in found.diagnostics] == ["shadow"]


def test_all_faults_of_a_file_are_found_at_once() -> None:
    text = "stream S-nt\nlet a = 3foo\nstream S-net | bandpas 2..8Hz\nlet b = a + \nstream S-net | bandpass 2..8s\n"
    lines = [found.primary.place.start.line for found in faults(text) if found.primary]
    assert lines == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90min - 30s", Quantity(5370.0, DIMENSIONS["Time"], "min")), ("2 * 3", Quantity(6.0)),
     ("6km / 2s", Quantity(3000.0, DIMENSIONS["Velocity"], "km")), ("(1 + 2)^2", Quantity(9.0)),
     ("2016-08-15 + 1d", Instant(instant("2016-08-16").ns)), ("70%", Quantity(0.7, unit="%")),
     ('"a\\tb"', Text("a\tb"))],
)  # fmt: skip
def test_constants_are_worked_out(text: str, expected: Any) -> None:
    assert value(text) == expected


# Text holes -------------------------------------------------------------------------------------


def test_holes_in_texts_are_filled_from_parameters() -> None:
    text = """\
param day: Date = 2016-08-15
param rate = 2.5Hz
param when: Date = 2016-08-15T02:30Z
def keep(name: Text): Table -> Table = save "{name}-{day}-{rate}-{when}.csv"
stream S-net | sta-lta | keep name="x{{y}}"
"""
    assert dict(only(text).operator)["file"] == "x{y}-2016-08-15-2.5Hz-2016-08-15T023000Z.csv"


def test_a_let_fills_no_hole() -> None:
    text = 'let name = "a"\nstream S-net | sta-lta | save "{name}.csv"\n'
    found = fault(text)
    assert found.primary is not None
    assert (found.code, found.primary.place.text) == ("name", "{name}")


def test_a_sweep_fills_a_hole_for_each_row() -> None:
    program = graph(f'sweep n in [3, 4] => ({RUN} | sta-lta on=n | save "{{n}}.csv" | count)\n')
    saved = [dict(node.operator)["file"] for node in program.nodes if node.word == "save"]
    assert saved == ["3.csv", "4.csv"]


# Parameters of a program ------------------------------------------------------------------------


def test_parameters_are_told_with_their_type_default_and_help() -> None:
    found = checked(
        "## the day to look at\nparam day: Date\nparam on = 3.5\nparam band: Range<Frequency> = 2..8Hz\n"
    )
    assert [(p.name, str(p.type), p.default, p.help) for p in found.parameters] == [
        ("day", "Date", "", "the day to look at"),
        ("on", "Number", "3.5", ""),
        ("band", "Range<Frequency>", "2..8Hz", ""),
    ]


@pytest.mark.parametrize(
    ("declared", "written", "file"),
    [("x: Time", "90min", "90min"), ("x = 3", "-4.5", "-4.5"), ("x: Text", "it's 2..8 | {ok}", "it's 2..8 | {ok}"),
     ("x: Boolean = true", "false", "false"), ("x: Range<Frequency>", "1..2Hz", "1Hz-2Hz"),
     ("x: TimeRange", "2016-08-15", "2016-08-15T000000Z_2016-08-16T000000Z")],
)  # fmt: skip
def test_parameters_are_read_as_a_program_reads_them(declared: str, written: str, file: str) -> None:
    text = f'param {declared}\n{RUN} | sta-lta | save "{{x}}.csv"\n'
    last = only(text, given={"x": written}, running=True, operators=design.vocabulary())
    assert dict(last.operator)["file"] == f"{file}.csv"


@pytest.mark.parametrize("written", ["8s", "fast", "3 |", "", "(", "2..8", "stream S-net", "?"])
def test_what_a_parameter_does_not_take_is_a_fault(written: str) -> None:
    assert faults("param band: Range<Frequency> = 2..8Hz\n", given={"band": written})


def test_a_parameter_without_a_value_is_a_fault_only_when_it_runs() -> None:
    text = "param band: Range<Frequency>\nstream S-net | bandpass band\n"
    assert faults(text) == []
    assert fault(text, running=True).code == "param"
    assert faults(text, given={"band": "2..8Hz"}, running=True) == []


def test_a_parameter_that_is_not_declared_is_a_fault() -> None:
    assert (
        fault("param day = 2016-08-15\n", given={"dya": "2016-08-16"}).fix.message == "did you mean `--day`?"
    )  # type: ignore[union-attr]


# Sources ----------------------------------------------------------------------------------------


def rate(text: str, path: Path | None = None) -> float | None:
    return only(text, path=path).facts.rate


def test_a_source_is_found_in_the_file_beside_it_of_the_user_and_of_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    program, text = tmp_path / "main.seis", "stream S-net\n"
    assert rate(text, program) == 100
    (tmp_path / "config" / "seisdsl").mkdir(parents=True)
    (tmp_path / "config" / "seisdsl" / "sources.seis").write_text("source S-net: Waves { rate = 50Hz }\n")
    assert rate(text, program) == 50
    (tmp_path / "sources.seis").write_text("source S-net: Waves { rate = 25Hz }\n")
    assert rate(text, program) == 25
    assert rate("source S-net: Waves { rate = 20Hz }\n" + text, program) == 20


def test_what_a_source_leaves_out_comes_from_the_library() -> None:
    node = only("source S-net: Waves { rate = 20Hz }\nstream S-net\n")
    assert dict(node.operator)["data"].get("network") == "S-net"


def test_faults_of_sources_beside_the_program_are_told(tmp_path: Path) -> None:
    (tmp_path / "sources.seis").write_text("source mine: Waves { rte = 20Hz }\n")
    found = faults("stream mine\n", path=tmp_path / "main.seis")
    assert found[0].primary is not None
    assert found[0].primary.place.source.name == "sources.seis"


# Files of names ---------------------------------------------------------------------------------

OPERATOR = '''
from seisdsl.data.waves import Waves
from seisdsl.operator import Operator, param

class Louder(Operator, name="louder"):
    """Make waves louder."""

    times: float = param(2.0, "how much")

    def apply(self, waves: Waves) -> Waves:
        return waves.with_samples(waves.samples * self.times)
'''


@pytest.mark.parametrize(("use", "name"), [('use "my.py"', "louder"), ('use "my.py" as mine', "mine.louder")])
def test_a_python_file_gives_its_operators(tmp_path: Path, use: str, name: str) -> None:
    (tmp_path / "my.py").write_text(OPERATOR)
    last = only(f"{use}\nstream S-net | {name} times=3\n", path=tmp_path / "main.seis")
    assert (last.word, dict(last.operator)) == ("louder", {"times": 3.0})


@pytest.mark.parametrize(
    "text", ["raise SystemExit(3)", "1 / 0", "def (", "import nowhere_at_all", "x = 3", "\0"]
)  # fmt: skip
def test_a_python_file_that_is_broken_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "my.py").write_text(text)
    assert fault('use "my.py"\n', path=tmp_path / "main.seis").code == "use"


def test_files_that_use_each_other_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.seis").write_text('use "b.seis"\n')
    (tmp_path / "b.seis").write_text('use "a.seis"\n')
    found = fault((tmp_path / "a.seis").read_text(), path=tmp_path / "a.seis")
    assert found.notes == ("a.seis -> b.seis -> a.seis",)


def test_a_file_used_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "deep.seis").write_text("let on = 4\n")
    for name in "ab":
        (tmp_path / f"{name}.seis").write_text('use "deep.seis"\ndef pick() = sta-lta on=deep.on\n')
    text = 'use "a.seis"\nuse "b.seis"\nstream S-net | a.pick\nstream S-net | b.pick\n'
    assert words(graph(text, path=tmp_path / "main.seis")) == ["stream", "sta-lta"]


def test_what_a_used_file_would_run_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "a.seis").write_text(f"let on = 4\n{RUN} | sta-lta\n")
    program = graph('use "a.seis"\nstream S-net | sta-lta on=a.on\n', path=tmp_path / "main.seis")
    assert len(program.results) == 1


# Pipes ------------------------------------------------------------------------------------------


def test_an_upstream_port_may_be_named_instead() -> None:
    text = "let raw = stream DONET\nstream S-net | spectrogram | DiET | GrASP | locate waves=raw\n"
    last = only(text)
    assert dict(dict(last.inputs)["waves"].operator)["data"].name == "DONET"
    assert last.upstream == frozenset()


def test_an_upstream_port_that_nothing_fills_is_a_fault_with_its_repair() -> None:
    text = "let groups = stream S-net | spectrogram | DiET | GrASP\ngroups | locate\n"
    assert faults(text) == []
    found = fault("def one(): Groups -> Catalog = locate\n")
    assert found.message == "`locate` also needs Waves, and no earlier stage gives it"
    assert found.fix is not None


def test_overloads_are_told_by_what_is_piped() -> None:
    assert only("stream S-net | phasenet | associate | locate\n").inputs[0][0] == "catalog"
    assert fault("stream S-net | locate\n").message == "`locate` cannot read Waves"


def test_a_method_is_given_with_parameters_of_its_own() -> None:
    text = 'let data = stream S-net | examples classes=["noise"]\ndata | train (phasenet threshold=0.4) epochs=2\n'
    node = only(text)
    assert node.type == Type("Model", (Type("Waves"), Type("Picks")))
    method = dict(node.operator)["method"]
    assert (method.operator.word, method.given) == ("phasenet", {"threshold": 0.4})
    assert method.made().threshold == 0.4


def test_a_model_reads_only_what_it_was_made_for() -> None:
    text = 'let model = stream S-net | examples classes=["noise"] | train phasenet\n'
    assert only(f"{text}stream DONET | model | associate\n").type == Type("Catalog")
    assert (
        fault(f"{text}stream DONET | spectrogram | model\n").message == "this model cannot read Spectrogram"
    )


def test_branches_of_a_fork_are_parts_by_name() -> None:
    text = "let both = stream S-net | fork { quick = sta-lta on=4, slow = detrend | sta-lta }\nboth.quick | count\n"
    program = graph(text)
    assert program.names["both"].type == Type(
        "Record", fields=(("quick", Type("Picks")), ("slow", Type("Picks")))
    )
    assert words(program) == ["stream", "sta-lta", "count"]
    assert fault(f"{text}both.quik | count\n").fix.message == "did you mean `quick`?"  # type: ignore[union-attr]


def test_a_sweep_over_two_axes_has_a_row_for_each_combination() -> None:
    axes = 'sweep on in [3, 4], m in ["classic", "recursive"]'
    program = graph(f"{RUN} | {axes} => (sta-lta on=on method=m | count)\n")
    assert words(program).count("rows") == 1
    assert len(program.results[0].node.inputs) == words(program).count("sta-lta") == 4


def test_a_sweep_goes_over_operators_and_ranges() -> None:
    bands = only(f"{RUN} | sweep band in [1..2Hz, 2..8Hz] => (bandpass band | sta-lta | count)\n")
    assert len(bands.inputs) == 2


def test_assertions_on_constants_are_held_at_once() -> None:
    assert faults("assert 2 > 1\n") == []
    assert fault('assert 1s > 2s, "too short"\n').message == "`1s > 2s` does not hold"
    assert fault("assert 3\n").message.startswith("`assert` needs a condition")


def test_files_that_are_missing_are_found_before_anything_runs(tmp_path: Path) -> None:
    assert fault(f'read "{tmp_path}/none.mseed"\n').code == "data"


# What is known only later, inside of lists --------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "param n: Number\nsweep on in [n, 4] => (simulate two-events | sta-lta on=on | count)\n",
        "param n: Text\nstream S-net | sta-lta | table columns=[n]\n",
        'param t: Probability\nstream S-net | examples classes=["noise"] | train (phasenet threshold=t)\n',
        'param t: Integer\nsource x: Waves { seed = t, network = "S-net" }\nstream x\n',
        "param t: Number\nsimulate two-events | sta-lta | where score in [t, 3] and score in t..4\n",
        "param t: Number\nlet n = simulate two-events | sta-lta | count\nassert n in t..4 and n in [t]\n",
    ],
)
def test_a_parameter_without_a_value_may_stand_in_a_list(text: str) -> None:
    assert faults(text) == []


COUNTED = "let n = simulate two-events | sta-lta | count\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{COUNTED}assert n in [n]\n",
        f"{COUNTED}simulate two-events | sta-lta | where score in [n]\n",
        "simulate two-events | sta-lta | where score in [{ a = 3 }]\n",
        "simulate two-events | sta-lta | where score in [[1], [2]]\n",
        "simulate two-events | sta-lta | where score in [1..2]\n",
        f"{COUNTED}sweep on in [n, 4] => (simulate two-events | sta-lta | count)\n",
        "sweep on in [stream S-net] => (simulate two-events | sta-lta | count)\n",
        "sweep on in [[1], [2]] => (simulate two-events | sta-lta | count)\n",
        "sweep on in [1s, 2Hz] => (simulate two-events | sta-lta | count)\n",
        'sweep on in [1, "a"] => (simulate two-events | sta-lta | count)\n',
    ],
)
def test_lists_hold_constants_of_one_kind(text: str) -> None:
    assert fault(text).code == "type"
