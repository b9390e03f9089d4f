"""Which class scores name for each example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seisdsl.data.scores import Scores
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor


def answers(values: Sequence[Scores], classes: Sequence[str]) -> Tensor:
    """The number of the likeliest class over the judged windows of each; -1 where none was judged."""
    import torch

    found = []
    for scores in values:
        if set(scores.classes) != set(classes):
            raise Unsuitable(
                f"scores of {', '.join(scores.classes)} cannot be judged beside those of {', '.join(classes)}"
            )
        order = [scores.classes.index(name) for name in classes]
        likely = scores.logits.movedim(1, -1)[scores.mask].log_softmax(-1)[:, order]
        found.append(int(likely.mean(0).argmax()) if len(likely) else -1)
    return torch.tensor(found, dtype=torch.long)
