"""The operator `calibrate`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeVar

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.language.types import Probability
from seisdsl.operator import Facts, Operator, Unsuitable, param
from seisdsl.operators.learn._judged import judged

A = TypeVar("A")


class Calibrate(Operator, name="calibrate"):
    """Make a model's probabilities come true on examples that it has not learnt from.

    All logits are divided by one temperature, the one that makes the truth of the examples likeliest.
    It changes no order: what the model names for an example stays the same, unless `bias` gives each
    class a term of its own. Networks are mostly too sure, and then the temperature is above one.

    The examples must be others than those it was trained on, best of a later time. Every class counts
    alike, as in training, so that probabilities are those of a world in which classes come alike
    often; `prior` says how often they come where the model is to be used. What one temperature cannot
    mend, such as a station where the model is wrong and sure, stays: `score` shows it.
    """

    cite = "Guo, Pleiss, Sun and Weinberger 2017, arXiv:1706.04599"
    example = (
        "let data = simulate two-events duration=4min | spectrogram\n"
        "  | examples window=30s hop=10s classes=[noise, earthquake]\n"
        "data | train (DiET frames=8 width=2) epochs=1 | calibrate data=data | show"
    )
    tags = ("learning", "network", "probability")

    bias: bool = param(False, "whether each class gets a term of its own besides")
    balance: bool = param(True, "whether every class counts alike, as `train` has it")
    prior: list[Probability] | None = param(
        None, "how often each class comes in operation, in the order of the model's classes"
    )

    def facts(self, piped: Facts) -> Facts:
        if self.prior and not (min(self.prior) > 0 and math.isclose(sum(self.prior), 1, abs_tol=1e-6)):
            raise Unsuitable("probabilities of classes are above zero and add up to one", parameter="prior")
        return Facts(simulated=piped.simulated)

    def apply(self, model: Model[A, Scores], *, data: Examples[A]) -> Model[A, Scores]:
        import torch

        from seisdsl.methods.learn.calibration import calibrated, counted_alike, loss_of

        weights = model.weights
        plain = replace(model, weights=replace(weights, temperature=1.0, bias=()))
        logits, truth, chosen = judged(plain.each(data.values), data.labels)
        classes = weights.classes
        if missing := [name for n, name in enumerate(classes) if not bool((truth == n).any())]:
            raise Unsuitable(
                f"no example of {', '.join(missing)} is among those to calibrate by", parameter="data"
            )
        share = (
            counted_alike(truth, len(classes))
            if self.balance
            else torch.full((len(truth),), 1 / len(truth), dtype=torch.float64, device=truth.device)
        )
        temperature, bias = calibrated(logits, truth, share, self.bias)
        own = logits.new_tensor(bias) if bias else 0.0
        said = {
            "examples": len(chosen),
            "nll_before": round(float(loss_of(logits, truth, share)), 6),
            "nll_after": round(float(loss_of(logits / temperature + own, truth, share)), 6),
        }
        fitted = replace(
            weights,
            temperature=temperature,
            bias=self._shifted(model, bias),
            trained={**weights.trained, "calibration": said},
            simulated=weights.simulated or data.simulated,
        )
        return replace(model, weights=fitted)

    def _shifted(self, model: Model[A, Scores], bias: list[float]) -> tuple[float, ...]:
        """The bias with what the prior adds to logits that were learnt with all classes alike often."""
        classes = model.weights.classes
        if self.prior is None:
            return tuple(bias)
        if len(self.prior) != len(classes):
            raise Unsuitable(
                f"the model tells {len(classes)} classes apart, {', '.join(classes)}, and "
                f"{len(self.prior)} probabilities are given",
                parameter="prior",
            )
        if "quiet" in type(model.operator).model_fields:
            raise Unsuitable(
                f"`{model.operator.word}` itself takes into account how rare events are",
                parameter="prior",
                repair=f"write `{model.operator.word} quiet={100 * self.prior[0]:g}%` where it is trained",
            )
        bias = bias or [0.0] * len(classes)
        return tuple(b + math.log(p * len(classes)) for b, p in zip(bias, self.prior, strict=True))
