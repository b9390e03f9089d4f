"""The types that flow can be kept: what the store gives back is what it was given."""

from __future__ import annotations

import polars
import pytest
import torch
from data.made import field, scores, series

from seisdsl.data.metrics import Metric, Metrics
from seisdsl.data.motion import Motion
from seisdsl.data.series import Series
from seisdsl.data.show import summary
from seisdsl.engine.packing import packed, unpacked

MOTION = Motion.of({"time": [1], "pga": [3.5], "sa_1": [0.1]}, extra=Motion.spectral([1.0]))


@pytest.mark.parametrize(
    "value",
    [scores(), series(), field(), MOTION, Metrics({"delay": Metric(120, "ms", low=100.0, number=9)}, 0.9)],
    ids=lambda value: type(value).__name__,
)
def test_a_kept_value_comes_back_whole(value):
    back = unpacked(packed(value))
    assert type(back) is type(value)
    assert summary(back) == summary(value)
    for name, given in vars(value).items():
        if isinstance(given, torch.Tensor):
            assert torch.equal(getattr(back, name), given), name
        elif isinstance(given, polars.DataFrame):
            assert getattr(back, name).equals(given), name
        elif name != "axes":
            assert getattr(back, name) == given, name


def test_sites_and_steps_come_back_as_such():
    back = unpacked(packed(series()))
    assert isinstance(back, Series)
    assert (back.sites, back.steps) == (series().sites, series().steps)
