"""Examples of scores whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from seisdsl.data.examples import Examples
from seisdsl.data.scores import Scores
from seisdsl.data.waves import NS, Channel

CLASSES = ("noise", "earthquake", "tremor")
DAY = 86_400


def scored(
    logits: torch.Tensor,
    labels: Sequence[str],
    stations: int = 10,
    window: float = 60.0,
    known: Sequence[bool] | None = None,
    classes: tuple[str, ...] = CLASSES,
) -> Examples[Scores]:
    """One window each, of one station after the other, an hour apart."""
    values, groups = [], {"time": [], "station": [], "event": []}
    for number, row in enumerate(logits):
        station = f"S{number % stations:02d}"
        mask = torch.tensor([[True if known is None else known[number]]])
        start = number * 3600 * NS
        channel = Channel("XX", station, "", "HH")
        values.append(Scores(row[None, :, None], mask, classes, start, window, window, (channel,)))
        for key, of in zip(groups, (start, f"XX.{station}", ""), strict=True):
            groups[key].append(of)
    return Examples(
        tuple(values), tuple(labels), groups={k: tuple(v) for k, v in groups.items()}, classes=classes
    )


def answers(truth: Sequence[str], named: Sequence[str], sure: float = 0.9) -> torch.Tensor:
    """Logits that give the named class a probability."""
    other = (1 - sure) / (len(CLASSES) - 1)
    rows = [[sure if name == own else other for name in CLASSES] for own in named]
    return torch.tensor(rows).log()
