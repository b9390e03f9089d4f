"""The command `seis`: its forms, its exit codes, and bad input as a new user gives it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from seisdsl import __version__
from seisdsl.cli import DONE, FAILED, FAULTY, INTERRUPTED, MISUSED, main

ROOT = Path(__file__).parent.parent
GOOD = "simulate two-events | sta-lta on=4 | count\n"
FAULT = "stream S-net\n  | bandpass 2..8s\n"


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def seis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """The command in an empty folder, without sources of the developer's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def run(*arguments: str) -> Said:
        try:
            code = main(arguments)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


def process(*arguments: str, folder: Path, **more: Any) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, **more.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "seisdsl", *arguments],
        cwd=folder, env=environment, text=True, encoding="utf-8", errors="surrogateescape",
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
    )  # fmt: skip


def finished(*arguments: str, folder: Path, given: str | None = None, **more: Any) -> Said:
    running = process(*arguments, folder=folder, **more)
    out, err = running.communicate(given, timeout=60)
    return Said(running.returncode, out or "", err or "")


def write(folder: Path, text: str | bytes, name: str = "program.seis") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


# check ------------------------------------------------------------------------------------------


def test_check_says_nothing_of_a_sound_program(seis: Any, tmp_path: Path) -> None:
    assert seis("check", write(tmp_path, GOOD)) == Said(DONE, "", "")


def test_check_tells_what_is_wrong(seis: Any, tmp_path: Path) -> None:
    said = seis("check", write(tmp_path, FAULT))
    assert said.code == FAULTY
    assert said.out.startswith("error[unit]: `bandpass` needs a range of Frequency, found a range of Time\n")
    assert "program.seis:2:14" in said.out
    assert said.out.endswith("\n1 error.\n")


def test_check_takes_several_files_and_tells_of_all(seis: Any, tmp_path: Path) -> None:
    names = [
        write(tmp_path, text, name) for name, text in (("a.seis", GOOD), ("b.seis", FAULT), ("c.seis", "|\n"))
    ]
    said = seis("check", *names)
    assert said.code == FAULTY
    assert "b.seis:2:14" in said.out
    assert "c.seis:1:1" in said.out
    assert "2 errors." in said.out


PLACE = {"file": str, "start": {"line": int, "column": int}, "end": {"line": int, "column": int}}
LABEL = {**PLACE, "text": str, "primary": bool}


def shaped(data: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return data.keys() == shape.keys() and all(shaped(data[key], inner) for key, inner in shape.items())
    return isinstance(data, shape)


def test_check_gives_its_data(seis: Any, tmp_path: Path) -> None:
    said = seis("check", "--json", write(tmp_path, FAULT))
    assert said.code == FAULTY
    (fault,) = said.data
    assert fault.keys() == {"code", "severity", "message", "labels", "notes", "fix"}
    assert (fault["code"], fault["severity"]) == ("unit", "error")
    assert all(shaped(label, LABEL) for label in fault["labels"])
    (primary,) = (label for label in fault["labels"] if label["primary"])
    assert (primary["file"], primary["start"], primary["end"], primary["text"]) == (
        "program.seis", {"line": 2, "column": 14}, {"line": 2, "column": 19}, "Time",
    )  # fmt: skip
    assert all(isinstance(note, str) for note in fault["notes"])
    assert fault["fix"]["message"] == "did you mean 2..8Hz?"
    assert shaped(fault["fix"]["edit"], {**PLACE, "replacement": str})


def test_check_gives_an_empty_list_for_a_sound_program(seis: Any, tmp_path: Path) -> None:
    said = seis("check", "--json", write(tmp_path, GOOD))
    assert (said.code, said.data) == (DONE, [])


def test_a_warning_is_no_fault(seis: Any, tmp_path: Path) -> None:
    said = seis("check", "--json", write(tmp_path, "let count = 3\n"))
    assert said.code == DONE
    assert [one["severity"] for one in said.data] == ["warning"]


# Bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "run", "fmt", "explain", "plan", "cite"])
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [("nowhere.seis", MISUSED, "there is no such file"), ("folder", MISUSED, "it is a folder, not a program"),
     ("binary.seis", FAULTY, "it is a binary file, not text"), ("latin.seis", FAULTY, "it is not UTF-8 text (line 2)")],
)  # fmt: skip
def test_what_is_no_program_text_is_told(
    seis: Any, tmp_path: Path, command: str, name: str, code: int, words: str
) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path, b"\x7fELF\0\0\1", "binary.seis")
    write(tmp_path, "# one\n# caf\xe9\n".encode("latin-1"), "latin.seis")
    said = seis(command, name)
    assert said.code == code
    assert f"{name} cannot be read: {words}" in said.out + said.err


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n"])
def test_an_empty_file_is_a_sound_program_of_nothing(seis: Any, tmp_path: Path, text: str) -> None:
    name = write(tmp_path, text)
    assert seis("check", name) == Said(DONE, "", "")
    said = seis("run", name)
    assert (said.code, said.out) == (DONE, "")
    assert said.err == "nothing to run: no pipeline stands alone or ends in a sink\n"


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n", b""])
def test_line_ends_and_a_byte_order_mark_do_not_matter(
    seis: Any, tmp_path: Path, before: bytes, end: bytes
) -> None:
    name = write(tmp_path, before + b"let a = 3Hz" + (end or b"\n") + b"stream S-net | bandpass a..8s" + end)
    (fault,) = seis("check", "--json", name).data
    assert fault["labels"][0]["start"] == {"line": 2, "column": 28}


