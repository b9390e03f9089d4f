"""The catalogue behind simulated waves."""

from __future__ import annotations

import obspy
import pytest

import seisdsl
from seisdsl.diagnostics import Faults
from seisdsl.engine.run import Engine
from seisdsl.language.check import check
from seisdsl.source import SourceText

TREMORS = 'let t = stream S-net | truth | where kind == "tremor"'


def test_the_tremors_of_the_scene_are_there_with_their_energies():
    found = seisdsl.run(TREMORS)["t"].frame
    planned = found.filter(found["magnitude"] >= 0.65)
    assert planned["latitude"].round(2).to_list()[:3] == [39.55, 38.25, 41.45]
    assert planned["duration"].to_list()[:3] == pytest.approx([130, 95, 75])
    assert (found["energy"] > 0).all()


def test_it_is_the_same_in_chunks():
    graph = check(SourceText.of("let t = stream S-net | truth"), running=True).graph
    node = graph.names["t"]
    frames = []
    for chunk in (0, 60 * 10**9):
        ((_, value),) = Engine(chunk).values(graph.nodes, [node])
        frames.append(value.frame)
    assert frames[0].equals(frames[1])
    assert len(frames[0]) >= 6


def test_records_do_not_know():
    stream = obspy.read()
    with pytest.raises(Faults) as told:
        seisdsl.run("let t = stream mine | truth", mine=stream)
    assert "only simulated waves know" in told.value.diagnostics[0].message


def test_simulated_waves_from_a_file_have_forgotten():
    waves = seisdsl.run("let w = simulate two-events")["w"].to_obspy()
    with pytest.raises(Faults) as told:
        seisdsl.run("let t = stream mine | truth", mine=waves)["t"]
    assert "know what is in them" in told.value.diagnostics[0].message
