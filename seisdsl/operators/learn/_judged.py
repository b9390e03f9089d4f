"""What scores say of examples, beside their labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seisdsl.data.examples import Examples
from seisdsl.data.scores import Scores
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor


def judged(values: Sequence[Scores], labels: Sequence[str]) -> tuple[Tensor, Tensor, list[int]]:
    """Logits [example, class], the numbers of the true classes, and which examples these are.

    Where an example holds several windows or stations, their log-probabilities are averaged; those
    of which nothing was judged are not among them.
    """
    import torch

    if not values:
        raise Unsuitable("there is no example to judge by")
    classes = values[0].classes
    if any(scores.classes != classes for scores in values):
        raise Unsuitable("the examples were scored by methods with other classes")
    if len(labels) != len(values):
        raise Unsuitable("the examples have no labels", notes=["`examples` gives labelled windows"])
    if strange := sorted(set(labels) - set(classes)):
        raise Unsuitable(f"some examples are {strange[0]}, and the scores are of {', '.join(classes)}")
    found, chosen = [], []
    for number, scores in enumerate(values):
        said = scores.logits.movedim(1, -1)[scores.mask]
        if len(said):
            found.append(said.double().log_softmax(-1).mean(0))
            chosen.append(number)
    if not found:
        raise Unsuitable("no example could be judged: too little of each was recorded")
    logits = torch.stack(found)
    truth = torch.tensor([classes.index(labels[number]) for number in chosen], device=logits.device)
    return logits, truth, chosen


def groups_of(examples: Examples[Scores], chosen: Sequence[int], by: str, block: float) -> Tensor | None:
    """The number of each chosen example's group: of its own where `by` is none; None where nobody knows."""
    import torch

    if by == "none":
        return torch.arange(len(chosen))
    if by not in examples.groups:
        return None
    keys = [examples.groups[by][number] for number in chosen]
    if by == "time":
        keys = [key // round(block * 1e9) for key in keys]
    if by == "event":  # an example without one belongs to no other
        keys = [key or number for number, key in enumerate(keys)]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return torch.tensor([numbers[key] for key in keys])
