"""Energies of simulated tremor, site gains of simulated stations, and maps of them, whatever the chunks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from seisdsl.data.scenes import BEGIN, Planned, Scene, simulated, sites
from seisdsl.data.stations import network
from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import NS, Waves
from seisdsl.engine.chunks import SECOND, chunks, widened
from seisdsl.language.types import Range, TimeRange
from seisdsl.methods.simulate.events import tremors
from seisdsl.methods.simulate.paths import QUALITY, SITE_DELAY
from seisdsl.methods.tremor.energy import in_band
from seisdsl.operator import Facts, Operator, Unsuitable
from seisdsl.operators.tremor.cumulative_energy import CumulativeEnergy
from seisdsl.operators.tremor.detectable_energy import DetectableEnergy
from seisdsl.operators.tremor.energy import Energy
from seisdsl.operators.tremor.noise_levels import NoiseLevels
from seisdsl.operators.tremor.site_terms import SiteTerms
from seisdsl.operators.tremor.station_amplitudes import StationAmplitudes

STATIONS = tuple(s for s in network("S-net") if s.station.startswith(("S2N1", "S3N1")))
MIDDLE = [
    sum(place) / len(STATIONS) for place in zip(*((s.latitude, s.longitude) for s in STATIONS), strict=True)
]


def planned(kind, count: int, every: int, magnitude: float) -> tuple[Planned, ...]:
    rng = np.random.default_rng(5)
    return tuple(
        Planned(
            kind, BEGIN + (300 + every * n) * NS, MIDDLE[0] + rng.normal(0, 0.2), MIDDLE[1] + rng.normal(0, 0.2),
            rng.uniform(8e3, 20e3), magnitude + rng.uniform(0, 0.5), rng.uniform(30, 100),
        )
        for n in range(count)
    )  # fmt: skip


def scene(kind, count: int = 4, every: int = 350, magnitude: float = 1.0) -> Scene:
    events = planned(kind, count, every, magnitude)
    return Scene(STATIONS, rate=20.0, seed=4, per_hour=0.0, planned=events, ground="rock")


@pytest.fixture(scope="module")
def tremor() -> tuple[Scene, Waves, Catalog]:
    made = scene("tremor")
    waves = simulated(made, TimeRange(BEGIN, BEGIN + 1800 * NS))
    assert waves.truth is not None
    return made, waves, waves.truth


def gains(made: Scene) -> Table:
    return Table(sites(made).frame.with_columns(gain_log=pl.col("horizontal").log()))


def of_band(made: Scene, waves: Waves) -> np.ndarray:
    """What the truth radiates from 2 to 8 Hz: each earthquake of the swarms by its own corner."""
    found = []
    for one in sorted(tremors(made, waves.span), key=lambda tremor: tremor.origin):
        weight = one.swarm.moment**2 * one.swarm.corner**3
        share = np.array([in_band(float(corner), (2.0, 8.0)) for corner in one.swarm.corner])
        found.append(one.energy * (share * weight).sum() / weight.sum())
    return np.array(found)


def test_energies_of_simulated_tremor_are_the_true_ones(tremor: tuple[Scene, Waves, Catalog]) -> None:
    made, waves, truth = tremor
    found = Energy(q=QUALITY, kappa=SITE_DELAY).apply(truth, waves=waves, sites=gains(made))
    off = np.log10(found.frame["energy"].to_numpy() / of_band(made, waves))
    assert len(off) == 4
    assert np.abs(off).max() < 0.2
    assert found.simulated
    assert found.columns["energy"].unit == "J"
    assert found.frame["energy_log"].to_numpy() == pytest.approx(np.log10(found.frame["energy"].to_numpy()))
    assert found.frame["magnitude"].to_numpy() == pytest.approx(
        (found.frame["energy_log"].to_numpy() - 4.8) / 1.5
    )
    assert (found.frame["energy_stations"] >= 3).all()
    assert found.frame["event"].to_list() == truth.frame["event"].to_list()


def test_with_a_corner_it_is_the_energy_of_the_whole_spectrum(tremor: tuple[Scene, Waves, Catalog]) -> None:
    _, waves, truth = tremor
    band = Energy().apply(truth, waves=waves).frame["energy"].to_numpy()
    whole = Energy(corner=2.0).apply(truth, waves=waves).frame["energy"].to_numpy()
    assert whole == pytest.approx(band / in_band(2.0, (2.0, 8.0)))


def test_an_unknown_duration_is_that_of_the_waves(tremor: tuple[Scene, Waves, Catalog]) -> None:
    made, waves, truth = tremor
    short = Catalog(truth.frame.select(list(Catalog.COLUMNS)))
    found = Energy(q=QUALITY, kappa=SITE_DELAY, longest=200.0).apply(short, waves=waves, sites=gains(made))
    lasts = found.frame["duration"].to_numpy()
    assert (lasts < truth.frame["duration"].to_numpy() + 20).all()
    assert (lasts > 5).all()
    off = np.log10(found.frame["energy"].to_numpy() / of_band(made, waves))
    assert np.abs(off).max() < 0.4


def in_parts(operator: Operator, waves: Waves, chunk: int, **inputs: Table) -> list[Table]:
    (piped,) = inputs.values() or (None,)
    context = operator.context(Facts(kind="Waves", rate=waves.rate))
    assert not context.whole
    out = []
    for time in chunks([waves.span], chunk * SECOND):
        wide = waves.within(widened(time, context.before, context.after, waves.span))
        found = operator.apply(wide) if piped is None else operator.apply(piped, waves=wide)
        out.append(found.within(time))
    return out


@pytest.mark.parametrize("operator", [Energy(), StationAmplitudes(longest=200.0)], ids=lambda one: one.word)
def test_chunks_do_not_matter(operator: Operator, tremor: tuple[Scene, Waves, Catalog]) -> None:
    _, waves, truth = tremor
    gone = waves.mask.clone()
    gone[:12, 9000:9900] = False
    waves = waves.with_samples(waves.samples, mask=gone)
    whole = operator.apply(truth, waves=waves)
    joined = type(whole).joined(in_parts(operator, waves, 100, catalog=truth))
    assert len(joined) == len(type(whole).joined([whole])) > 3
    for name, kind in whole.frame.schema.items():
        ours, theirs = joined.frame[name], type(whole).joined([whole]).frame[name]
        if kind.is_float():
            assert ours.is_null().to_list() == theirs.is_null().to_list()
            assert ours.drop_nulls().to_numpy() == pytest.approx(theirs.drop_nulls().to_numpy(), rel=1e-6)
        else:
            assert ours.to_list() == theirs.to_list(), name


def test_what_few_stations_hear_or_has_no_place_has_no_energy(tremor: tuple[Scene, Waves, Catalog]) -> None:
    _, waves, truth = tremor
    frame = truth.frame.with_columns(
        latitude=pl.Series([None, *truth.frame["latitude"][1:3], 20.0]),
        duration=pl.Series([50.0, 5000.0, *truth.frame["duration"][2:]]),
    )
    found = Energy().apply(truth.with_frame(frame), waves=waves).frame
    assert found["energy"].is_null().to_list() == [True, True, False, True]
    assert found["energy_stations"].to_list()[3] == 0
    assert not any(found[name].is_nan().any() for name, kind in found.schema.items() if kind.is_float())
    silent = waves.with_samples(waves.samples, mask=torch.zeros_like(waves.mask))
    assert Energy().apply(truth, waves=silent).frame["energy"].is_null().all()
    assert len(Energy().apply(truth, waves=waves.cut(3, 3))) == 0


def test_what_it_cannot_judge_is_refused_in_words(tremor: tuple[Scene, Waves, Catalog]) -> None:
    _, waves, truth = tremor
    with pytest.raises(Unsuitable, match="in counts"):
        Energy().apply(truth, waves=replace(waves, unit="counts"))
    with pytest.raises(Unsuitable, match="hold nothing up to 12 Hz"):
        Energy(band=Range(2.0, 12.0)).apply(truth, waves=waves)
    with pytest.raises(Unsuitable, match="begins above 0 Hz"):
        Energy(band=Range(0.0, 8.0)).facts(Facts())
    with pytest.raises(Unsuitable, match="says no energies"):
        CumulativeEnergy().apply(Catalog.of({}))


# Sites ----------------------------------------------------------------------------------------------


def test_gains_of_simulated_stations_come_from_earthquakes():
    made = scene("earthquake", count=12, every=130, magnitude=2.7)
    waves = simulated(made, TimeRange(BEGIN, BEGIN + 2200 * NS))
    amplitudes = StationAmplitudes(q=QUALITY).apply(waves.truth, waves=waves)
    assert amplitudes.simulated
    found = SiteTerms().apply(amplitudes)
    both = gains(made).frame.join(found.frame, on=["network", "station"], suffix="_found")
    true, told = (both[name].to_numpy() for name in ("gain_log", "gain_log_found"))
    assert len(both) == len(STATIONS)
    assert told.sum() == pytest.approx(0, abs=1e-9)
    off = told - (true - true.mean())
    assert off.std() < 0.15 < true.std() / 2
    only = SiteTerms(fewest=9).apply(amplitudes)
    assert (only.frame["number"] >= 9).all()
    assert 0 < len(only) < len(found)


def test_site_terms_of_nothing_are_none():
    assert len(SiteTerms().apply(StationAmplitudes().apply(Catalog.of({}), waves=Waves(
        torch.zeros(0, 10), torch.zeros(0, 10, dtype=torch.bool), 20.0, BEGIN, (),
    )))) == 0  # fmt: skip
    with pytest.raises(Unsuitable, match="has a column"):
        SiteTerms().facts(Facts(columns={}))


# Maps -----------------------------------------------------------------------------------------------


def catalogue(**columns: list[object]) -> Catalog:
    frame = Catalog.of(
        {"time": [BEGIN] * 3, "latitude": [38.02, 38.52, 38.52], "longitude": [142.03, 142.5, 142.5]}
    ).frame
    return Catalog(frame.with_columns(**{name: pl.Series(values) for name, values in columns.items()}))


def test_all_energy_is_on_the_map_and_days_add_up():
    known = {
        "east_east": [4.0, 100.0, None],
        "east_north": [0.0, 50.0, None],
        "north_north": [4.0, 100.0, None],
    }
    day = catalogue(energy=[1e4, 2e5, None], **known)
    found = CumulativeEnergy().apply(day)
    total = (10**found.values)[found.mask].sum()
    assert float(total) == pytest.approx(2.1e5, rel=1e-3)
    assert bool((found.values[~found.mask] == 0).all())
    both = CumulativeEnergy().apply(Catalog.joined([day, day]))
    assert bool((found.mask == both.mask).all())
    assert both.values[both.mask].numpy() == pytest.approx((found.values + math.log10(2))[found.mask].numpy())


def test_cells_are_the_same_on_every_map():
    here = CumulativeEnergy().apply(catalogue(energy=[1e4, 2e5, 3e3]))
    asked = CumulativeEnergy(
        latitude=Range(*map(math.radians, (37.5, 39.0))), longitude=Range(*map(math.radians, (141.0, 143.0)))
    )
    there = asked.apply(catalogue(energy=[1e4, 2e5, 3e3]))
    assert there.values.shape == (15, 20)
    assert float(there.axes[0].values[0]) == pytest.approx(37.55)
    south, west = (
        int(torch.searchsorted(wide.values, own.values[0] - 1e-6))
        for own, wide in zip(here.axes, there.axes, strict=True)
    )
    rows, columns = here.values.shape
    inside = there.values[south : south + rows, west : west + columns]
    assert inside.numpy() == pytest.approx(here.values.numpy())
    assert CumulativeEnergy().apply(catalogue(energy=[None] * 3)).mask.sum() == 0


def test_noise_levels_are_those_of_the_simulation_and_tell_what_can_be_seen(
    tremor: tuple[Scene, Waves, Catalog],
) -> None:
    made, waves, _ = tremor
    levels = NoiseLevels(every=300.0).apply(waves)
    joined = Table.joined(in_parts(NoiseLevels(every=300.0), waves, 200))
    assert joined.frame.equals(Table.joined([levels]).frame)
    median = levels.frame.group_by("station").agg(pl.col("noise").median(), pl.col("recorded").mean())
    both = sites(made).frame.join(median, on="station", suffix="_found")
    assert both["noise_found"].to_numpy() == pytest.approx(both["noise"].to_numpy(), rel=0.1)
    assert (both["recorded"] > 0.99).all()
    seen = DetectableEnergy().apply(levels)
    row, column = (
        int((axis.values - middle).abs().argmin()) for axis, middle in zip(seen.axes, MIDDLE, strict=True)
    )
    assert bool(seen.mask.all())
    assert seen.simulated
    assert float(seen.values[row, column]) < float(seen.values[[0, -1]][:, [0, -1]].min()) - 0.5
    louder = levels.with_frame(levels.frame.with_columns(noise=pl.col("noise") * 10))
    assert DetectableEnergy().apply(louder).values.numpy() == pytest.approx(seen.values.numpy() + 2)
    few = levels.with_frame(levels.frame.filter(pl.col("station").is_in([s.station for s in STATIONS[:3]])))
    assert not bool(DetectableEnergy().apply(few).mask.any())
    with pytest.raises(Unsuitable, match="has a column"):
        DetectableEnergy().facts(Facts(columns={}))
