"""Waveforms as a network reads them, and that network."""

from __future__ import annotations

import torch

from seisdsl.methods.tremor.waveform import WaveformNetwork, levelled


def test_the_largest_is_one_and_what_was_not_recorded_has_no_part():
    samples = torch.tensor([[1e6, 1e6 + 2, 1e6 - 2, 1e6, 0.0]])
    mask = torch.tensor([[True, True, True, True, False]])
    torch.testing.assert_close(levelled(samples, mask), torch.tensor([[0.0, 1.0, -1.0, 0.0, 0.0]]))


def test_a_dead_channel_stays_zero():
    assert not levelled(torch.full((2, 9), 5.0), torch.ones(2, 9, dtype=torch.bool)).any()


def test_the_first_layer_is_a_bank_of_filters_and_nothing_else():
    network = WaveformNetwork((1, 1024), 3, filters=2, kernel=17)
    pulse = torch.zeros(1, 1, 1024)
    pulse[0, 0, 500] = 1.0
    found = network.first(pulse)[0, :, 492:509].flip(1)
    torch.testing.assert_close(found, network.first.weight[:, 0])
    assert not network.first(torch.zeros(1, 1, 1024)).any()


def test_when_something_comes_counts_only_where_all_values_are_kept():
    torch.manual_seed(1)
    waves = torch.zeros(1, 1, 4096)
    waves[..., 1500:1600] = torch.randn(100)
    for head, same in (("max", True), ("flatten", False)):
        network = WaveformNetwork((1, 4096), 3, filters=2, head=head).eval()
        with torch.no_grad():
            here, later = network(waves), network(waves.roll(512, 2))
        assert torch.allclose(here, later, atol=1e-6) is same


def test_any_number_of_classes_and_components():
    assert WaveformNetwork((3, 4096), 2).eval()(torch.randn(5, 3, 4096)).shape == (5, 2)
