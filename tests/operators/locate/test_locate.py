"""Tremor is located where it was made to be, whatever the chunks, and refused where it cannot be."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from seisdsl.data.groups import Groups
from seisdsl.data.stations import network
from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.engine.chunks import SECOND, chunks, widened
from seisdsl.language.types import Range, TimeRange
from seisdsl.methods.locate.grid import to_local
from seisdsl.methods.locate.travel_times import gradient
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.locate._episodes import parts_of
from seisdsl.operators.locate.locate import Locate

BEGIN = 1_471_219_200 * NS
RATE = 20.0
HOP, WINDOW = 30.72, 163.84
STATIONS = [station for station in network("S-net") if station.station.startswith(("S2N", "S3N", "S4N"))]
Tremor = tuple[float, float, float, float, float]  # latitude, longitude, depth (km), begins (s), lasts (s)
ONE: Tremor = (38.35, 142.55, 14.0, 200.0, 80.0)
OTHER: Tremor = (39.6, 143.2, 18.0, 215.0, 90.0)


def kilometres(latitude: float, longitude: float, of: tuple[float, float]) -> float:
    place = to_local(torch.tensor(latitude), torch.tensor(longitude), torch.tensor(of).double())
    return float(place.norm())


def recorded(tremors: list[Tremor], seconds: float = 600, seed: int = 0, loud: float = 3.0) -> Waves:
    """Noise, and swarms whose amplitude rises and falls; as loud as that over the noise 40 km away."""
    rng = np.random.default_rng(seed)
    length = round(seconds * RATE)
    samples = rng.normal(size=(len(STATIONS), 3, length))
    for latitude, longitude, depth, begins, lasts in tremors:
        count = round(lasts * RATE)
        shape = np.interp(np.arange(count), np.linspace(0, count, 12), [0, *rng.uniform(0.3, 2, 10), 0])
        for row, station in enumerate(STATIONS):
            across = kilometres(station.latitude, station.longitude, (latitude, longitude))
            times = gradient(
                *(torch.tensor(v) for v in (across, depth, -station.elevation / 1000)),
                surface=3.1, growth=0.02,
            )  # fmt: skip
            away = math.hypot(across, depth + station.elevation / 1000)
            size = loud * 40 / away * math.exp(-math.pi * 4 / (200 * 3.5) * (away - 40))
            first = round((begins + float(times)) * RATE)
            last = min(first + count, length)
            swarm = rng.normal(size=(3, count)) * shape * size
            samples[row, :, first:last] += swarm[:, : max(last - first, 0)]
    channels = tuple(
        Channel(s.network, s.station, "", code, s.latitude, s.longitude, s.elevation)
        for s in STATIONS
        for code in ("HHZ", "HHN", "HHE")
    )
    values = torch.from_numpy(samples).flatten(0, 1).float()
    mask = torch.ones_like(values, dtype=torch.bool)
    return Waves(values, mask, RATE, BEGIN, channels, simulated=True)


def grouped(tremors: list[Tremor], seconds: float = 600, within: float = 60.0) -> Groups:
    """As GrASP would: in each window that holds some of a tremor, the stations within 60 km of it."""
    rows: dict[str, list[object]] = {name: [] for name in Groups.COLUMNS}
    for number, (latitude, longitude, _, begins, lasts) in enumerate(tremors):
        for step in range(math.ceil(seconds / HOP)):
            middle = step * HOP
            share = min(middle + WINDOW / 2, begins + 15 + lasts) - max(middle - WINDOW / 2, begins + 15)
            if share < 20:
                continue
            for station in STATIONS:
                away = kilometres(station.latitude, station.longitude, (latitude, longitude))
                if away < within:
                    told = {
                        "time": BEGIN + round(middle * NS), "window": WINDOW, "group": f"{number}-{step}",
                        "episode": f"tremor-{number}", "network": station.network, "station": station.station,
                        "latitude": station.latitude, "longitude": station.longitude,
                        "elevation": station.elevation, "score": 6 - 0.1 * away, "seed": False,
                        "strength": share,
                    }  # fmt: skip
                    for name, value in told.items():
                        rows[name].append(value)
    return Groups.of(rows)


def error(catalog: Catalog, row: int, tremor: Tremor) -> float:
    return kilometres(catalog.frame["latitude"][row], catalog.frame["longitude"][row], tremor[:2])


@pytest.fixture(scope="module")
def both() -> tuple[Groups, Waves]:
    return grouped([ONE, OTHER]), recorded([ONE, OTHER])


def test_two_tremors_at_once_are_each_where_they_were(both: tuple[Groups, Waves]) -> None:
    groups, waves = both
    catalog = Locate(sources=1).apply(groups, waves=waves)
    assert catalog.frame["episode"].to_list() == ["tremor-0", "tremor-1"]
    assert catalog.simulated
    for row, tremor in enumerate([ONE, OTHER]):
        told = catalog.frame.row(row, named=True)
        assert error(catalog, row, tremor) < 5
        assert error(catalog, row, tremor) < 1.5 * told["semi_major"]
        assert abs(told["depth"] - tremor[2]) < 3 * told["depth_spread"]
        begins = (told["time"].timestamp() * NS - BEGIN) / NS
        assert tremor[3] - 10 < begins < tremor[3] + tremor[4]
        assert begins + told["duration"] < tremor[3] + tremor[4] + 15
        assert told["stations"] >= 4
        assert 0.5 < told["quality"] <= 1
        assert not told["edge"]
        assert told["semi_major"] >= told["semi_minor"] > 0
    assert not catalog.frame.select(pl_numbers(catalog)).to_numpy().__contains__(np.nan)


def pl_numbers(catalog: Catalog) -> list[str]:
    return [name for name, kind in catalog.frame.schema.items() if kind.is_float() and name != "magnitude"]


@pytest.mark.parametrize("chunk", [60, 600])
def test_chunks_do_not_matter(both: tuple[Groups, Waves], chunk: int) -> None:
    groups, waves = both
    gone = waves.mask.clone()
    gone[:30, 4000:4900] = False
    waves = waves.with_samples(waves.samples, mask=gone)
    operator = Locate(sources=1, step=8000.0)
    context = operator.context(Facts(kind="Waves", rate=RATE))
    assert not context.whole
    whole = operator.apply(groups, waves=waves)
    parts = []
    for time in chunks([waves.span], chunk * SECOND):
        wide = widened(time, context.before, context.after, waves.span)
        parts.append(operator.apply(groups, waves=waves.within(wide)).within(time))
    joined = Catalog.joined(parts)
    assert len(joined) == len(whole) > 0
    for name in ("time", "group", "episode", "stations"):
        assert joined.frame[name].to_list() == whole.frame[name].to_list()
    for name in pl_numbers(whole):
        assert joined.frame[name].to_numpy() == pytest.approx(
            whole.frame[name].to_numpy(), rel=1e-3, abs=1e-3
        )


def test_two_sources_in_one_group_are_told_apart():
    near: Tremor = (38.35, 142.05, 14.0, 150.0, 60.0)
    far: Tremor = (38.35, 142.75, 14.0, 230.0, 60.0)
    groups, waves = grouped([near, far], within=70.0), recorded([near, far], loud=4.0)
    frame = groups.frame.with_columns(episode=groups.frame["episode"].str.replace("1", "0"))
    catalog = Locate(sources=2).apply(groups.with_frame(frame), waves=waves)
    assert len(catalog) == 2
    errors = sorted(min(error(catalog, row, tremor) for row in range(2)) for tremor in (near, far))
    assert errors[1] < 15


def test_a_source_outside_of_the_grid_is_refused():
    far: Tremor = (38.35, 146.5, 14.0, 200.0, 80.0)
    waves = recorded([far], loud=300.0)
    groups = grouped([(38.35, 143.4, 14.0, 200.0, 80.0)], within=70.0)
    assert len(Locate(margin=30e3).apply(groups, waves=waves)) == 0
    kept = Locate(margin=30e3, edge="keep").apply(groups, waves=waves)
    assert kept.frame["edge"].to_list() == [True]


def test_a_long_episode_is_located_in_parts():
    long: Tremor = (38.35, 142.55, 14.0, 100.0, 1000.0)
    groups = grouped([long], seconds=1300)
    parts = parts_of(groups, TimeRange(BEGIN, BEGIN + 1300 * NS), 300.0)
    assert len(parts) == math.ceil(
        (groups.frame["time"].max() - groups.frame["time"].min()).total_seconds() / 300
    )
    assert all(part.time.seconds <= 300 for part in parts)
    assert all(one.time.start < other.time.start for one, other in itertools.pairwise(parts))
    assert {part.episode for part in parts} == {"tremor-0"}


def test_site_terms_are_taken_off(both: tuple[Groups, Waves]) -> None:
    groups, waves = both
    gains = np.random.default_rng(4).normal(0, 1.2, len(STATIONS))
    loud = waves.samples * torch.from_numpy(np.exp(gains)).repeat_interleave(3)[:, None]
    told = Table.of({}).with_frame(_frame({"station": [s.station for s in STATIONS], "gain_log": gains}))
    operator = Locate(sources=1)
    plain = operator.apply(groups, waves=waves)
    known = operator.apply(groups, waves=replace(waves, samples=loud.float()), sites=told)
    for name in ("latitude", "longitude", "depth"):
        assert known.frame[name].to_numpy() == pytest.approx(plain.frame[name].to_numpy(), abs=1e-3)


def _frame(columns: dict[str, object]):
    import polars

    return polars.DataFrame(columns)


def test_what_it_cannot_locate_is_refused_in_words(both: tuple[Groups, Waves]) -> None:
    groups, waves = both
    nowhere = tuple(replace(c, latitude=None, longitude=None) for c in waves.channels)
    with pytest.raises(Unsuitable, match="no station of these waves has coordinates"):
        Locate().apply(groups, waves=replace(waves, channels=nowhere))
    with pytest.raises(Unsuitable, match="hold nothing up to 12 Hz"):
        Locate(band=Range(2.0, 12.0)).apply(groups, waves=waves)
    with pytest.raises(Unsuitable, match="cannot be read"):
        Locate(velocity="nowhere.csv").apply(groups, waves=waves)
    with pytest.raises(Unsuitable, match="lacks gain_log"):
        Locate().apply(groups, waves=waves, sites=Table.of({}).with_frame(_frame({"station": ["A"]})))


def test_nothing_is_located_where_there_is_no_group_or_no_record(both: tuple[Groups, Waves]) -> None:
    groups, waves = both
    assert len(Locate().apply(Groups.of({}), waves=waves)) == 0
    silent = waves.with_samples(waves.samples, mask=torch.zeros_like(waves.mask))
    assert len(Locate().apply(groups, waves=silent)) == 0
