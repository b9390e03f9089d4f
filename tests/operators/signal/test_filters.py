from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from seisdsl.language.types import Range
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.signal.bandpass import Bandpass
from seisdsl.operators.signal.highpass import Highpass
from seisdsl.operators.signal.lowpass import Lowpass

CASES = [
    (Bandpass, {"band": Range(2.0, 8.0)}, ("bandpass",), {"freqmin": 2.0, "freqmax": 8.0}),
    (Lowpass, {"below": 3.0}, ("lowpass",), {"freq": 3.0}),
    (Highpass, {"above": 3.0}, ("highpass",), {"freq": 3.0}),
]


@pytest.mark.parametrize("phase", ["causal", "zero"])
@pytest.mark.parametrize("corners", [1, 3, 4])
@pytest.mark.parametrize(("operator", "parameters", "name", "options"), CASES)
def test_each_run_is_filtered_as_obspy_does(
    operator, parameters, name, options, corners, phase, gappy, assert_like_obspy
):
    given = operator(**parameters, corners=corners, phase=phase).apply(gappy)
    assert_like_obspy(given, gappy, "filter", *name, **options, corners=corners, zerophase=phase == "zero")


def test_single_precision_stays_and_agrees(record):
    single = replace(record, samples=record.samples.float())
    given = Bandpass(band=Range(2.0, 8.0)).apply(single).samples
    exact = Bandpass(band=Range(2.0, 8.0)).apply(record).samples
    assert given.dtype == torch.float32
    torch.testing.assert_close(given.double(), exact, rtol=0, atol=1e-6 * float(exact.abs().max()))


def test_a_corner_above_nyquist_is_refused_before_and_during_a_run(record):
    operator = Bandpass(band=Range(2.0, 60.0))
    with pytest.raises(Unsuitable, match="60 Hz is not below the Nyquist frequency, 50 Hz") as refusal:
        operator.facts(Facts(rate=100.0))
    assert refusal.value.parameter == "band"
    assert refusal.value.repair == "write band=2..45Hz"
    assert operator.facts(Facts()) == Facts()  # nothing is known yet
    with pytest.raises(Unsuitable, match="Nyquist"):
        operator.apply(record)
    for operator in (Lowpass(below=50.0), Highpass(above=50.0)):
        with pytest.raises(Unsuitable, match="Nyquist"):
            operator.facts(Facts(rate=100.0))
        with pytest.raises(Unsuitable, match="Nyquist"):
            operator.apply(record)


def test_bands_that_are_none_are_refused_with_a_repair():
    with pytest.raises(Unsuitable, match="not above 8 Hz") as refusal:
        Bandpass(band=Range(8.0, 2.0)).facts(Facts())
    assert refusal.value.repair == "write band=2..8Hz"
    with pytest.raises(Unsuitable, match="above 0 Hz") as refusal:
        Bandpass(band=Range(0.0, 2.0)).facts(Facts())
    assert refusal.value.notes == ("`lowpass 2Hz` keeps all below 2 Hz",)


def test_a_corner_that_a_double_cannot_hold_is_refused():
    with pytest.raises(Unsuitable, match="too low"):
        Highpass(above=1e-5).facts(Facts(rate=100.0))


def test_a_dead_record_stays_dead(record):
    dead = record.with_samples(record.samples, mask=torch.zeros_like(record.mask))
    for phase in ("causal", "zero"):
        assert not Bandpass(band=Range(2.0, 8.0), phase=phase).apply(dead).samples.any()
    empty = replace(record, samples=record.samples[:, :0], mask=record.mask[:, :0])
    assert Bandpass(band=Range(2.0, 8.0)).apply(empty).samples.shape == (3, 0)
