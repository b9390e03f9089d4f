"""The traces of each instrument side by side, and nothing of what it lacks."""

from __future__ import annotations

import pytest
import torch

from seisdsl.operators.tremor._stations import stacked


@pytest.mark.parametrize("shape", [(4, 6), (4, 3, 6)])
def test_traces_are_put_together_and_what_is_lacking_is_zero(shape: tuple[int, ...]) -> None:
    values = torch.rand(shape) + 1
    found = stacked(values, [(2, 0, None), (None, None, 3)])
    assert found.shape == (2, 3, *shape[1:])
    for row, numbers in enumerate([(2, 0, None), (None, None, 3)]):
        for part, number in enumerate(numbers):
            wanted = torch.zeros(shape[1:]) if number is None else values[number]
            assert torch.equal(found[row, part], wanted)


def test_a_mask_stays_a_mask() -> None:
    mask = torch.tensor([[True, False], [True, True]])
    assert stacked(mask, [(1, None)]).tolist() == [[[True, True], [False, False]]]
    assert stacked(mask, [(1, 0)]).tolist() == [[[True, True], [True, False]]]
