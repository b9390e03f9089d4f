"""Running-spectral images, and the network that keeps frequency in its place."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seisdsl.methods.tremor.srspec import SRSpec, images, rolled


def random_power(*shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(3).lognormal(size=shape) * 1e-12)


def test_columns_between_windows_are_interpolated_and_stretched_as_numpy_does():
    power = random_power(2, 8, 30)
    places = np.array([[0.0, 1.25, 7.0, 7.5], [20.0, 22.9, 28.0, 28.999]])
    found, known = images(power, torch.ones(2, 30, dtype=torch.bool), torch.from_numpy(places))
    assert bool(known.all())
    for trace in range(2):
        for number, at in enumerate(places):
            level = np.log10(power[trace].numpy())
            expected = np.array([np.interp(at, np.arange(30), row) for row in level])
            low, high = np.percentile(expected, 5), expected.max()
            expected = np.clip((expected - low) / (high - low), 0, 1)
            np.testing.assert_allclose(found[trace, number].numpy(), expected, atol=1e-5)


def test_gain_does_not_count():
    power, mask, at = random_power(1, 8, 30), torch.ones(1, 30, dtype=torch.bool), torch.arange(30.0)[None]
    one, other = (images(power * gain, mask, at.double())[0] for gain in (1.0, 1e9))
    torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_a_column_beside_an_unrecorded_window_is_black_and_changes_nothing_else():
    power, mask = random_power(1, 8, 30), torch.ones(1, 30, dtype=torch.bool)
    mask[0, 10] = False
    at = torch.tensor([[7.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0]]).double()
    found, known = images(power.masked_fill(~mask[:, None], 0), mask, at)
    assert known[0, 0].tolist() == [True, True, True, False, False, False, True]
    assert not found[0, 0][:, ~known[0, 0]].any()
    kept, _ = images(power, torch.ones_like(mask), at[:, known[0, 0]])
    torch.testing.assert_close(found[0, 0][:, known[0, 0]], kept[0, 0])


def test_a_dead_channel_and_columns_outside_the_record_are_not_known():
    at = torch.tensor([[-0.5, 0.0, 2.0, 2.5]]).double()
    mask = torch.ones(1, 3, dtype=torch.bool)
    dead, known = images(torch.zeros(1, 8, 3), mask, at)
    assert not known.any()
    assert not dead.any()
    _, known = images(random_power(1, 8, 3), mask, at)
    assert known[0, 0].tolist() == [False, True, True, False]


def test_rows_are_rolled_each_by_its_own():
    rows = torch.randn(4, 2, 3, 10)
    shift = torch.tensor([0, 3, -4, 12])
    expected = torch.stack([row.roll(int(by), -1) for row, by in zip(rows, shift, strict=True)])
    assert torch.equal(rolled(rows, shift), expected)


@pytest.mark.parametrize("head", ["max", "flatten"])
@pytest.mark.parametrize("channels", [4, 32])
def test_both_ways_of_pooling_have_as_many_weights(head, channels):
    one, other = (
        sum(part.numel() for part in SRSpec((1, 64, 64), 3, pooling, head, channels).parameters())
        for pooling in ("time", "both")
    )
    assert abs(one / other - 1) < 0.01


def test_a_shift_in_time_changes_nothing_and_one_in_frequency_does():
    torch.manual_seed(1)
    network = SRSpec((1, 64, 64), 3, channels=4).eval()
    image = torch.zeros(1, 1, 64, 64)
    image[..., 10:14, 20:24] = torch.rand(4, 4)
    with torch.no_grad():
        here, later, higher = (network(i) for i in (image, image.roll(8, 3), image.roll(8, 2)))
    torch.testing.assert_close(here, later)
    assert float((here - higher).abs().max()) > 1e-3


def test_time_has_no_edge():
    """What leaves at one end comes in at the other, and nothing tells where the ends were."""
    torch.manual_seed(1)
    network = SRSpec((1, 64, 64), 3, channels=4).eval()
    images = torch.rand(3, 1, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(network(images), network(images.roll(12, 3)))


def test_where_all_is_pooled_frequency_is_lost():
    torch.manual_seed(1)
    network = SRSpec((1, 64, 64), 3, "both", "global", channels=4).eval()
    image = torch.zeros(1, 1, 64, 64)
    image[..., 20:24, 20:24] = torch.rand(4, 4)
    with torch.no_grad():
        torch.testing.assert_close(network(image), network(image.roll(8, 2)))