@pytest.mark.parametrize(
    "text",
    ["|\n", "stream S-net |\n", "stream (S-net\n", "stream S-net ]\n", "bandpass 2–8Hz\n", '"unclosed\n',
     "def a() = a\nstream S-net | a\n", 'use "program.seis"\n', "(" * 10_000 + ")" * 10_000 + "\n", "\x1b[31m\n"],
)  # fmt: skip
def test_broken_programs_are_faults(seis: Any, tmp_path: Path, text: str) -> None:
    said = seis("check", write(tmp_path, text))
    assert said.code == FAULTY
    assert said.out.startswith("error[")
    assert "\x1b" not in said.out
    assert len(said.out) < 3000


LONG = ["a" * 10**6, "#" * 10**6, '"' + "a" * 10**6 + '"', "stream S-net | bandpass " + "8" * 10**6 + "Hz"]
LONGER = ["1 + " * 250_000 + "1", "[" + "1, " * 330_000 + "1]", "stream S-net" + " | detrend" * 90_000]


@pytest.mark.parametrize("text", [*LONG, *(pytest.param(text, marks=pytest.mark.slow) for text in LONGER)])
def test_a_line_of_a_megabyte_is_no_trouble(seis: Any, tmp_path: Path, text: str) -> None:
    said = seis("check", write(tmp_path, text + "\n"))
    assert said.code in (DONE, FAULTY)
    assert max(map(len, said.out.splitlines()), default=0) < 1_000_200


