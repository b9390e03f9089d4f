"""How well classes are told: sums over examples, and the numbers that follow from them.

The sums are kept by group, so that drawing the groups again with replacement is a product of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

BINS = 15  # of the probability of the class that is named
AT_ONCE = 2**22  # numbers of a tile of draws


@dataclass(frozen=True)
class Sums:
    """Over the examples of each group or draw, by their true class."""

    named: Tensor  # [group, truth, class that was named]
    loss: Tensor  # [group, truth]: negative log of the probability of the truth
    sure: Tensor  # [group, truth, bin]: probability of the class that was named
    right: Tensor  # [group, truth, bin]: how many were right
    number: Tensor  # [group, truth, bin]: how many there were

    def drawn(self, times: Tensor) -> Sums:
        """Those of draws: `times` [draw, group] says how often each group came."""
        parts = (self.named, self.loss, self.sure, self.right, self.number)
        return Sums(*((times @ part.flatten(1)).view(len(times), *part.shape[1:]) for part in parts))


def sums(logits: Tensor, truth: Tensor, group: Tensor) -> Sums:
    """Of logits [example, class], true classes and numbers of groups."""
    count, classes = logits.shape
    groups = int(group.max()) + 1 if count else 1
    levels = logits.double().log_softmax(1)
    most, named = levels.max(1)
    loss = -levels[torch.arange(count, device=logits.device), truth]
    bins = (most.exp() * BINS).ceil().long().clamp(1, BINS) - 1

    def added(values: Tensor, *places: tuple[Tensor, int]) -> Tensor:
        """Values added up by group and places."""
        at, shape = group, [groups]
        for place, size in places:
            at, shape = at * size + place, [*shape, size]
        empty = values.new_zeros(int(torch.tensor(shape).prod()))
        return empty.index_add(0, at, values).view(shape)

    one, by_truth, by_bin = torch.ones_like(most), (truth, classes), (bins, BINS)
    return Sums(
        added(one, by_truth, (named, classes)),
        added(loss, by_truth),
        added(most.exp(), by_truth, by_bin),
        added((named == truth).double(), by_truth, by_bin),
        added(one, by_truth, by_bin),
    )


def shares(of: Sums, balance: bool) -> Tensor:
    """What an example of each class counts [draw, truth]: alike, or every class alike."""
    number = of.named.sum(-1)
    if not balance:
        return (1 / number.sum(-1, keepdim=True)).expand_as(number)
    weight = torch.where(number > 0, 1 / number, 0.0)
    return weight / (number > 0).sum(-1, keepdim=True)


def told(of: Sums, balance: bool) -> dict[str, Tensor]:
    """Numbers of each draw, and by class those whose shape is [draw, class]; NaN where not defined."""
    number, named = of.named.sum(-1), of.named.sum(-2)
    right = of.named.diagonal(dim1=-2, dim2=-1)
    recall, precision = right / number, right / named
    f1 = 2 * right / (number + named)
    share = shares(of, balance)
    return {
        "accuracy": right.sum(-1) / number.sum(-1),
        "balanced_accuracy": recall.nanmean(-1),
        "precision": precision.nanmean(-1),
        "recall": recall.nanmean(-1),
        "f1": f1.nanmean(-1),
        "calibration_error": ((of.sure - of.right) * share[..., None]).sum(-2).abs().sum(-1),
        "nll": (of.loss * share).sum(-1),
        "recall_of": recall,
        "precision_of": precision,
        "f1_of": f1,
    }


def reliability(of: Sums, balance: bool) -> tuple[Tensor, Tensor, Tensor]:
    """By bin of the first draw: mean probability, share that was right, and how many there were."""
    share = shares(of, balance)[0, :, None]
    weight = (of.number[0] * share).sum(0)
    return (of.sure[0] * share).sum(0) / weight, (of.right[0] * share).sum(0) / weight, of.number[0].sum(0)


def in_operation(of: Sums, prior: Tensor) -> dict[str, Tensor]:
    """Where classes come as often as `prior` says: by class, false alarms in a window, and precision."""
    rate = of.named / of.named.sum(-1, keepdim=True)
    expected = rate * prior[:, None]
    right = expected.diagonal(dim1=-2, dim2=-1)
    false = expected.nansum(-2) - right
    return {"false": false, "precision": right / (right + false)}


def log_odds(logits: Tensor) -> Tensor:
    """Of each class against all others [example, class]; it stays apart where probabilities are all one."""
    count = logits.shape[1]
    others = logits.double()[:, None].expand(-1, count, -1)
    itself = torch.eye(count, dtype=torch.bool, device=logits.device)
    return logits.double() - others.masked_fill(itself, -torch.inf).logsumexp(-1)


def area(score: Tensor, positive: Tensor, times: Tensor) -> Tensor:
    """Area below the curve of hits against false alarms, for each draw; NaN where a class is missing.

    `times` [draw, example] says how often each example came. Equal scores count by half.
    """
    _, rank = torch.unique(score, return_inverse=True)
    found = []
    tile = max(1, AT_ONCE // max(len(score), 1))
    for part in (times[at : at + tile] for at in range(0, len(times), tile)):
        level = part.new_zeros(len(part), int(rank.max()) + 1)
        hits = level.index_add(1, rank, part * positive)
        misses = level.index_add(1, rank, part * ~positive)
        below = misses.cumsum(1) - misses / 2
        found.append((hits * below).sum(1) / (hits.sum(1) * misses.sum(1)))
    return torch.cat(found)


def draws(groups: int, count: int, seed: int) -> Tensor:
    """How often each group comes [draw, group] where as many as there are are drawn with replacement."""
    chance = torch.Generator().manual_seed(seed)
    drawn = torch.randint(groups, (count, groups), generator=chance)
    times = torch.zeros(count, groups, dtype=torch.float64)
    return times.scatter_add_(1, drawn, torch.ones_like(times))


def interval(values: Tensor, confidence: float) -> tuple[Tensor, Tensor]:
    """The ends between which the given share of draws [draw, ...] lies, without those that are not defined."""
    tail = (1 - confidence) / 2
    return values.nanquantile(tail, dim=0), values.nanquantile(1 - tail, dim=0)
