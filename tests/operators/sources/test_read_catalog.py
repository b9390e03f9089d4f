"""`read-catalog` and `read-picks` in a program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import seisdsl
from seisdsl.diagnostics import Faults
from seisdsl.operators.sources.read_catalog import ReadCatalog
from seisdsl.operators.sources.read_picks import ReadPicks
from seisdsl.source import SourceText

EVENTS = "time,lat,lon,depth,mag,place\n2016-08-15,38.5,142,12.5,3.5,here\n2016-08-16,38.5,142,40,2,there\n"
PICKS = "station_id,phase_time,phase_score,phase_type\nN.S1N01..EH,2016-08-15,0.9,P\nN.S1N02..EH,2016-08-16,0.2,S\n"


@pytest.fixture(autouse=True)
def _files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "picks.csv").write_text(PICKS)


def test_their_columns_are_known_to_the_checker():
    found = seisdsl.run(
        'let deep = read-catalog "events.csv" | where depth > 30km and place == "there" | count\n'
        'let sure = read-picks "picks.csv" | where score > 0.5 and phase == "P" | count\n'
    )
    assert (found["deep"], found["sure"]) == (1, 1)
    checked = seisdsl.check(SourceText.of('read-catalog "events.csv" | where plaice == "here"\n'))
    assert [fault.message for fault in checked.diagnostics] == ["no column of Catalog is called `plaice`"]


def test_a_file_that_is_not_there_is_told_before_anything_runs():
    for word in ("read-catalog", "read-picks"):
        checked = seisdsl.check(SourceText.of(f'{word} "evnts.csv" | count\n'))
        assert [fault.message for fault in checked.diagnostics] == ["no file matches evnts.csv"]


def test_a_file_of_something_else_is_told_at_its_place(tmp_path):
    (tmp_path / "page.csv").write_text("<!DOCTYPE html><html></html>")
    with pytest.raises(Faults) as told:
        seisdsl.run('read-catalog "page.csv" | count\n')
    assert "it declares a document type" in str(told.value)


def test_a_pattern_takes_several_files(tmp_path):
    (tmp_path / "events-2.csv").write_text(EVENTS.replace("2016", "2015"))
    table = ReadCatalog(file="events*.csv").apply()
    assert table.frame["time"].dt.year().to_list() == [2015, 2015, 2016, 2016]


def test_a_change_of_content_changes_the_fingerprint(tmp_path):
    for operator, name in ((ReadCatalog, "events.csv"), (ReadPicks, "picks.csv")):
        stage = operator(file=name)
        before = stage.fingerprint()
        assert list(before) == [name]
        (tmp_path / name).write_text((tmp_path / name).read_text() + "\n")
        assert stage.fingerprint() != before


def test_saving_and_reading_are_each_others_inverse(tmp_path):
    seisdsl.run(
        'read-catalog "events.csv" | save "a.parquet"\nread-catalog "events.csv" | save "b.quakeml"\n'
    )
    first, second = ReadCatalog(file="a.parquet").apply(), ReadCatalog(file="b.quakeml").apply()
    assert first.frame.equals(ReadCatalog(file="events.csv").apply().frame)
    ours = ["time", "latitude", "longitude", "depth", "magnitude"]
    assert second.frame.select(ours).equals(first.frame.select(ours))


def test_checking_a_program_on_a_csv_imports_nothing_heavy(tmp_path):
    (tmp_path / "a.seis").write_text('read-catalog "events.csv" | where place == "here" | count\n')
    code = (
        "import sys; from seisdsl.cli import main; assert main(['check', 'a.seis']) == 0;"
        "assert not {'torch', 'numpy', 'polars', 'obspy', 'lxml'} & set(sys.modules)"
    )
    root = str(Path(seisdsl.__file__).parent.parent)
    run = subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": root})
    assert run.returncode == 0