def test_words_of_the_command_that_are_wrong(seis: Any, tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert seis().code == MISUSED
    for arguments in (["chekc", "program.seis"], ["check"], ["check", "--jsn", "program.seis"], ["fmt", "x", "--c"],
                      ["run"], ["run", "program.seis", "-e", "x"], ["run", "program.seis", "more"],
                      ["run", "program.seis", "--device", "gpu"], ["explain", "program.seis", "--json", "--dot"],
                      ["ops", "all"], ["help", "a", "b"]):  # fmt: skip
        said = seis(*arguments)
        assert said.code == MISUSED, arguments
        assert said.err, arguments


def test_the_version(seis: Any) -> None:
    assert seis("--version") == Said(DONE, f"seis {__version__}\n", "")


# run --------------------------------------------------------------------------------------------

PARAMETERS = """\
## the least ratio
param least: Number = 4
param site: Text = "S1"
assert site == "S1" or site == "a b"
least * 2
"""
SWITCHED = "param least: Number = 4\nsimulate two-events | sta-lta on=least | count\n"


def test_run_prints_results(seis: Any, tmp_path: Path) -> None:
    assert seis("run", write(tmp_path, GOOD)) == Said(DONE, "20\n", "")
    assert seis("run", "-e", GOOD) == Said(DONE, "20\n", "")
    assert seis("run", "-e", GOOD, "--quiet") == Said(DONE, "", "")


@pytest.mark.parametrize(
    "given", [["--least", "4.5"], ["--least=4.5"], ["--least=4.5", "--site", "a b"], ["--site=a b", "--least", "4.5"],
              ["--quiet", "--least", "4.5"], ["--least", "4.5", "--device", "cpu"]]
)  # fmt: skip
def test_run_takes_the_programs_parameters(seis: Any, tmp_path: Path, given: list[str]) -> None:
    name = write(tmp_path, PARAMETERS)
    for command in (["run", name, *given], ["run", *given, name], ["run", "-e", PARAMETERS, *given]):
        said = seis(*command)
        assert said.code == DONE, said.err
        assert said.out == ("" if "--quiet" in given else "9\n")


@pytest.mark.parametrize("name", ["o", "d", "js", "quie", "deb", "e"])
def test_a_parameter_may_begin_as_an_option_does(seis: Any, name: str) -> None:
    program = f"param {name}: Number = 9\n{name} * 2\n"
    assert seis("run", "-e", program, f"--{name}", "4") == Said(DONE, "8\n", "")


def test_a_parameter_that_an_option_of_its_name_hides_is_told(seis: Any) -> None:
    said = seis("run", "-e", "param chunk: Time = 10s\nchunk * 2\n", "--chunk", "30s")
    assert said.code == DONE
    assert "--chunk is an option of seis run; `chunk` of the program keeps its default" in said.err


def test_a_negative_parameter_is_a_value(seis: Any) -> None:
    said = seis("run", "-e", "param lag: Time = 0s\nassert lag < 0s\n", "--lag", "-30s")
    assert said.code == DONE


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [(["--sit", "4"], FAULTY, "did you mean `--site`?"), (["--least"], MISUSED, "--least needs a value"),
     (["--least", "4", "--least=5"], MISUSED, "--least is given twice"), (["--least", "4Hz"], FAULTY, "4Hz"),
     (["--least", ""], FAULTY, "--least"), (["least"], MISUSED, "least")],
)  # fmt: skip
def test_parameters_that_do_not_suit_are_told(
    seis: Any, tmp_path: Path, given: list[str], code: int, words: str
) -> None:
    said = seis("run", write(tmp_path, PARAMETERS), *given)
    assert said.code == code
    assert words in said.err


def test_run_help_has_the_programs_parameters(seis: Any, tmp_path: Path) -> None:
    name = write(tmp_path, PARAMETERS + "param day: Date\n")
    for said in (seis("run", name, "--help"), seis("run", "-h", "-e", PARAMETERS + "param day: Date\n")):
        assert said.code == DONE
        assert "  --least Number (default 4)  the least ratio\n" in said.out
        assert "  --day Date (must be given)\n" in said.out
        assert "--device" in said.out
    assert "usage: seis run" in seis("run", "--help").out


def test_run_does_not_start_with_a_fault(seis: Any, tmp_path: Path) -> None:
    text = 'simulate two-events | sta-lta | save "picks.csv"\n' + FAULT
    for quiet in ([], ["--quiet"]):
        said = seis("run", write(tmp_path, text), *quiet)
        assert said.code == FAULTY
        assert said.err.endswith("\n1 error, nothing was run.\n")
        assert not (tmp_path / "picks.csv").exists()


def test_run_gives_its_data(seis: Any, tmp_path: Path) -> None:
    text = GOOD + 'simulate two-events | sta-lta on=4 | head 2 | save "picks.csv"\n'
    said = seis("run", write(tmp_path, text), "--json", "--out", "results")
    assert said.code == DONE
    assert said.data["simulated"] is True
    assert [Path(file).name for file in said.data["files"] if file.endswith("csv")] == ["picks.csv"]
    assert (tmp_path / "results" / "picks.csv").is_file()
    assert [result["type"] for result in said.data["results"]] == ["Integer", "Picks"]
    assert said.data["results"][0]["place"] == {"line": 1, "column": 1}
    said = seis("run", write(tmp_path, FAULT), "--json")
    assert (said.code, said.data["diagnostics"][0]["code"]) == (FAULTY, "unit")


