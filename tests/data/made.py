"""Values that several tests of this folder look at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from seisdsl.data.field import Axis, Field
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series, Site, Step
from seisdsl.data.waves import Channel

SECOND = 10**9
START = 1_471_219_200 * SECOND
DAY = 86400 * SECOND
BEGIN = 14_000 * DAY + DAY // 2
ONE, TWO = Channel("N", "S1N01", "", "EH", 38.5, 142.0, -1500.0), Channel("N", "S1N02", "", "EH")


def scores(windows=8, channels=(ONE, TWO), **changes):
    logits = torch.from_numpy(np.random.default_rng(1).normal(size=(len(channels), 3, windows)))
    mask = torch.ones(len(channels), windows, dtype=torch.bool)
    mask[:1, 2:3] = False
    logits[:1, :, 2:3] = 0
    given = Scores(logits, mask, ("noise", "earthquake", "tremor"), START, 30.0, 163.84, channels)
    return replace(given, **changes)


def field(**changes):
    values = torch.arange(24.0).reshape(4, 2, 3)
    mask = torch.ones(4, 2, 3, dtype=torch.bool)
    mask[1, 0, 0] = False
    axes = (
        Axis("time", SECOND * torch.arange(4)),
        Axis("latitude", torch.tensor([38.0, 39.0]), "deg"),
        Axis("longitude", torch.tensor([141.0, 142.0, 143.0]), "deg"),
    )
    return replace(
        Field(values.masked_fill(~mask, 0), mask, axes, "velocity", "m/s", simulated=True), **changes
    )


def series(**changes):
    """Two sites, five days; G008 lacks the third day, G019 the first."""
    values = torch.from_numpy(np.random.default_rng(3).normal(size=(2, 3, 5)))
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    mask[0, :, 2] = mask[1, :, 0] = False
    mask[1, 2, 4] = False  # the vertical alone
    given = Series(
        values.masked_fill(~mask, 0),
        mask,
        BEGIN + DAY * torch.arange(5),
        (Site("G008", 38.3, 141.5, 71.25), Site("G019")),
        steps=(Step(BEGIN + 3 * DAY, "G008", "2011-03-11 M 9.0"),),
        sigma=torch.full((2, 3, 5), 0.7, dtype=torch.float64).masked_fill(~mask, 0),
    )
    return replace(given, **changes)
