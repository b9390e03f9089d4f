"""Waves to pick on."""

import numpy as np
import pytest
import torch

from seisdsl.data.waves import Channel, Waves

START = 1_500_000_000_000_000_000


@pytest.fixture
def waves_of():
    """Waves from an array, one trace for each name such as "A.Z"; `mask` is False in the gaps."""

    def build(samples, names, mask=None, rate=100.0, **more):
        samples = torch.as_tensor(np.asarray(samples))
        mask = torch.ones_like(samples, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
        channels = tuple(Channel("XX", name.split(".")[0], "", "HH" + name.split(".")[1]) for name in names)
        return Waves(samples.masked_fill(~mask, 0), mask, rate, START, channels, **more)

    return build


@pytest.fixture
def seconds_of():
    """Times of a table in seconds after the start of the waves."""
    return lambda table: ((table.frame["time"].to_physical() - START) / 1e9).to_list()
