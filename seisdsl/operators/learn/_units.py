"""Pairs of found and true things, and numbers of them with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seisdsl.data.metrics import Metric

if TYPE_CHECKING:
    from seisdsl.methods.learn.matching import Numbers, Values
    from seisdsl.operators.learn.score import Score

FEWEST = 5  # groups, for an interval


class Units:
    """Pairs, then what was found alone, then what was missed: what is drawn again for intervals."""

    def __init__(self, row: Numbers, column: Numbers, found: int, true: int) -> None:
        import numpy as np

        self.row, self.column = row, column
        self.alone = np.setdiff1d(np.arange(found), row)
        self.missed = np.setdiff1d(np.arange(true), column)
        number = np.arange(len(row) + len(self.alone) + len(self.missed))
        self.right = number < len(row)
        self.found = number < len(row) + len(self.alone)
        self.true = self.right | ~self.found
        self.group: Numbers = number

    def __len__(self) -> int:
        return len(self.group)

    def of(self, found_at: Numbers, true_at: Numbers) -> Numbers:
        import numpy as np

        return np.concatenate([found_at[self.row], found_at[self.alone], true_at[self.missed]])

    def times(self, how: Score) -> Values:
        """How often each unit comes, [draw, unit]: once in the first."""
        import numpy as np

        from seisdsl.methods.learn.quality import draws

        _, group = np.unique(self.group, return_inverse=True)
        groups = int(group.max()) + 1 if len(group) else 0
        once = np.ones((1, len(group)))
        if groups < FEWEST:
            return once
        return np.concatenate([once, draws(groups, how.draws, how.seed).numpy()[:, group]])

    def shares(self, how: Score, ending: str = "", own: Any = None) -> dict[str, Metric]:
        """Precision, recall and F1 of all units, or of some."""
        from seisdsl.methods.learn.matching import shares

        times = self.times(how) * (1.0 if own is None else own)
        right, found, true = (times[:, part].sum(1) for part in (self.right, self.found, self.true))
        numbers = {"precision": found[0], "recall": true[0], "f1": found[0] + true[0] - right[0]}
        metrics: dict[str, Metric] = {}
        for name, values in shares(right, found, true).items():
            if (metric := _metric(values, int(numbers[name]), how)) is not None:
                metrics[f"{name}{ending}"] = metric
        return metrics

    def share(self, part: Any, of: Any, how: Score) -> Metric:
        times = self.times(how)
        metric = _metric(times[:, part].sum(1) / times[:, of].sum(1).clip(1e-300), int(of.sum()), how)
        assert metric is not None
        return metric

    def middle(self, values: Values, how: Score, unit: str) -> Metric:
        """The median of values of the pairs, of those that are known."""
        import numpy as np

        from seisdsl.methods.learn.matching import medians

        known = np.isfinite(values)
        times = self.times(how)[:, : len(values)][:, known]
        metric = _metric(medians(values[known], times), int(known.sum()), how, unit)
        assert metric is not None
        return metric


def _metric(values: Values, number: int, how: Score, unit: str = "") -> Metric | None:
    """The first, with the interval that the others span; None where it is not defined."""
    import numpy as np

    if not np.isfinite(values[0]):
        return None
    drawn = values[1:][np.isfinite(values[1:])]
    tail = (1 - how.confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail]).tolist() if len(drawn) else (None, None)
    return Metric(float(values[0]), unit, low, high, number)
