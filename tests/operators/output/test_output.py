"""`save` and `show` give their input on; `save` refuses a bad name before anything runs."""

from __future__ import annotations

import obspy
import pytest

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.table import Picks
from seisdsl.engine.output import writing_to
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.output.save import Save
from seisdsl.operators.output.show import Show


@pytest.fixture
def folder(tmp_path):
    with writing_to(tmp_path / "out"):
        yield tmp_path / "out"


def test_save_writes_into_the_output_folder_and_gives_its_input_on(folder):
    waves = waves_from_obspy(obspy.read())
    assert Save(file="deep/a.mseed").apply(waves) is waves
    assert [p.name for p in (folder / "deep").iterdir()] == ["a.mseed"]
    assert len(obspy.read(folder / "deep/a.mseed", format="MSEED")) == 3


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "a.xlsx", "a"])
def test_a_bad_name_is_refused_before_the_run(folder, name):
    with pytest.raises(Unsuitable) as refusal:
        Save(file=name).facts(Facts())
    assert refusal.value.parameter == "file"


def test_a_refusal_while_saving_leaves_nothing(folder):
    with pytest.raises(Unsuitable):
        Save(file="a.quakeml").apply(Picks.of({}))
    assert not folder.exists()


def test_show_gives_its_input_on():
    picks = Picks.of({})
    assert Show().apply(picks) is picks


def test_both_are_sinks():
    assert Save.sink
    assert Show.sink
