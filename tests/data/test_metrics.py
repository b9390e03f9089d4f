"""Numbers that judge a result."""

from __future__ import annotations

import json
import math

import polars
import pytest

import seisdsl
from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.save import files
from seisdsl.data.show import summary
from seisdsl.diagnostics import Faults
from seisdsl.methods.tables import tabulated
from seisdsl.operator import Unsuitable
from seisdsl.operators.language.part import Part

GIVEN = Metrics(
    {"accuracy": Metric(0.975, low=0.96, high=0.985, number=400), "delay": Metric(120, "ms", number=390)}
)


def test_a_program_gets_si_units():
    assert dict(GIVEN) == {"accuracy": 0.975, "delay": 0.12}
    assert Part(name="delay").apply(GIVEN) == 0.12


def test_what_is_not_defined_is_said():
    with pytest.raises(Unsuitable, match="`f1` is not defined here") as refusal:
        Part(name="f1").apply(GIVEN)
    assert refusal.value.notes == ("parts: accuracy, delay",)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_metric_is_finite(value):
    with pytest.raises(ValueError, match="finite"):
        Metric(value)
    with pytest.raises(ValueError, match="finite"):
        Metric(1.0, low=value)


def test_a_sweep_gets_a_column_for_each():
    table = tabulated({"tau": [1.0, 2.0]}, [GIVEN, Metrics({"accuracy": Metric(0.5)})])
    assert table.frame["accuracy"].to_list() == [0.975, 0.5]
    assert table.frame["delay"].to_list() == [0.12, None]


def test_the_language_takes_its_parts(tmp_path, monkeypatch):
    """`quality.accuracy` in arithmetic and in a condition."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "judge.py").write_text(
        "from seisdsl.data.metrics import Metric, Metrics\n"
        "from seisdsl.data.table import Picks\n"
        "from seisdsl.operator import Operator\n"
        "class Judge(Operator, name='judge'):\n"
        "    '''Judge picks.'''\n"
        "    def apply(self, picks: Picks) -> Metrics:\n"
        "        return Metrics({'accuracy': Metric(0.975)})\n"
    )
    (tmp_path / "picks.csv").write_text("time,station\n2016-08-15,S1N01\n")
    program = 'use "judge.py"\nlet quality = read-picks "picks.csv" | judge\n'
    found = seisdsl.run(program + 'let half = quality.accuracy / 2\nassert quality.accuracy > 0.9, "poor"\n')
    assert found["half"] == 0.4875
    with pytest.raises(Faults, match="does not hold"):
        seisdsl.run(program + "assert quality.accuracy > 0.99\n")
    with pytest.raises(Faults, match="`f1` is not defined here"):
        seisdsl.run(program + "assert quality.f1 > 0.5\n")


def test_it_is_shown_and_saved(tmp_path):
    assert summary(GIVEN).splitlines() == [
        "Metrics: 2 numbers",
        "  accuracy             0.975  (95%: 0.96 to 0.985)  from 400",
        "  delay                120 ms  from 390",
    ]
    for name in ("m.json", "m.csv"):
        [(own, write)] = files(GIVEN, name)
        write(tmp_path / own)
    told = json.loads((tmp_path / "m.json").read_text())
    assert told["metrics"]["delay"] == {"value": 120, "unit": "ms", "low": None, "high": None, "number": 390}
    frame = polars.read_csv(tmp_path / "m.csv")
    assert frame["metric"].to_list() == ["accuracy", "delay"]
    assert frame["unit"].to_list() == ["", "ms"]
