"""Stretches of true against a walk from sample to sample."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seisdsl.methods.masks import complete, edges


def walked(row):
    """Where stretches of true begin and end."""
    found = [n for n in range(len(row) + 1) if (n < len(row) and row[n]) != (n > 0 and row[n - 1])]
    return list(zip(found[::2], found[1::2], strict=True))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3), st.integers(0, 12), st.data())
def test_every_stretch_of_every_row_is_found(rows, length, data):
    values = data.draw(
        st.lists(st.lists(st.booleans(), min_size=length, max_size=length), min_size=rows, max_size=rows)
    )
    mask = torch.tensor(values, dtype=torch.bool).reshape(rows, length)
    expected = [
        [row * (length + 1) + begin, row * (length + 1) + end]
        for row, line in enumerate(values)
        for begin, end in walked(line)
    ]
    assert edges(mask).tolist() == expected
    assert complete(mask) == all(all(line) for line in values)


@pytest.mark.gpu
def test_a_gpu_finds_the_same():
    mask = torch.rand(3, 1000, generator=torch.Generator().manual_seed(0)) > 0.1
    assert torch.equal(edges(mask.cuda()).cpu(), edges(mask))
    assert not complete(mask.cuda())
