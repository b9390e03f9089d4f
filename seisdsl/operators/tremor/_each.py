"""Scores of examples, each of one station and one window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from seisdsl.data.scores import Scores
from seisdsl.operators.tremor._stations import instruments

if TYPE_CHECKING:
    from seisdsl.data.spectrogram import Spectrogram
    from seisdsl.data.waves import Waves
    from seisdsl.data.weights import Weights
    from seisdsl.learning import Learned

T = TypeVar("T", "Waves", "Spectrogram")


def scores_of_each(
    method: Learned,
    values: Sequence[T],
    weights: Weights,
    window: float,
    middle: Callable[[T], int],
    tile: int,
) -> list[Scores]:
    """One score for each value, at its middle; of a dead channel, none."""
    found: list[Scores] = []
    network = None
    for at in range(0, len(values), tile):
        part = values[at : at + tile]
        rows = method.inputs(part)
        network = network or method.loaded(weights, rows.device)
        clear = rows.flatten(1).any(1)
        logits = method.logits(rows, weights, network, tile).masked_fill(~clear[:, None], 0)
        for value, own, known in zip(part, logits, clear, strict=True):
            station = next(iter(instruments(value.channels, "vertical")))
            found.append(
                Scores(
                    own[None, :, None],
                    known.view(1, 1),
                    weights.classes,
                    start=middle(value),
                    step=window,
                    window=window,
                    channels=(station,),
                    simulated=value.simulated or weights.simulated,
                )
            )
    return found
