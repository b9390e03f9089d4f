"""Counts to motion of the ground: as obspy has it, whatever the chunks, and with the field's bad metadata."""

from __future__ import annotations

import copy
import math
from dataclasses import replace

import numpy as np
import obspy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from obspy import UTCDateTime, read, read_inventory

from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import Range, TimeRange
from seisdsl.operator import Context, Facts, Unsuitable
from seisdsl.operators.signal.remove_response import RemoveResponse

OUTPUTS = {"displacement": "DISP", "velocity": "VEL", "acceleration": "ACC"}
BEGIN = int(read()[0].stats.starttime.ns)
CHANNELS = tuple(Channel("BW", "RJOB", "", code) for code in ("EHZ", "EHN", "EHE"))


def recorded(samples, mask=None, channels=CHANNELS, start=BEGIN) -> Waves:
    samples = torch.as_tensor(np.atleast_2d(samples), dtype=torch.float64)
    mask = torch.ones(samples.shape, dtype=torch.bool) if mask is None else mask
    return Waves(samples.masked_fill(~mask, 0), mask, 100.0, start, channels[: len(samples)])


def noise(traces: int, length: int, seed: int = 0):
    """Noise that grows towards low frequencies, on an offset."""
    rng = np.random.default_rng(seed)
    return 20 * rng.normal(size=(traces, length)).cumsum(-1) + 1e5


@pytest.fixture(scope="module")
def inventory() -> obspy.Inventory:
    return read_inventory()


@pytest.fixture(scope="module")
def listed(inventory, tmp_path_factory):
    """The path of an inventory as StationXML: obspy's own, or one given."""

    def write(wanted: obspy.Inventory = inventory) -> str:
        path = tmp_path_factory.mktemp("stations") / "stations.xml"
        wanted.write(str(path), "STATIONXML")
        return str(path)

    return write


def changed(inventory, change) -> obspy.Inventory:
    """A copy with only the present epoch of RJOB's channels, each changed."""
    new = copy.deepcopy(inventory.select(station="RJOB", time=UTCDateTime("2009-08-24")))
    for channel in new[0][0]:
        change(channel)
    return new


# Against obspy


@pytest.mark.parametrize("to", OUTPUTS)
def test_obspys_own_example_comes_out_as_obspy_has_it(to, inventory, listed):
    stream = read()
    waves = recorded(np.stack([trace.data for trace in stream]))
    result = RemoveResponse(stations=listed(), to=to, band=Range(2.0, 20.0), water_level=200).apply(waves)
    stream.remove_response(
        inventory, output=OUTPUTS[to], pre_filt=(1, 2, 20, 25), water_level=200, taper_fraction=0.02
    )
    assert result.unit == {"displacement": "m", "velocity": "m/s", "acceleration": "m/s^2"}[to]
    assert result.mask[:, 100:-100].all()  # two periods of 2 Hz are left out at each end
    assert not result.mask[:, :100].any()
    assert not result.mask[:, -100:].any()
    inside = slice(400, -400)
    for ours, theirs in zip(result.samples, stream, strict=True):
        peak = np.abs(theirs.data[inside]).max()
        np.testing.assert_allclose(ours[inside], theirs.data[inside], rtol=0, atol=2e-3 * peak)


def test_a_tone_has_the_amplitude_that_its_response_gives(inventory, listed):
    """Ground motion of 1 um/s at 3 Hz, recorded by the response itself."""
    channel = inventory.get_response("BW.RJOB..EHZ", UTCDateTime(ns=BEGIN))
    gain = channel.get_evalresp_response_for_frequencies([3.0], "VEL")[0]
    turn = 2j * np.pi * 3.0 * np.arange(6000) / 100
    waves = recorded((1e-6 * gain * np.exp(turn)).real)
    for to, factor in (("velocity", 1), ("displacement", 1 / (6j * np.pi)), ("acceleration", 6j * np.pi)):
        result = RemoveResponse(stations=listed(), to=to, band=Range(1.0, 30.0)).apply(waves)
        expected = (1e-6 * factor * np.exp(turn)).real
        size = 1e-6 * abs(factor)
        np.testing.assert_allclose(
            result.samples[0, 1500:-1500], expected[1500:-1500], rtol=0, atol=1e-4 * size
        )


