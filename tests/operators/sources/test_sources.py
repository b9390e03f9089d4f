"""`read`, `stream` and `simulate`: records from files, archives, memory and the simulator."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import obspy
import pytest
import torch

from seisdsl.data.accounts import totals
from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.scenes import BEGIN
from seisdsl.engine.parts import whole
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.language.check import check
from seisdsl.language.types import TimeRange
from seisdsl.operator import Facts, SourceSettings, Unsuitable
from seisdsl.operators.sources.read import Read
from seisdsl.operators.sources.simulate import Simulate
from seisdsl.operators.sources.stream import Stream
from seisdsl.source import SourceText

SECOND = 10**9
SIX = SourceSettings(name="two-events", settings=(("network", "two-events"), ("rate", 20.0)))
MINUTE = TimeRange(BEGIN, BEGIN + 60 * SECOND)


def source(**settings):
    return SourceSettings(name="mine", settings=tuple(settings.items()))


@pytest.fixture
def archive(tmp_path):
    """Three stations, four days, of which 2016-08-16 is missing; half a minute at noon of each."""
    for day in (227, 228, 230):
        for number in range(3):
            stream = obspy.read()
            for trace in stream:
                trace.stats.station = f"S1N0{number + 1}"
                trace.stats.network = "N"
                trace.stats.starttime = obspy.UTCDateTime(year=2016, julday=day, hour=12)
            path = tmp_path / "2016" / str(day) / f"{number}.mseed"
            path.parent.mkdir(parents=True, exist_ok=True)
            stream.write(str(path), format="MSEED")
    return f"{tmp_path}/{{year}}/{{doy}}/*.mseed"


def time(first, last):
    begin = obspy.UTCDateTime(year=2016, julday=first).ns
    return TimeRange(begin, begin + (last - first) * 86400 * SECOND)


def test_an_archive_is_read_for_a_time(archive):
    stream = Stream(data=source(archive=archive), time=time(227, 229), channels="EHZ")
    waves = stream.apply()
    assert [c.station for c in waves.channels] == ["S1N01", "S1N02", "S1N03"]
    assert waves.span.seconds == 86400 + 30
    assert waves.mask.sum(dim=1).tolist() == [6000, 6000, 6000]
    original = obspy.read().select(channel="EHZ")[0].data
    np.testing.assert_array_equal(waves.samples[1, -3000:], original)


def test_what_an_archive_lacks_is_known_before_it_is_read(archive):
    files = Stream(data=source(archive=archive, time=time(227, 231))).files()
    assert len(files.found) == 9
    assert files.missing == ()
    assert files.note == "2016-08-16 is missing; 3 of 4 days are present"


def test_an_archive_of_a_known_network_gets_its_places(archive):
    waves = Stream(data=source(archive=archive, network="S-net"), time=time(227, 228)).apply()
    assert not waves.simulated
    assert waves.channels[0].latitude == 35.8968


def test_an_archive_without_the_time_asked_for_is_refused(archive):
    with pytest.raises(Unsuitable, match="no file for this time") as refusal:
        Stream(data=source(archive=archive), time=time(10, 11)).apply()
    assert "2016-01-10 is missing" in refusal.value.notes[0]


def test_what_is_given_stands_above_what_the_source_says(archive):
    settings = source(archive=archive, channels=["EHN"], time=time(230, 231), rate=50.0)
    assert {c.code for c in Stream(data=settings).apply().channels} == {"EHN"}
    waves = Stream(data=settings, channels="EHE", time=time(227, 228), rate=25.0).apply()
    assert {c.code for c in waves.channels} == {"EHE"}
    assert waves.rate == 25
    assert waves.start == time(227, 228).start + 43200 * SECOND
    assert Stream(data=settings).facts(Facts()).rate == 50


def test_waves_from_memory():
    given = waves_from_obspy(obspy.read())
    stream = Stream(data=source(waves=given), channels="EHZ")
    assert stream.facts(Facts()).rate == 100
    assert torch.equal(stream.apply().samples, given.samples[2:])
    part = Stream(data=source(waves=given), time=TimeRange(given.start, given.start + SECOND)).apply()
    assert part.length == 100
    with pytest.raises(Unsuitable, match="the waves given have 100 Hz") as refusal:
        Stream(data=source(waves=given), rate=50.0).apply()
    assert "resample 50Hz" in refusal.value.repair


def test_a_network_is_simulated_and_says_so():
    stream = Stream(data=SIX, time=MINUTE)
    assert stream.facts(Facts()) == Facts(rate=20.0, simulated=True)
    waves = stream.apply()
    assert waves.simulated
    assert (waves.start, waves.length) == (BEGIN, 1200)
    assert len(Stream(data=SIX, time=MINUTE, channels="SHZ").apply().channels) == 8


def test_ten_minutes_are_simulated_where_no_time_is_said():
    assert Stream(data=SIX).apply().span == TimeRange(BEGIN, BEGIN + 600 * SECOND)


def test_a_list_of_stations_is_enough_to_simulate(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("network,station,latitude,longitude,elevation\nXX,A,38,141,0\n")
    waves = Simulate(what=source(stations=str(path)), rate=20.0, duration=5.0).apply()
    assert [c.id for c in waves.channels] == ["XX.A..SHZ", "XX.A..SHN", "XX.A..SHE"]


def test_simulate_and_stream_give_the_same():
    same = Simulate(what=SIX, duration=60.0).apply()
    assert torch.equal(same.samples, Stream(data=SIX, time=MINUTE).apply().samples)
    assert not torch.equal(same.samples, Simulate(what=SIX, duration=60.0, seed=2).apply().samples)


def test_noise_alone_and_many_earthquakes():
    assert len(Simulate(what=SIX, duration=60.0, earthquakes=0).apply().truth) == 1  # the planned one
    assert len(Simulate(what=SIX, duration=60.0, earthquakes=600).apply().truth) > 5


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "does not say where its stations are"),
        ({"network": "S-nett"}, "no network is called `S-nett`"),
        ({"network": "S-net", "rate": 0.1}, "simulated at 1 to 1000 Hz"),
        ({"stations": "nowhere.csv"}, "cannot read stations"),
    ],
)
def test_a_source_that_cannot_be_simulated_is_refused_before_the_run(settings, words):
    with pytest.raises(Unsuitable, match=words):
        Stream(data=source(**settings)).facts(Facts())


@pytest.mark.parametrize("chunk", [10, None])
def test_what_is_no_number_in_waves_from_memory_is_a_gap_and_told(chunk, tmp_path):
    waves = waves_from_obspy(obspy.read())
    waves.samples[0, 1000:1010], waves.samples[2, 5] = float("nan"), float("inf")
    engine = Engine(chunk and chunk * SECOND, Store(tmp_path))
    checked = check(SourceText.of("stream mine | bandpass 1..20Hz"), values={"mine": waves}, running=True)
    ((_, value),) = engine.values(checked.graph.nodes, checked.graph.wanted)
    filtered = whole(value)
    assert filtered.samples.isfinite().all()
    assert (~filtered.mask).sum(1).tolist() == [10, 0, 1]
    assert totals(engine.account) == {
        "read": 9000, "used": 8989, "rejected": 11, "by_reason": {"not a number": 11}
    }  # fmt: skip


def test_a_year_of_s_net_is_sound_and_refused_before_memory_is_taken():
    """What fits depends on the machine, so a program is not at fault for it."""
    year = TimeRange(BEGIN, BEGIN + 366 * 86400 * SECOND)
    stream = Stream(data=source(network="S-net"), time=year)
    assert stream.facts(Facts()).simulated
    assert stream.holds() == 450 * 366 * 86400 * 100 * 5
    with pytest.raises(Unsuitable, match="GiB of memory"):
        stream.apply()


def test_what_memory_will_hold_is_known_before_the_run(archive):
    waves = Stream(data=SIX, time=MINUTE).apply()
    assert Stream(data=SIX, time=MINUTE).holds() == waves.samples.nbytes + waves.mask.nbytes
    assert Simulate(what=SIX, duration=60.0).holds() == waves.samples.nbytes + waves.mask.nbytes
    settings = source(archive=archive, time=time(227, 228))
    assert Stream(data=settings).holds() == 9 * 3000 * 5


def test_read_finds_a_file_a_folder_and_a_pattern(tmp_path):
    for name in ("a1.mseed", "a2.mseed"):
        obspy.read().write(str(tmp_path / name), format="MSEED")
    for given in ("a1.mseed", "", "a*.mseed"):
        read = Read(file=str(tmp_path / given), channels="EHZ", rate=50.0)
        assert read.facts(Facts()).rate == 50
        assert len(read.files().found) == (1 if given == "a1.mseed" else 2)
        assert read.apply().samples.shape == (1, 1500)


def test_read_tells_what_is_missing(tmp_path):
    read = Read(file=str(tmp_path / "none*"), stations=str(tmp_path / "s.csv"))
    assert read.files().missing == (str(tmp_path / "none*"), str(tmp_path / "s.csv"))
    with pytest.raises(Unsuitable, match="no file is called"):
        read.apply()


def test_read_places_the_stations(tmp_path):
    obspy.read().write(str(tmp_path / "a"), format="MSEED")
    (tmp_path / "s.csv").write_text("network,station,latitude,longitude,elevation\nBW,RJOB,47.7,12.8,860\n")
    waves = Read(file=str(tmp_path / "a"), stations=str(tmp_path / "s.csv")).apply()
    assert waves.channels[0].latitude == 47.7


# Parts of the time ----------------------------------------------------------------------------------


def lengths(ranges):
    return [round((one.end - one.start) / SECOND, 6) for one in ranges]


def test_an_archive_says_when_it_has_records(archive):
    assert lengths(Stream(data=source(archive=archive)).extents()) == [30.0] * 3
    begin = time(227, 228).start + 43_200 * SECOND
    part = Stream(data=source(archive=archive), time=TimeRange(begin + 10 * SECOND, begin + 10**6 * SECOND))
    assert lengths(part.extents()) == [20.0, 30.0, 30.0]
    with pytest.raises(Unsuitable, match="no file for this time"):
        Stream(data=source(archive=archive), time=time(10, 11)).extents()
    with pytest.raises(Unsuitable, match="no record lies in the time range"):
        Stream(
            data=source(archive=archive), time=TimeRange(begin + 60 * SECOND, begin + 99 * SECOND)
        ).extents()


def test_a_part_of_an_archive_is_that_part_of_the_whole(archive):
    stream = Stream(data=source(archive=archive), channels="N.S1N01..EHZ", time=time(227, 229))
    whole = stream.apply()
    begin = whole.start
    for left, right in [(0, 7), (7.123, 29.999), (12.345, 86400 + 20)]:
        asked = TimeRange(begin + round(left * SECOND), begin + round(right * SECOND))
        part = stream.during(asked).apply()
        assert part.span.start >= asked.start
        inside = whole.within(asked)
        assert torch.equal(part.samples, inside.samples)
        assert torch.equal(part.mask, inside.mask)
        assert part.account == whole.account.within(asked)


def test_a_part_without_records_has_its_length_all_the_same(archive):
    stream = Stream(data=source(archive=archive))
    waves = stream.during(time(229, 230)).apply()
    assert waves.samples.shape == (0, 86400 * 100)
    assert (waves.start, waves.rate) == (time(229, 230).start, 100)


def test_a_fingerprint_changes_with_the_files_of_its_time_only(archive, tmp_path):
    stations = tmp_path / "s.csv"
    stations.write_text("network,station,latitude,longitude,elevation\nN,S1N01,38,141,0\n")
    stream = Stream(data=source(archive=archive, stations=str(stations)))
    before = stream.during(time(227, 228)).fingerprint()
    assert {path.replace(str(tmp_path), "") for path in before} == {
        "/s.csv", "/2016/227/0.mseed", "/2016/227/1.mseed", "/2016/227/2.mseed"
    }  # fmt: skip
    assert len(stream.fingerprint()) == 10
    other = tmp_path / "2016/230/0.mseed"
    other.write_bytes(2 * other.read_bytes())
    assert Stream(data=stream.data).during(time(227, 228)).fingerprint() == before
    one = tmp_path / "2016/227/0.mseed"
    one.write_bytes(one.read_bytes() + one.read_bytes())
    assert Stream(data=stream.data).during(time(227, 228)).fingerprint() != before


def test_a_day_file_that_begins_before_midnight_is_found(tmp_path):
    for day, begin in [(227, -0.5), (228, -0.5)]:
        record = obspy.read()[:1]
        record[0].stats.starttime = obspy.UTCDateTime(year=2016, julday=day) + begin
        (tmp_path / str(day)).mkdir()
        record.write(str(tmp_path / str(day) / "a.mseed"), format="MSEED")
    stream = Stream(data=source(archive=f"{tmp_path}/{{doy}}/*.mseed"), time=time(227, 228))
    waves = stream.apply()
    assert waves.mask.sum() == 2950 + 50
    assert waves.span.end == time(228, 229).start


def test_read_gives_parts_as_well(tmp_path):
    record = obspy.read()
    record.write(str(tmp_path / "a.mseed"), format="MSEED")
    (tmp_path / "page.mseed").write_text("<html>")
    read = Read(file=str(tmp_path))
    with pytest.warns(UserWarning, match=r"left out: .*page\.mseed is an HTML page"):
        (extent,) = read.extents()
    assert extent == read.apply().span
    part = read.during(TimeRange(extent.start + SECOND, extent.start + 3 * SECOND))
    assert part.apply().length == 200
    assert {tally.file for tally in read.left_out().rejected} == {str(tmp_path / "page.mseed")}
    assert {tally.file for tally in read.apply().account.rejected} == {str(tmp_path / "page.mseed")}
    assert part.apply().account.rejected == ()
    assert set(part.fingerprint()) == {str(tmp_path / "a.mseed")}


def test_simulated_waves_and_those_in_memory_give_parts():
    given = waves_from_obspy(obspy.read())
    inside = TimeRange(given.start + SECOND, given.start + 3 * SECOND)
    held = Stream(data=source(waves=given))
    assert held.extents() == (given.span,)
    assert torch.equal(held.during(inside).apply().samples, given.samples[:, 100:300])
    with pytest.raises(Unsuitable, match="no record lies"):
        Stream(data=source(waves=given), time=MINUTE).extents()
    made = Simulate(what=SIX, duration=60.0)
    assert made.extents() == Stream(data=SIX, time=MINUTE).extents() == (MINUTE,)
    middle = TimeRange(BEGIN + 20 * SECOND, BEGIN + 30 * SECOND)
    assert torch.equal(made.during(middle).apply().samples, made.apply().samples[:, 400:600])
    assert Simulate(what=SIX, time=middle).apply().span == middle
    with pytest.raises(Unsuitable, match="so does `duration`"):
        Simulate(what=SIX, time=middle, duration=5.0).facts(Facts())


def test_the_truth_of_a_part_is_told_without_its_samples():
    whole = Simulate(what=SIX, duration=120.0).apply()
    part = whole.cut(0, round(80 * whole.rate))
    assert part.truth.frame["magnitude"].to_list() == [2.5]
    assert len(part.truth.arrivals) < len(whole.truth.arrivals)


# Formats --------------------------------------------------------------------------------------------


def test_strong_motion_is_in_gal(strong_motion):
    waves = Read(file=strong_motion).apply()
    raw = obspy.read(strong_motion, format="KNET")[0]
    assert waves.unit == "gal"
    gal = 100 * raw.data * raw.stats.calib
    assert np.abs(gal - gal.mean()).max() == pytest.approx(raw.stats.knet.accmax, rel=1e-3)
    np.testing.assert_allclose(waves.samples[0].double(), gal, rtol=1e-6)
    assert waves.channels[0].latitude == raw.stats.knet.stla


def test_strong_motion_among_counts_is_refused(strong_motion, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    shutil.copy(strong_motion, folder / "a.knet")
    obspy.read().write(str(folder / "b.mseed"), format="MSEED")
    with pytest.raises(Unsuitable, match="different units") as refusal:
        Read(file=str(folder), rate=100.0).apply()
    assert "counts and gal" in refusal.value.message


@pytest.fixture
def strong_motion():
    return str(Path(obspy.__file__).parent / "io/nied/tests/data/test.knet")