FAILING = 'let n = simulate two-events | sta-lta on=4 | count\nassert n > 1000, "too few"\n'


def test_data_of_waves_tell_their_place_in_the_program_and_their_time(seis: Any) -> None:
    (waves,) = seis("run", "-e", "simulate two-events", "--json").data["results"]
    assert waves["place"] == {"line": 1, "column": 1}
    assert waves["start"] == "2016-08-15T00:00:00Z"


def test_what_fails_while_it_runs_is_told_at_its_place(seis: Any, tmp_path: Path) -> None:
    said = seis("run", write(tmp_path, FAILING))
    assert said.code == FAILED
    assert "program.seis:2:1" in said.err
    assert "too few" in said.err
    assert "Traceback" not in said.err
    assert "Traceback" in seis("run", "program.seis", "--debug").err
    said = seis("run", "program.seis", "--json")
    assert (said.code, said.data["diagnostics"][0]["code"]) == (FAILED, "assert")


def test_show_shows_in_the_middle_too(seis: Any) -> None:
    said = seis("run", "-e", "simulate two-events | show | sta-lta on=4 | show | count")
    begins = [line for line in said.out.splitlines() if line and not line.startswith(" ")]
    assert [line.split(",")[0] for line in begins] == [
        "line 1: simulate two-events | show",
        "Waves",
        "line 1: simulate two-events | show | sta-lta on=4 | show",
        "Picks",
        "line 1: simulate two-events | show | sta-lta on=4 | show | count",
        "20",
    ]


def test_several_results_come_in_the_programs_order_each_under_its_line(seis: Any) -> None:
    """The second is worked out before the first, and two that say the same can be told apart."""
    said = seis("run", "-e", """\
let wave = stream two-events
wave | spectrogram | show
wave | bandpass 2..8Hz | sta-lta on=4 | count
wave | bandpass 2..8Hz | sta-lta on=4 | save "picks.csv" | where score > 1 | derive { more = score + 1 } | count
""")  # fmt: skip
    begins = [line for line in said.out.splitlines() if line and not line.startswith(" ")]
    assert begins[0] == "line 2: wave | spectrogram | show"
    assert begins[2] == "line 3: wave | bandpass 2..8Hz | sta-lta on=4 | count"
    assert begins[4].startswith("line 4: wave | bandpass 2..8Hz | sta-lta on=4 | … ")
    assert begins[4].endswith(" score > 1 | derive { more = score + 1 } | count")
    assert begins[3] == begins[5]


def test_what_is_ready_is_told_although_another_result_fails(seis: Any) -> None:
    said = seis(
        "run",
        "-e",
        "let wave = stream two-events\nlet number = wave | sta-lta on=4 | count\nassert number > 1000\nnumber\n",
    )
    assert said.code == FAILED
    assert said.out == "20\n"


def test_a_device_that_is_not_there_is_a_wrong_use(seis: Any) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    said = seis("run", "-e", GOOD, "--device", "cuda")
    assert said.code == MISUSED
    assert "finds no CUDA device" in said.err


# fmt --------------------------------------------------------------------------------------------


def test_fmt_writes_in_the_one_style(seis: Any, tmp_path: Path) -> None:
    name = write(tmp_path, b"\xef\xbb\xbfstream   S-net|detrend\r\n")
    (tmp_path / name).chmod(0o640)
    assert seis("fmt", "--check", name) == Said(FAULTY, f"{name} would change\n", "")
    assert seis("fmt", name) == Said(DONE, f"{name} formatted\n", "")
    assert (tmp_path / name).read_bytes() == b"stream S-net | detrend\n"
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o640
    assert seis("fmt", "--check", name) == seis("fmt", name) == Said(DONE, "", "")
    assert os.listdir(tmp_path) == [name]