# Whatever the chunks


@pytest.fixture(scope="module")
def gappy() -> Waves:
    mask = torch.ones(2, 12000, dtype=torch.bool)
    mask[0, 3000:3400] = mask[0, 7777] = mask[0, 8600:8640] = False
    mask[1, :100] = mask[1, 5000:5001] = mask[1, 11900:] = False
    return recorded(noise(2, 12000), mask)


@pytest.mark.parametrize("to", OUTPUTS)
def test_the_result_does_not_depend_on_the_chunks(to, gappy, listed):
    operator = RemoveResponse(stations=listed(), to=to, band=Range(2.0, 35.0))
    whole = operator.apply(gappy)
    context = operator.context(Facts(rate=100.0))
    assert not context.whole
    peak = float(whole.samples.abs().max())

    @settings(max_examples=25, deadline=None)
    @given(some.integers(0, 11990), some.integers(1, 6000))
    def alike(begin, length):
        chunk = TimeRange(gappy.start + begin * NS // 100, gappy.start + (begin + length) * NS // 100)
        wide = TimeRange(
            chunk.start - math.ceil(context.before * NS), chunk.end + math.ceil(context.after * NS)
        )
        part, expected = operator.apply(gappy.within(wide)).within(chunk), whole.within(chunk)
        assert torch.equal(part.mask, expected.mask)
        torch.testing.assert_close(part.samples, expected.samples, rtol=0, atol=1e-9 * peak)

    alike()


def test_nothing_crosses_a_gap(gappy, listed):
    operator = RemoveResponse(stations=listed(), band=Range(2.0, 35.0))
    louder = gappy.samples.clone()
    louder[0, :3000] *= 1000
    one, other = operator.apply(gappy), operator.apply(replace(gappy, samples=louder))
    torch.testing.assert_close(one.samples[0, 3400:], other.samples[0, 3400:], rtol=0, atol=0)
    assert not torch.allclose(one.samples[0, :3000], other.samples[0, :3000])


def test_each_gap_takes_two_periods_at_either_side(gappy, listed):
    mask = RemoveResponse(stations=listed(), band=Range(2.0, 35.0)).apply(gappy).mask
    expected = torch.zeros_like(mask)
    for first, last in ((0, 3000), (3400, 7777), (7778, 8600), (8640, 12000)):
        expected[0, first + 100 : last - 100] = True
    for first, last in ((100, 5000), (5001, 11900)):
        expected[1, first + 100 : last - 100] = True
    assert torch.equal(mask, expected)


def test_what_it_needs_around_a_chunk_follows_from_the_band():
    assert RemoveResponse(stations="x", band=Range(0.5, 20.0)).context(Facts()) == Context(24.0, 24.0)
    assert RemoveResponse(stations="x").context(Facts(rate=100.0)) == Context(120.0, 120.0)
    assert RemoveResponse(stations="x").context(Facts()).whole
    assert RemoveResponse(stations="x", by="sensitivity").context(Facts()) == Context()


# Metadata as they are


def test_a_channel_without_a_response_is_left_out_and_named(inventory, listed):
    def take_away(channel):
        channel.response = None if channel.code == "EHN" else channel.response

    waves = recorded(noise(3, 3000))
    operator = RemoveResponse(stations=listed(changed(inventory, take_away)), band=Range(2.0, 20.0))
    with pytest.warns(UserWarning, match=r"no velocity of BW\.RJOB\.\.EHN: left out"):
        result = operator.apply(waves)
    assert result.mask.any(-1).tolist() == [True, False, True]
    assert not result.samples[1].any()


def test_none_at_all_is_refused(listed):
    strange = tuple(replace(channel, station="OTHER") for channel in CHANNELS)
    with pytest.raises(Unsuitable, match="response of none of these channels") as refusal:
        RemoveResponse(stations=listed()).apply(recorded(noise(3, 3000), channels=strange))
    assert refusal.value.parameter == "stations"
    assert "BW.OTHER..EHZ" in refusal.value.notes[0]


def test_a_time_without_an_epoch_is_not_recorded(inventory, listed):
    """A chunk before the instrument was there is no reason to end a run over years."""
    stations = listed(changed(inventory, lambda channel: None))
    waves = recorded(noise(3, 3000), start=BEGIN - 1000 * 86400 * NS)
    with pytest.warns(UserWarning, match="left out"):
        assert not RemoveResponse(stations=stations).apply(waves).mask.any()


def twice(inventory, until, since, factor) -> obspy.Inventory:
    """Each channel with one epoch until a time and another from a time on, of another gain."""
    first = changed(inventory, lambda channel: setattr(channel, "end_date", until))
    second = changed(inventory, lambda channel: setattr(channel, "start_date", since))
    for channel in second[0][0]:
        channel.response.response_stages[0].stage_gain *= factor
        channel.response.instrument_sensitivity.value *= factor
    first[0][0].channels += second[0][0].channels
    return first


def test_epochs_that_contradict_each_other_are_named(inventory, listed):
    stations = listed(twice(inventory, UTCDateTime(2010, 1, 1), UTCDateTime(2009, 1, 1), 2))
    with pytest.raises(Unsuitable, match=r"gives BW\.RJOB\.\.EHZ two responses for one time") as refusal:
        RemoveResponse(stations=stations).apply(recorded(noise(1, 3000)))
    assert "2007-12-17 to 2010-01-01" in refusal.value.notes[0]
    assert "2009-01-01 to now" in refusal.value.notes[1]


@pytest.mark.parametrize("by", ["response", "sensitivity"])
def test_where_the_response_changes_the_record_is_taken_apart(by, inventory, listed):
    at = UTCDateTime(ns=BEGIN) + 20
    waves = recorded(noise(1, 4000))
    old = RemoveResponse(stations=listed(), by=by, band=Range(2.0, 20.0)).apply(waves)
    new = RemoveResponse(stations=listed(twice(inventory, at, at, 4)), by=by, band=Range(2.0, 20.0))
    result, around = new.apply(waves), 0 if by == "sensitivity" else 700
    torch.testing.assert_close(
        result.samples[0, : 2000 - around], old.samples[0, : 2000 - around], rtol=0, atol=1e-12
    )
    torch.testing.assert_close(
        4 * result.samples[0, 2000 + around :], old.samples[0, 2000 + around :], rtol=0, atol=1e-12
    )
    doubtful = 0 if by == "sensitivity" else 100
    assert not result.mask[0, 2000 - doubtful : 2000 + doubtful].any()
    assert result.mask[0, 2000 + doubtful : 4000 - doubtful].all()


@pytest.mark.parametrize("seconds", [-86400, 0, 1])
def test_epochs_of_one_response_are_one(seconds, inventory, listed):
    """Entries that overlap, touch, or leave out a second between two days."""
    at = UTCDateTime(ns=BEGIN) + 20
    waves = recorded(noise(1, 4000))
    expected = RemoveResponse(stations=listed(), band=Range(2.0, 20.0)).apply(waves)
    stations = listed(twice(inventory, at, at + seconds, 1))
    result = RemoveResponse(stations=stations, band=Range(2.0, 20.0)).apply(waves)
    assert torch.equal(result.mask, expected.mask)
    assert torch.equal(result.samples, expected.samples)


@pytest.mark.parametrize(("spelled", "size"), [("NM/S", 1e-9), ("um/sec", 1e-6), ("M/S**2", 0), ("m/s^2", 0)])
def test_units_as_inventories_spell_them(spelled, size, inventory, listed):
    """A sensor of the unit, one of pressure, and one of m/s; 0 stands for a sensor of acceleration."""

    def change(channel):
        unit = {"EHZ": spelled, "EHN": "PA", "EHE": "M/S"}[channel.code]
        channel.response.response_stages[0].input_units = unit
        channel.response.instrument_sensitivity.input_units = unit

    waves = recorded(np.repeat(noise(1, 3000), 3, 0))
    stations = listed(changed(inventory, change))
    for by in ("response", "sensitivity") if size else ("response",):
        with pytest.warns(UserWarning, match=r"RJOB\.\.EHN: left out"):
            result = RemoveResponse(stations=stations, by=by, band=Range(2.0, 20.0)).apply(waves)
        assert not result.mask[1].any()
        if size:
            torch.testing.assert_close(result.samples[0], size * result.samples[2], rtol=1e-9, atol=1e-20)
    if not size:
        operator = RemoveResponse(stations=stations, to="acceleration", band=Range(2.0, 20.0))
        with pytest.warns(UserWarning, match=r"RJOB\.\.EHN: left out"):
            same = operator.apply(waves).samples[0]
        peak = float(same.abs().max())
        torch.testing.assert_close(same, result.samples[2], rtol=0, atol=1e-9 * peak)


# By sensitivity


def test_the_sensitivity_alone_divides(inventory, listed):
    waves = recorded(noise(3, 500))
    waves.mask[0, 40:50] = False
    result = RemoveResponse(stations=listed(), by="sensitivity").apply(waves)
    overall = inventory.get_response("BW.RJOB..EHZ", UTCDateTime(ns=BEGIN)).instrument_sensitivity.value
    assert torch.equal(result.mask, waves.mask)
    torch.testing.assert_close(result.samples, waves.samples.masked_fill(~waves.mask, 0) / overall)
    assert result.unit == "m/s"


def test_the_sensitivity_alone_gives_what_the_sensor_measures(listed):
    with pytest.raises(Unsuitable, match="gives acceleration"):
        RemoveResponse(stations=listed(), by="sensitivity", to="acceleration").apply(recorded(noise(3, 500)))


# Refusals


def test_waves_in_physical_units_are_refused(listed):
    waves = replace(recorded(noise(1, 3000)), unit="m/s")
    with pytest.raises(Unsuitable, match="in m/s already"):
        RemoveResponse(stations=listed()).apply(waves)


def test_bands_that_do_not_suit_are_refused_before_a_run():
    with pytest.raises(Unsuitable, match="not below the Nyquist frequency, 50 Hz") as refusal:
        RemoveResponse(stations="x", band=Range(1.0, 50.0)).facts(Facts(rate=100.0))
    assert refusal.value.repair == "write band=1..40Hz"
    with pytest.raises(Unsuitable, match="not above 8 Hz") as refusal:
        RemoveResponse(stations="x", band=Range(8.0, 2.0)).facts(Facts())
    assert refusal.value.repair == "write band=2..8Hz"
    with pytest.raises(Unsuitable, match="above 0 Hz"):
        RemoveResponse(stations="x", band=Range(0.0, 2.0)).facts(Facts())


def test_what_is_no_stationxml_is_refused(tmp_path):
    path = tmp_path / "stations.csv"
    operator = RemoveResponse(stations=str(path))
    assert operator.files().missing == (str(path),)
    with pytest.raises(Unsuitable, match=r"cannot read .*stations\.csv"):
        operator.apply(recorded(noise(1, 100)))
    path.write_text("network,station\nBW,RJOB\n")
    assert operator.files().found == (str(path),)
    with pytest.raises(Unsuitable, match="it is not StationXML"):
        operator.apply(recorded(noise(1, 100)))


def test_a_file_that_changed_is_read_again(inventory, tmp_path):
    path = tmp_path / "stations.xml"
    waves = recorded(noise(1, 300))
    operator = RemoveResponse(stations=str(path), by="sensitivity")
    inventory.write(str(path), "STATIONXML")
    before, known_by = operator.apply(waves).samples, operator.fingerprint()

    def change(channel):
        channel.response.instrument_sensitivity.value *= 2

    changed(inventory, change).write(str(path), "STATIONXML")
    torch.testing.assert_close(operator.apply(waves).samples, before / 2)
    assert operator.fingerprint().keys() == known_by.keys() == {str(path)}
    assert operator.fingerprint() != known_by


def test_a_dead_record_stays_dead_and_none_stays_none(listed):
    waves = recorded(noise(3, 900))
    dead = waves.with_samples(waves.samples, mask=torch.zeros_like(waves.mask))
    for by in ("response", "sensitivity"):
        result = RemoveResponse(stations=listed(), by=by).apply(dead)
        assert not result.samples.any()
        assert not result.mask.any()
    assert RemoveResponse(stations=listed()).apply(waves.cut(0, 0)).length == 0
    assert RemoveResponse(stations=listed()).apply(waves.select([])).channels == ()
