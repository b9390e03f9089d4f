"""Real records for the signal operators: whole, with gaps, and as obspy has them run by run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import obspy
import pytest
import torch

from seisdsl.data.obspy_waves import waves_from_obspy
from seisdsl.data.waves import Waves


def in_double(stream: obspy.Stream) -> Waves:
    waves = waves_from_obspy(stream, device=torch.device("cpu"))
    return replace(waves, samples=waves.samples.double())


@pytest.fixture
def record() -> Waves:
    """Three components, 30 s at 100 Hz."""
    return in_double(obspy.read())


@pytest.fixture
def gappy(record: Waves) -> Waves:
    """The record with gaps long and short, runs of one and two samples, and a dead component."""
    mask = torch.ones_like(record.mask)
    mask[0, 700:760] = mask[0, 1500] = mask[0, 2999] = False
    mask[1, :13] = mask[1, 40] = mask[1, 42] = mask[1, 45:2000] = False
    mask[2] = False
    return record.with_samples(record.samples, mask=mask)


@pytest.fixture
def assert_like_obspy():
    """Each recorded run came out as obspy makes it from that run alone, and gaps stayed gaps."""

    def check(given: Waves, before: Waves, method: str, *args, shortest: int = 1, **kwargs) -> None:
        assert torch.equal(given.mask, before.mask)
        assert not given.samples[~given.mask].any()
        expected = before.to_obspy()
        for run in expected:
            getattr(run, method)(*args, **kwargs)
        runs = given.to_obspy()
        assert len(runs) == len(expected)
        largest = max(abs(run.data).max() for run in expected)
        for ours, theirs in zip(runs, expected, strict=True):
            assert ours.stats.starttime == theirs.stats.starttime
            if len(ours) >= shortest:
                np.testing.assert_allclose(ours.data, theirs.data, rtol=0, atol=1e-9 * largest)

    return check