def test_fmt_changes_nothing_of_a_broken_program(seis: Any, tmp_path: Path) -> None:
    name = write(tmp_path, b"stream   S-net | |\n")
    assert seis("fmt", name).code == FAULTY
    assert (tmp_path / name).read_bytes() == b"stream   S-net | |\n"


def test_fmt_follows_a_link(seis: Any, tmp_path: Path) -> None:
    name = write(tmp_path, "stream   S-net\n")
    (tmp_path / "link.seis").symlink_to(name)
    assert seis("fmt", "link.seis").code == DONE
    assert (tmp_path / "link.seis").is_symlink()
    assert (tmp_path / name).read_text() == "stream S-net\n"


# explain, plan, ops, help, cite -----------------------------------------------------------------


def test_explain_has_its_forms(seis: Any, tmp_path: Path) -> None:
    name = write(tmp_path, GOOD)
    assert "r2 = r1 | sta-lta on=4" in seis("explain", name).out
    assert [node["operator"] for node in seis("explain", name, "--json").data["nodes"]] == [
        "simulate",
        "sta-lta",
        "count",
    ]
    assert seis("explain", name, "--mermaid").out.startswith("flowchart TD\n")
    assert seis("explain", name, "--dot").out.startswith("digraph seis {\n")
    assert "let r2 = r1 | sta-lta on=4\n" in seis("explain", name, "--program").out
    assert seis("explain", write(tmp_path, FAULT)).code == FAULTY


def test_explain_and_plan_take_parameters(seis: Any, tmp_path: Path) -> None:
    name = write(tmp_path, SWITCHED)
    for command in ("explain", "plan"):
        assert "sta-lta on=7" in seis(command, name, "--least", "7").out
        assert seis(command, name, "--off", "7").code == FAULTY
        assert seis(command, name, "7").code == MISUSED


