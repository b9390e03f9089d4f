"""A network with its norms in its convolutions says the same."""

from __future__ import annotations

import torch
from torch import nn

from seisdsl.methods.learn.fusing import fused


def test_it_says_the_same():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Conv2d(3, 1, 1))
    rows = torch.randn(4, 2, 8, 8)
    for _ in range(5):
        network(rows)
    expected = network.eval()(rows)
    assert torch.allclose(fused(network)(rows), expected, atol=1e-6)
    assert isinstance(network[1], nn.Identity)
