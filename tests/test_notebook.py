"""The language in cells: a real shell of IPython, and a notebook run by a real kernel."""

from __future__ import annotations

import base64
import re
import signal
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from seisdsl.data.table import Picks
from seisdsl.data.waves import Waves
from seisdsl.language.types import Record
from seisdsl.notebook.completing import program_in
from seisdsl.notebook.conversation import Waiting, variable_of
from seisdsl.notebook.html import ROWS, html

NOTEBOOK = Path(__file__).parent.parent / "examples" / "notebooks" / "first.ipynb"


class Told:
    """What running a cell said."""

    def __init__(self, shell: InteractiveShell, text: str) -> None:
        with capture_output() as said:
            self.result = shell.run_cell(text)
        self.printed, self.warned = said.stdout, said.stderr
        self.shown: list[dict[str, str]] = [output.data for output in said.outputs]
        self.error: Any = self.result.error_in_exec or self.result.error_before_exec

    @property
    def fault(self) -> str:
        return "\n".join(self.error._render_traceback_())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    settings = Config()
    settings.HistoryManager.enabled = False
    made = InteractiveShell.instance(config=settings)
    made.run_cell("%load_ext seisdsl")
    yield made
    InteractiveShell.clear_instance()


def test_names_are_variables_of_python_and_known_in_the_next_cell(shell: InteractiveShell) -> None:
    told = Told(
        shell, "%%seis\nlet wave = stream two-events | bandpass 2..8Hz\nlet n = wave | sta-lta | count"
    )
    assert told.error is None
    assert told.shown == []
    assert isinstance(shell.user_ns["wave"], Waves)
    assert isinstance(shell.user_ns["n"], int)
    told = Told(shell, "%%seis\nwave | sta-lta | count")
    assert told.shown[0]["text/plain"] == str(shell.user_ns["n"])
    assert Told(shell, "again = %seis wave | sta-lta").error is None
    assert len(shell.user_ns["again"]) == shell.user_ns["n"]


def test_what_was_worked_out_is_not_worked_out_again(shell: InteractiveShell) -> None:
    Told(shell, "%%seis\nlet picks = stream two-events | sta-lta")
    first = shell.user_ns["picks"]
    Told(shell, "same = %seis picks")
    assert shell.user_ns["same"] is first


def test_objects_of_obspy_and_pandas_go_in_by_their_names(shell: InteractiveShell) -> None:
    shell.user_ns["record"] = obspy.read()
    shell.user_ns["quakes"] = obspy.read_events()
    shell.user_ns["frame"] = pd.DataFrame(
        {
            "time": pd.date_range("2016-08-15", periods=3, tz="UTC"),
            "lat": 38.0,
            "lon": 142.0,
            "mag": [1, 2, 3],
        }
    )
    told = Told(shell, "%%seis\nstream record\nquakes | count\nframe | where magnitude > 1.5 | count")
    assert told.error is None
    assert "Waves: 3 traces" in told.shown[0]["text/plain"]
    assert [one["text/plain"] for one in told.shown[1:]] == [str(len(obspy.read_events())), "2"]


def test_a_name_means_what_was_assigned_last(shell: InteractiveShell) -> None:
    Told(shell, "%%seis\nlet picks = stream two-events | sta-lta\nlet n = picks | count")
    shell.run_cell("picks = picks.to_pandas().head(2)")
    assert Told(shell, "%%seis\npicks | count").shown[0]["text/plain"] == "2"
    assert Told(shell, "%%seis\nn").shown[0]["text/plain"] == "2"
    shell.run_cell("picks['score'] = 0.0")
    assert Told(shell, "%%seis\npicks | where score > 0 | count").shown[0]["text/plain"] == "0"
    Told(shell, "%%seis\nlet picks = stream two-events | sta-lta | head 1")
    assert isinstance(shell.user_ns["picks"], Picks)
    assert Told(shell, "%%seis\npicks | count").shown[0]["text/plain"] == "1"


def test_an_operator_is_not_hidden_by_a_variable(shell: InteractiveShell) -> None:
    shell.user_ns["count"] = pd.DataFrame({"a": [1]})
    assert Told(shell, "%%seis\nstream two-events | sta-lta | count").error is None


