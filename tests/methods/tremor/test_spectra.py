"""Spectra that fall by a known power of frequency."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from seisdsl.methods.tremor.energy import Motion
from seisdsl.methods.tremor.spectra import exponent

FREQUENCY = torch.linspace(2.25, 7.75, 12).double()


def motion(powers: list[float], error: float = 1e-9) -> Motion:
    """One source at a station for each power of frequency."""
    net = torch.stack([FREQUENCY**power for power in powers])[None]
    known = torch.ones(1, len(powers), dtype=torch.bool)
    return Motion(net, torch.full_like(net, error), torch.zeros_like(net), known)


def used(seen: Motion, *but: int) -> Tensor:
    taken = seen.known.clone()
    taken[:, list(but)] = False
    return taken


def test_it_is_the_median_of_the_stations_that_take_part():
    seen = motion([-4.0, -2.5, -1.0, 3.0])
    assert float(exponent(seen, used(seen, 3), FREQUENCY)) == pytest.approx(-2.5)
    assert float(exponent(seen, used(seen, 0, 1), FREQUENCY)) == pytest.approx(1.0)


def test_it_is_numpys_line_through_the_bands_that_stand_out_of_the_noise():
    rng = np.random.default_rng(0)
    seen = motion([-3.0])
    net = seen.net * torch.from_numpy(np.exp(rng.normal(0, 0.3, 12)))
    net[..., 4:6] = -1.0
    loud = np.delete(np.arange(12), [4, 5])
    expected = np.polyfit(FREQUENCY.log()[loud].numpy(), net[0, 0].log()[loud].numpy(), 1)[0]
    found = exponent(seen._replace(net=net), seen.known, FREQUENCY)
    assert float(found) == pytest.approx(expected)


def test_where_nothing_stands_out_it_is_infinite_and_so_no_tremor():
    seen = motion([-3.0], error=1e9)
    assert float(exponent(seen, seen.known, FREQUENCY)) == float("inf")
    assert float(exponent(motion([-3.0]), used(motion([-3.0]), 0), FREQUENCY)) == float("inf")
