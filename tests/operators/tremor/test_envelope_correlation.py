"""Tremor is found where it was made to be, once, whatever the chunks; earthquakes too, unless screened."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
import torch
from operators.locate.test_locate import BEGIN, ONE, OTHER, Tremor, kilometres, recorded

from seisdsl.data.scenes import Planned, Scene, simulated
from seisdsl.data.stations import network
from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Waves
from seisdsl.engine.chunks import SECOND, chunks, widened
from seisdsl.language.types import Range, TimeRange
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.tremor.envelope_correlation import EnvelopeCorrelation


def errors(found: Catalog, tremor: Tremor) -> list[float]:
    return [
        kilometres(latitude, longitude, tremor[:2])
        for latitude, longitude in found.frame.select("latitude", "longitude").rows()
    ]


@pytest.fixture(scope="module")
def one() -> Waves:
    return recorded([ONE])


@pytest.fixture(scope="module")
def quake() -> tuple[Waves, Catalog]:
    stations = tuple(s for s in network("S-net") if s.station.startswith("S3N"))
    event = Planned("earthquake", BEGIN + 200 * NS, 38.3, 142.9, 15e3, 2.8)
    scene = Scene(stations, 20.0, per_hour=0.0, planned=(event,))
    time = TimeRange(BEGIN, BEGIN + 450 * NS)
    return simulated(scene, time), scene(time)


def test_tremor_is_found_once_and_where_it_was(one):
    found = EnvelopeCorrelation().apply(one)
    (row,) = found.frame.iter_rows(named=True)
    assert errors(found, ONE)[0] < 5
    began, lasts = ONE[3:]
    late = (row["time"].timestamp() * NS - BEGIN) / NS
    assert began - 15 < late < began + lasts
    assert 20 <= row["duration"] < lasts + 15
    assert row["residual"] <= 2
    assert row["stations"] >= 4
    assert row["pairs"] >= 10
    assert found.simulated


def test_two_tremors_120_km_apart_are_both_found():
    found = EnvelopeCorrelation().apply(recorded([ONE, OTHER]))
    assert kilometres(*OTHER[:2], ONE[:2]) > 120
    assert min(errors(found, ONE)) < 5
    assert min(errors(found, OTHER)) < 5


def test_nothing_is_found_in_noise():
    assert len(EnvelopeCorrelation(shortest=0.0).apply(recorded([]))) == 0


def test_the_same_comes_out_of_chunks(one):
    operator = EnvelopeCorrelation(window=120.0)
    context = operator.context(Facts(kind="Waves", rate=one.rate))
    assert not context.whole
    parts = []
    for time in chunks([one.span], 300 * SECOND):
        wide = widened(time, context.before + 0.1, context.after + 0.1, one.span)
        parts.append(operator.apply(one.within(wide)).within(time))
    joined, whole = Catalog.joined(parts).frame, Catalog.joined([operator.apply(one)]).frame
    assert len(whole) > 0
    assert joined["time"].to_list() == whole["time"].to_list()
    for name in ("latitude", "longitude", "depth", "duration", "pairs", "semi_major", "east_north"):
        assert joined[name].to_list() == pytest.approx(whole[name].to_list(), rel=1e-5), name


def test_a_spectrum_that_falls_slowly_is_an_earthquakes(quake):
    waves, _ = quake
    assert len(EnvelopeCorrelation(shortest=0.0, steepness=0.0).apply(waves)) == 1
    assert len(EnvelopeCorrelation(shortest=0.0, steepness=3.0).apply(waves)) == 0


def test_leaving_out_stations_tells_how_sure_it_is(one):
    """Of a louder tremor the ellipse is smaller; its axes and the covariance are of one another."""
    (loud,) = EnvelopeCorrelation().apply(one).frame.iter_rows(named=True)
    (faint,) = EnvelopeCorrelation().apply(recorded([ONE], loud=1.0)).frame.iter_rows(named=True)
    assert 0 < loud["semi_major"] < faint["semi_major"] < 15
    axes = loud["semi_major"] ** 2 + loud["semi_minor"] ** 2
    assert axes == pytest.approx(5.991 * (loud["east_east"] + loud["north_north"]), rel=1e-3)


def test_dead_stations_and_gaps_leave_the_rest_to_tell(one):
    mask = one.mask.clone()
    mask[: 3 * 6] = False  # the first six stations
    mask[3 * 10 : 3 * 14, 4000:5000] = False
    found = EnvelopeCorrelation().apply(one.with_samples(one.samples, mask=mask))
    assert len(found) == 1
    assert errors(found, ONE)[0] < 5
    silent = one.with_samples(one.samples, mask=torch.zeros_like(mask))
    assert len(EnvelopeCorrelation().apply(silent)) == 0


def test_a_source_outside_of_the_grid_is_refused():
    away: Tremor = (38.35, 144.7, 14.0, 200.0, 80.0)  # 60 km beyond the easternmost stations
    found = EnvelopeCorrelation(margin=20e3).apply(recorded([away], loud=9.0))
    assert len(found) == 0


def test_earthquakes_are_found_unless_they_are_screened(quake):
    waves, true = quake
    taken = EnvelopeCorrelation(shortest=0.0).apply(waves)
    assert len(taken) == 1
    assert errors(taken, (38.3, 142.9, 15.0, 200.0, 0.0))[0] < 10
    assert len(EnvelopeCorrelation(shortest=20.0).apply(waves)) == 0  # by how short they are
    assert len(EnvelopeCorrelation(shortest=0.0).apply(waves, earthquakes=true)) == 0  # by a catalogue
    late = true.with_frame(true.frame.with_columns(time=true.frame["time"].dt.offset_by("90s")))
    assert len(EnvelopeCorrelation(shortest=0.0).apply(waves, earthquakes=late)) == 1
    far = true.with_frame(true.frame.with_columns(latitude=true.frame["latitude"] + 1.0))
    assert len(EnvelopeCorrelation(shortest=0.0).apply(waves, earthquakes=far)) == 1


@pytest.mark.parametrize(
    ("magnitude", "north", "left"),
    [(2.0, 0.7, 1), (5.0, 0.7, 0), (5.0, 1.0, 1), (None, 0.7, 1)],
)
def test_the_coda_of_a_great_earthquake_is_screened_further_away(quake, magnitude, north, left):
    waves, true = quake
    earlier = pl.col("time").dt.offset_by("-120s")
    frame = true.frame.with_columns(
        earlier, pl.col("latitude") + north, magnitude=pl.lit(magnitude, dtype=pl.Float64)
    )
    found = EnvelopeCorrelation(shortest=0.0).apply(waves, earthquakes=true.with_frame(frame))
    assert len(found) == left


def test_what_it_refuses(one):
    with pytest.raises(Unsuitable, match="hold nothing up to 12 Hz") as refused:
        EnvelopeCorrelation(band=Range(2.0, 12.0)).apply(one)
    assert refused.value.repair == "write band=2..8Hz"
    with pytest.raises(Unsuitable, match="begins above 0 Hz"):
        EnvelopeCorrelation(band=Range(8.0, 2.0)).facts(Facts(kind="Waves", rate=20.0))
    nowhere = replace(one, channels=tuple(replace(c, latitude=None) for c in one.channels))
    with pytest.raises(Unsuitable, match="no station of these waves has coordinates"):
        EnvelopeCorrelation().apply(nowhere)