def test_parameters_stand_beside_the_magic(shell: InteractiveShell) -> None:
    cell = "param on = 4\nlet found = stream two-events | sta-lta on=on | count"
    Told(shell, f"%%seis --on 50\n{cell}")
    few = shell.user_ns["found"]
    shell.user_ns["threshold"] = np.float64(3.5)
    Told(shell, f"%%seis --on $threshold\n{cell}")
    assert shell.user_ns["found"] > few
    assert "Python has no variable thresh" in Told(shell, f"%%seis --on $thresh\n{cell}").fault
    assert "--device is auto, cpu or cuda" in Told(shell, f"%%seis --device tpu\n{cell}").fault


def test_files_go_where_they_are_told_to_and_pictures_are_seen(
    shell: InteractiveShell, tmp_path: Path
) -> None:
    told = Told(
        shell, '%%seis --out there\nstream two-events | plot "waves.png" | sta-lta | save "picks.csv"'
    )
    assert (tmp_path / "there" / "picks.csv").is_file()
    assert "wrote there/waves.png" in told.printed
    drawn = next(page for page in told.shown if "<img" in page["text/html"])
    held = re.search(r"base64,([^\"]+)", drawn["text/html"])
    assert held
    assert base64.b64decode(held[1]) == (tmp_path / "there" / "waves.png").read_bytes()


