"""Anything on a grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from data.made import SECOND, field

from seisdsl.data.arrays import read_npz
from seisdsl.data.describe import as_data
from seisdsl.data.field import Axis, Field
from seisdsl.data.save import files
from seisdsl.data.show import summary
from seisdsl.language.types import TimeRange


def assert_same(a, b):
    assert torch.equal(a.values, b.values)
    assert torch.equal(a.mask, b.mask)
    assert (a.name, a.unit, a.simulated) == (b.name, b.unit, b.simulated)
    for one, two in zip(a.axes, b.axes, strict=True):
        assert (one.name, one.unit) == (two.name, two.unit)
        assert torch.equal(one.values, two.values)


def test_parts_in_time_joined_are_the_whole():
    given = field()
    parts = [given.within(TimeRange(*edges)) for edges in ((2 * SECOND, 9 * SECOND), (0, 2 * SECOND))]
    assert [part.values.shape[0] for part in parts] == [2, 2]
    assert_same(Field.joined(parts), given)
    assert given.span == TimeRange(0, 3 * SECOND + 1)


def test_a_field_without_times_has_no_parts():
    given = field()
    still = replace(given, values=given.values[0], mask=given.mask[0], axes=given.axes[1:])
    assert still.within(TimeRange(5, 6)) is still
    assert still.span is None
    with pytest.raises(ValueError, match="without times"):
        Field.joined([still, still])


def test_other_grids_are_not_joined():
    moved = field(axes=(*field().axes[:2], Axis("longitude", torch.tensor([1.0, 2, 3]), "deg")))
    with pytest.raises(ValueError, match="different grids"):
        Field.joined([field(), moved])


def test_axes_must_fit_the_values():
    with pytest.raises(ValueError, match="do not fit"):
        field(axes=field().axes[::-1])


def test_npz_gives_the_same_field_back(tmp_path):
    [(name, write)] = files(field(), "f.npz")
    write(tmp_path / name)
    assert_same(read_npz(tmp_path / name), field())
    assert np.isnan(field().to_numpy()[1, 0, 0])


def test_it_shows_itself():
    assert summary(field()).splitlines() == [
        "Field, simulated: velocity in m/s, 0 to 23, 4.2% gaps",
        "  time: 4, 1970-01-01T00:00:00Z to 1970-01-01T00:00:03Z",
        "  latitude: 2, 38 to 39 deg",
        "  longitude: 3, 141 to 143 deg",
    ]
    assert as_data(field())["axes"]["latitude"] == {"size": 2, "unit": "deg"}