def test_plan_says_what_would_run_and_runs_nothing(seis: Any, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    text = 'read "archive/*.mseed" | sta-lta | save "picks.csv"\n'
    assert seis("plan", write(tmp_path, text)).code == FAULTY
    import obspy

    obspy.read().write(str(tmp_path / "archive" / "a.mseed"), format="MSEED", encoding="FLOAT64")
    said = seis("plan", "program.seis")
    assert said.code == DONE
    assert "reads 1 file, " in said.out
    assert "archive/a.mseed" in said.out
    assert "3 stages would run" in said.out
    assert "in one piece of 30 s: read, sta-lta\non the whole: save" in said.out
    assert not (tmp_path / "picks.csv").exists()
    assert seis("plan", write(tmp_path, "let a = stream S-net\n")).out.startswith("nothing would run")


def test_ops_lists_the_operators(seis: Any) -> None:
    said = seis("ops")
    assert re.search(r"^bandpass +Waves -> Waves\n +\S.*\.$", said.out, re.MULTILINE)
    names = [operator["name"] for operator in seis("ops", "--json").data]
    assert names == sorted(names, key=str.lower)


@pytest.mark.parametrize(
    ("word", "words"),
    [("bandpass", "corners: Integer = 4"), ("Picks", "given by: "), ("Catalog", "depth: Length in km"),
     ("Frequency", "kept in Hz"), ("Probability", "0 to 1"), ("gal", "1gal = 0.01 m/s^2, a Acceleration"),
     ("mm/yr", "a Velocity"), ("%", "1% = 0.01 (a ratio)"), ("sqrt", "square root"), ("where", "Keep the rows")],
)  # fmt: skip
def test_help_tells_of_operators_types_units_and_functions(seis: Any, word: str, words: str) -> None:
    said = seis("help", word)
    assert said.code == DONE
    assert words in said.out


def test_help_on_a_thing_lists_the_operators_that_are_about_it(seis: Any) -> None:
    said = seis("help", "picking")
    assert said.code == DONE
    assert re.search(r"^  sta-lta: Pick where", said.out, re.MULTILINE)
    assert "spectrogram" not in said.out


def test_operators_that_read_much_are_listed_briefly(seis: Any) -> None:
    line = re.search(r"^plot +(.*)", seis("ops").out, re.MULTILINE)
    assert line is not None
    assert re.fullmatch(r"(\w+, ){2}\w+ and \d+ more -> the same", line[1])


def test_help_lists_what_there_is(seis: Any) -> None:
    said = seis("help")
    topics = re.search(r"topics:\n((?:  .*\n)+)", said.out)
    assert topics
    for topic in re.split(r",\s+", topics[1].strip()):
        assert len(seis("help", topic).out) > 200


@pytest.mark.parametrize(
    ("word", "meant"), [("bandpas", "bandpass"), ("picks", "Picks"), ("hz", "Hz"), ("qqq", None)]
)
def test_help_on_what_is_unknown(seis: Any, word: str, meant: str | None) -> None:
    said = seis("help", word)
    assert (said.code, said.out) == (MISUSED, "")
    assert (f"did you mean `{meant}`?" if meant else "seis help lists what there is") in said.err


def test_cite_lists_the_papers(seis: Any, tmp_path: Path) -> None:
    said = seis("cite", write(tmp_path, GOOD))
    assert re.search(r"^Allen 19\d\d.*\(sta-lta\)$", said.out, re.MULTILINE)
    assert (
        seis("cite", write(tmp_path, "stream S-net | trim after=1s\n")).out
        == "no method here has a paper of its own\n"
    )


# Streams and signals ----------------------------------------------------------------------------


def test_programs_come_from_standard_input(tmp_path: Path) -> None:
    assert finished("check", "-", folder=tmp_path, given=FAULT).out.splitlines()[1].endswith("<stdin>:2:14")
    assert finished("fmt", "-", folder=tmp_path, given="stream   S-net\n").out == "stream S-net\n"
    said = finished("check", "-", folder=tmp_path, given="# caf\udce9\n")
    assert (said.code, "it is not UTF-8 text" in said.out) == (FAULTY, True)


@pytest.mark.skipif(os.name == "nt", reason="shells of Unix close streams so")
def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    for arguments in (["ops", "--json"], ["help"]):
        with process(*arguments, folder=tmp_path) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            assert running.stderr.read() == ""
            assert running.wait(60) == DONE
    program = write(tmp_path, FAULT)
    closed = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m seisdsl check {program} >&-'],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (closed.returncode, closed.stderr) == (FAULTY, "")


def test_a_terminal_without_unicode_gets_what_it_can_show(tmp_path: Path) -> None:
    program = write(tmp_path, 'stream S-net | save "日本.csv" | bandpass 2..8s\n')
    plain = {"PYTHONIOENCODING": "ascii"}
    said = finished("check", program, folder=tmp_path, env=plain)
    assert said.code == FAULTY
    assert said.out.isascii()
    assert "--> program.seis:1:" in said.out
    assert said.err == ""
    assert finished("help", folder=tmp_path, env=plain).code == DONE
    fault = json.loads(finished("check", "--json", program, folder=tmp_path, env=plain).out)[0]
    assert fault == json.loads(finished("check", "--json", program, folder=tmp_path).out)[0]


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from seisdsl.commands.shared import style

    class Terminal:
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal: Any = Terminal()
    assert style(terminal).colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not style(terminal).colour
    assert not style(None).colour


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
def test_ctrl_c_interrupts(tmp_path: Path) -> None:
    text = "sweep seed in [1, 2, 3, 4, 5, 6, 7, 8, 9] => (simulate S-net duration=1min | sta-lta on=seed + 1 | count)\n"
    program = write(
        tmp_path,
        f'simulate two-events | sta-lta | save "first.csv"\n{text.replace("seed + 1", "(seed + 1)")}',
    )
    running = process("run", program, folder=tmp_path, start_new_session=True)
    for _ in range(600):
        if (tmp_path / "first.csv").exists() or running.poll() is not None:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == INTERRUPTED
    assert err == "interrupted; what was written is whole\n"
    assert len((tmp_path / "first.csv").read_text().splitlines()) > 1
