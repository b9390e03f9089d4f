"""Short-term and long-term averages against obspy and scalar loops."""

from pathlib import Path

import numpy as np
import obspy
import pytest
import torch
from obspy.signal.trigger import classic_sta_lta, recursive_sta_lta

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.methods.pick import stalta
from seisdsl.methods.pick.runs import runs
from seisdsl.methods.pick.stalta import FADING, averages, leaky_mean, moving_means, ratio
from seisdsl.methods.pick.stalta import ratios as ratios_of

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
    for means, length in zip(
        moving_means(torch.as_tensor(values)[None], short, long), (short, long), strict=True
    ):
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


def explicit(energy, start, length, method):
    """The mean at the last of some energies of a run that begins at `start`, straight from its definition."""
    if method == "classic":
        return energy[-length:].sum() / length
    recent = energy[start + 1 :][-FADING * length :][::-1]
    return (recent * (1 - 1 / length) ** np.arange(len(recent))).sum() / length


@pytest.mark.parametrize("method", ["classic", "recursive"])
@pytest.mark.parametrize("in_cache", [2**17, 2**9])
def test_any_tiles_give_the_means_of_the_definition(monkeypatch, method, in_cache):
    """Long runs and short ones, and those too short to tell anything."""
    monkeypatch.setattr(stalta, "IN_CACHE", in_cache)
    monkeypatch.setattr(stalta, "LONG", 400)
    samples = np.random.default_rng(4).normal(size=(4, 3000)) * np.geomspace(1, 100, 3000)
    mask = np.ones(samples.shape, bool)
    mask[1, [500, 620, 640, 800, 2000]] = mask[3, 0:2990:150] = False
    samples[~mask] = 0
    kept = samples.copy()
    found = averages(torch.as_tensor(samples), torch.as_tensor(mask), 7, 50, method)
    assert np.array_equal(samples, kept)
    warm = 49 if method == "classic" else 50
    for trace, n in np.random.default_rng(5).integers((0, 0), (4, 3000), (400, 2)):
        gaps = np.flatnonzero(~mask[trace, : n + 1])
        start = gaps[-1] + 1 if len(gaps) else 0
        for means, length in zip(found, (7, 50), strict=True):
            told = n - start >= warm
            expected = explicit(samples[trace, : n + 1] ** 2, start, length, method) if told else 0.0
            assert means[trace, n].item() == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_ratios_are_those_of_the_averages(method):
    samples = torch.randn(2, 4000, generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[1, 700] = False
    found = ratios_of(samples, mask, 20, 300, method)
    expected = ratio(*averages(samples, mask, 20, 300, method))
    torch.testing.assert_close(found, expected.float())


@pytest.mark.gpu
@pytest.mark.parametrize("method", ["classic", "recursive"])
def test_a_gpu_gives_the_same(method):
    samples = torch.randn(3, 40_000, generator=torch.Generator().manual_seed(0))
    mask = torch.rand(samples.shape, generator=torch.Generator().manual_seed(1)) > 0.0005
    here = averages(samples, mask, 20, 300, method)
    there = averages(samples.cuda(), mask.cuda(), 20, 300, method)
    for one, other in zip(here, there, strict=True):
        torch.testing.assert_close(other.cpu(), one, rtol=1e-10, atol=0)


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
