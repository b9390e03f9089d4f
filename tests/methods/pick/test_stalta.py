"""Short-term and long-term averages against obspy and scalar loops."""

from pathlib import Path

import numpy as np
import obspy
import pytest
import torch
from obspy.signal.trigger import classic_sta_lta, recursive_sta_lta

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.methods.pick.runs import runs
from seisdsl.methods.pick.stalta import averages, leaky_mean, moving_means, ratio

RECORDS = Path(obspy.__file__).parent
OBSPY = {"classic": classic_sta_lta, "recursive": recursive_sta_lta}


def ratios(samples, short, long, method, mask=None):
    values = torch.as_tensor(np.atleast_2d(samples))
    recorded = torch.ones_like(values, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
    return ratio(*averages(values, recorded, short, long, method)).numpy()


def scalar_recursion(values, length):
    means, mean = np.zeros(len(values)), 0.0
    for n, value in enumerate(values):
        mean += (value - mean) / length
        means[n] = mean
    return means


@pytest.mark.parametrize("length", [1, 2, 31, 100, 3000])
@pytest.mark.parametrize("samples", [1, 32, 33, 5000])
def test_the_recursion_by_blocks_is_the_scalar_loop(length, samples):
    energy = np.random.default_rng(0).normal(size=samples) ** 2 * np.geomspace(1, 1e8, samples)
    blocks = leaky_mean(torch.as_tensor(energy)[None], length)[0].numpy()
    np.testing.assert_allclose(blocks, scalar_recursion(energy, length), rtol=1e-9)


@pytest.mark.parametrize(("short", "long"), [(64, 640), (64, 641), (64, 700), (1, 2), (7, 8), (3, 1999)])
def test_moving_means_are_exact_behind_an_event_of_a_hundred_million(short, long):
    values = np.random.default_rng(1).uniform(0.5, 1.5, 2000)
    values[700:800] *= 1e16
    for means, length in zip(moving_means(torch.as_tensor(values)[None], short, long), (short, long), strict=True):
        exact = [values[n - length + 1 : n + 1].sum() / length for n in range(long - 1, len(values))]
        np.testing.assert_allclose(means[0].numpy(), exact, rtol=1e-13)


@pytest.mark.parametrize("method", ["classic", "recursive"])
@pytest.mark.parametrize(("short", "long"), [(10, 100), (50, 1000), (1, 7)])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("io/mseed/tests/data/BW.BGLD.__.EHE.D.2008.001.first_10_records", "MSEED"),
        ("signal/tests/data/BW.UH3._.SHZ.D.2010.147.cut.slist.gz", "SLIST"),
        ("signal/tests/data/IM.I59H1..BDF_2020_10_31.mseed", "MSEED"),
    ],
)
def test_it_agrees_with_obspy_on_real_records(method, short, long, name, kind):
    samples = obspy.read(RECORDS / name, format=kind)[0].data.astype(float)
    expected = OBSPY[method](samples, short, long)
    np.testing.assert_allclose(ratios(samples, short, long, method)[0], expected, rtol=1e-6)


@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_each_stretch_between_real_gaps_is_a_record_of_its_own(method):
    stream = obspy.read(RECORDS / "io/mseed/tests/data/gaps.mseed", format="MSEED")
    waves = waves_from_obspy(stream)
    found = ratios(waves.samples, 50, 800, method, waves.mask)[0]
    assert len(stream) == 4
    assert not found[~waves.mask[0].numpy()].any()
    for (_, start, end), trace in zip(runs(waves.mask).tolist(), stream, strict=True):
        expected = np.zeros(end - start)  # the first stretch is shorter than the long window
        if end - start >= 800:
            expected = OBSPY[method](trace.data.astype(float), 50, 800)
        np.testing.assert_allclose(found[start:end], expected, rtol=1e-6)


@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_traces_go_together_as_they_go_alone(method):
    rng = np.random.default_rng(2)
    samples = rng.normal(size=(5, 4000))
    mask = np.ones(samples.shape, bool)
    mask[1, 1000:1003] = mask[3, 1000:1003] = mask[4, 3990:] = False
    at_once = ratios(samples, 20, 300, method, mask)
    for row in range(5):
        alone = ratios(samples[row], 20, 300, method, mask[row : row + 1])
        np.testing.assert_allclose(at_once[row], alone[0], rtol=1e-12)


@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_dead_and_broken_samples_give_numbers(method):
    samples = np.random.default_rng(3).normal(size=(2, 1000))
    samples[0] = 0
    samples[1, 500] = np.nan
    found = ratios(samples, 5, 50, method)
    assert np.isfinite(found).all()
    assert not found[0].any()
    assert not found[1, 500:549].any()
    assert (found[1, 560:] > 0).all()