def test_faults_are_told_as_in_files_and_nothing_is_kept(shell: InteractiveShell) -> None:
    told = Told(shell, "%%seis\nlet wave = stream two-events\nwave | bandpass 2..8s")
    assert told.fault.startswith("error[unit]: `bandpass` needs a range of Frequency")
    assert "2 │ wave | bandpass 2..8s" in told.fault
    assert "Traceback" not in told.fault
    assert told.fault.endswith("1 error, nothing was run.")
    assert "wave" not in shell.user_ns
    told = Told(shell, "%%seis\nstream two-events | sta-lta | count | where x > 1")
    assert told.fault.startswith("error[")
    Told(shell, "%%seis\nlet n = stream two-events | sta-lta | count")
    told = Told(shell, '%%seis\nassert n > 1000, "too few"')
    assert "= too few" in told.fault
    assert "nothing was run" not in told.fault


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.zeros(5), "array without a rate"),
        (obspy.Stream([obspy.Trace(np.ones(9), {"sampling_rate": rate, "station": f"S{rate}"}) for rate in (20, 50)]),
         "rate"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "its columns need names, each once"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_a_line(shell: InteractiveShell, value: Any, said: str) -> None:
    shell.user_ns["mine"] = value
    fault = Told(shell, "%%seis\nstream mine | sta-lta").fault
    assert fault.startswith("`mine`")
    assert said in fault


def test_an_interrupt_ends_the_cell_and_keeps_the_session(shell: InteractiveShell) -> None:
    Told(shell, "%%seis\nlet n = stream two-events | sta-lta | count")
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    timer.start()
    told = Told(shell, '%%seis\nstream S-net time=2016-08-15..2016-08-16 channels="N.S1*" | sta-lta | count')
    timer.cancel()
    assert isinstance(told.error, KeyboardInterrupt)
    assert "stopped; what was named before is still known" in told.fault
    assert Told(shell, "%%seis\nn").shown[0]["text/plain"] == str(shell.user_ns["n"])


def test_progress_is_one_line_that_is_gone_when_all_is_done(shell: InteractiveShell) -> None:
    told = Told(
        shell,
        "from seisdsl.engine.progress import Progress\nfrom seisdsl.notebook.line import Line\n"
        "line = Line()\nprogress = Progress(line)\n"
        "progress._say('1 of <9> chunks', over=True)\nprogress._say('2 of <9> chunks', over=True)\nline.close()",
    )
    assert [one["text/plain"] for one in told.shown] == ["1 of <9> chunks", "2 of <9> chunks", ""]
    assert "1 of &lt;9&gt; chunks" in told.shown[0]["text/html"]
    assert told.shown[-1]["text/html"] == told.printed == ""


def test_a_long_value_waits_until_it_is_needed(shell: InteractiveShell) -> None:
    Told(shell, '%%seis\nlet wave = stream S-net time=2016-08-15..2016-08-18 channels="N.S1N01..EHZ"')
    told = shell.user_ns["wave"]
    assert isinstance(told, Waiting)
    assert "wave: Waves, too long to be held as a whole" in str(told)


def test_commands_ask_about_the_session(shell: InteractiveShell) -> None:
    Told(shell, "%%seis\nlet wave = stream two-events | bandpass 2..8Hz")
    assert "wave  Waves, 100 Hz" in Told(shell, "%seis names").printed
    assert "Pick where the short-term energy" in Told(shell, "%seis help sta-lta").printed
    assert "stream two-events" in Told(shell, "%seis explain wave | sta-lta").printed
    assert "%%seis [--NAME VALUE]" in Told(shell, "%seis").printed


def completed(shell: InteractiveShell, text: str) -> list[str]:
    with provisionalcompleter():
        return [one.text for one in shell.Completer.completions(text, len(text))]


def test_completion_is_for_programs_only(shell: InteractiveShell) -> None:
    shell.user_ns["recorded"] = obspy.read()
    text = "%%seis\nstream rec"
    assert "recorded" in completed(shell, text)
    assert "recorded" not in completed(shell, "import rec")
    shell.run_cell("%unload_ext seisdsl")
    assert not [one for one in shell.Completer.custom_matchers if hasattr(one, "of_seisdsl")]


def test_completion_knows_the_language_and_the_cells_before(shell: InteractiveShell) -> None:
    Told(shell, "%%seis\nlet two-quakes = stream two-events")
    assert "spectrogram" in completed(shell, "%%seis\ntwo-quakes | spec")
    assert "two-quakes" in completed(shell, "%%seis\ntwo-q")


def test_where_a_program_stands() -> None:
    assert program_in("%%seis --on 4\nstream a", 16) == ("stream a", 2)
    assert program_in("%%seis\nstream a", 3) is None
    assert program_in("x = 1\nn = %seis a | co\ny", 20) == ("a | co", 4)
    assert program_in("x = 1", 3) is None


def test_names_that_python_cannot_have() -> None:
    assert [variable_of(name) for name in ("a", "sta-picks", "class", "_")] == ["a", "sta_picks", "", ""]


# What is seen -----------------------------------------------------------------------------------


def test_a_table_is_cut_escaped_and_marked() -> None:
    stations = ["<script>alert(1)</script>", *["S1"] * 99]
    page = html(Picks.of({"time": list(range(100)), "station": stations}, simulated=True))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert f"the first {ROWS} of 100 rows" in page
    assert page.count("<tr>") == ROWS + 1
    assert '<span class="seis-simulated">simulated</span>' in page


def test_every_type_has_a_page(shell: InteractiveShell) -> None:
    program = """%%seis
let wave = simulate two-events
let picks = wave | sta-lta
let detections = wave | envelope | trigger
let events = wave | truth
let spectra = wave | spectrogram
let quality = picks | score truth=(wave | true-onsets)
let both = wave | fork { a = sta-lta, b = envelope }
"""
    assert Told(shell, program).error is None
    for name in ("wave", "picks", "detections", "events", "spectra", "quality", "both"):
        value = shell.user_ns[name]
        page = value._repr_html_()
        assert "simulated" in page, name
        assert "no picture" not in page, name
        drawn = type(value).__name__ not in ("Metrics",)
        assert not drawn or "data:image/png" in page, name
    assert isinstance(shell.user_ns["both"], Record)


# A kernel ---------------------------------------------------------------------------------------


def test_the_notebook_of_the_examples_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    book = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in book.cells), "outputs are stripped"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's transport
        nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    pages = [
        o.data.get("text/html", "") for cell in book.cells for o in cell.get("outputs", []) if "data" in o
    ]
    assert sum("<table" in page for page in pages) >= 2
    assert any("simulated" in page for page in pages)
    printed = "".join(
        o.text for cell in book.cells for o in cell.get("outputs", []) if o.output_type == "stream"
    )
    assert re.search(r"\d+ picks", printed)
    assert "bandpass  Waves -> Waves" in printed


def test_cite_and_save_know_what_python_has(shell: InteractiveShell, tmp_path: Path) -> None:
    shell.user_ns["mine"] = obspy.read()
    assert Told(shell, "%%seis\nlet picks = stream mine | bandpass 1..20Hz | sta-lta long=5s").error is None
    assert "Allen 1978" in Told(shell, "%seis cite").printed
    told = Told(shell, "%seis save mine.seis")
    assert told.warned == ""
    assert told.printed.splitlines() == [
        "saved 1 statement to mine.seis",
        'it uses what Python has: seisdsl.run(Path("mine.seis"), mine=mine)',
    ]
    assert (tmp_path / "mine.seis").is_file()
