"""The operator `score`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, overload

from seisdsl.data.examples import Examples
from seisdsl.data.groups import Groups
from seisdsl.data.metrics import Metrics
from seisdsl.data.motion import Flatfile
from seisdsl.data.scores import Scores
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.language.types import Length, Probability, Time, Type, is_a
from seisdsl.operator import Facts, Operator, Signature, Unsuitable, param
from seisdsl.operators.learn import _classes, _found, _predicted

_FIELDS = {"Examples": _classes.FIELDS, "Picks": _found.PICK_FIELDS, "Flatfile": _predicted.FIELDS}


class Score(Operator, name="score"):
    """Judge what a method gives by the truth: labelled examples, picks or events.

    Of examples: how many are named right, over all and class by class; `balanced_accuracy`, in which
    classes count alike; `calibration_error`, by which the probability of the named class is off, in 15
    bins; `nll`; `auc`; and the tables `confusion`, `reliability` and `by_class`. With `quiet`, how
    many false alarms a station gives in a day of records that are mostly noise, and the precision then:
    tests in which classes come alike often flatter. Examples of which nothing could be judged are
    left out, and `judged` says how many are not. Scores must be those of classes that come alike
    often, as models give them for examples.

    Of picks and events, `truth` names the true ones: they pair off one to one, as many as can, the
    nearest. Events pair that are within `within` in time, or last at one time, and within `distance`;
    groups count by episode, and lie where their surest stations are. Of `kind=tremor`, `mistaken` is
    the share that is a true event of another kind. The truth must be of the time and the stations
    that were looked at, and hold only what can be expected to be found.

    Of a flat-file that a model has predicted: by how much observations differ, of amplitudes in log10:
    `rmse`, `bias`, `sd`, `mean_ratio` (geometric) of predicted to observed, `tau` between events and `phi` within
    them, `in_interval` and `out_of_domain` as shares, and the tables `by_magnitude` and `by_distance`.
    Intervals come from drawing events again.

    Intervals come from drawing stations, or hours, again with replacement: what one station gets
    wrong it gets wrong together. Where there are fewer than five, none is given; and where nothing was
    wrong in any, an interval from 1 to 1 says no more than that.
    """

    cite = (
        "Guo, Pleiss, Sun and Weinberger 2017, arXiv:1706.04599",
        "Efron and Tibshirani 1993, An Introduction to the Bootstrap, Chapman and Hall",
    )
    example = "let found = simulate two-events | sta-lta on=4\nfound | score truth=found"
    tags = ("truth", "metrics", "learning")

    by: Literal["station", "time", "event", "none"] = param(
        "station", "what is drawn again for the intervals of examples; none: each example by itself"
    )
    block: Time = param("1h", "how long what is drawn by time is", above="0s")
    draws: int = param(1000, "how often it is drawn", at_least=100, at_most=100_000)
    confidence: Probability = param(0.95, "of the intervals", above=0, below=1)
    seed: int = param(1, "the same seed gives the same intervals", at_least=0)
    balance: bool = param(
        True, "whether every class counts alike in `calibration_error` and `nll`, as it does in training"
    )
    quiet: Probability | None = param(
        None, "share of records that is noise alone, for false alarms in a day", above=0, below=1
    )
    within: Time | None = param(
        None, "how far apart in time pairs may be; half a second of picks, a minute of events", above="0s"
    )
    distance: Length = param("50km", "how far apart pairs of events may be", above="0m")
    kind: str | None = param(None, "the kind of events to judge, such as tremor; all alike where not given")

    def facts(self, piped: Facts) -> Facts:
        return Facts(simulated=piped.simulated)

    @classmethod
    def gives(
        cls, inputs: Mapping[str, Type], arguments: Mapping[str, Type], signature: Signature
    ) -> Type | None:
        if super().gives(inputs, arguments, signature) is None or signature.piped is None:
            return None
        piped = signature.piped.type.name
        true = Type("Picks" if piped == "Picks" else "Catalog")
        if "truth" in inputs and not is_a(inputs["truth"], true):
            return None
        fields = _FIELDS.get(piped, _found.EVENT_FIELDS)
        return Type("Metrics", fields=tuple(fields.items()))

    def tolerance(self, usual: float) -> float:
        return usual if self.within is None else self.within

    @overload
    def apply(self, given: Examples[Scores]) -> Metrics: ...
    @overload
    def apply(self, given: Picks, *, truth: Table) -> Metrics: ...
    @overload
    def apply(self, given: Catalog, *, truth: Table) -> Metrics: ...
    @overload
    def apply(self, given: Groups, *, truth: Table) -> Metrics: ...
    @overload
    def apply(self, given: Flatfile) -> Metrics: ...
    def apply(self, given: Any, *, truth: Any = None) -> Metrics:
        if isinstance(given, Examples):
            if self.quiet is not None and "noise" not in given.labels:
                raise Unsuitable(
                    "false alarms are told by examples of noise, and there is none", parameter="quiet"
                )
            return _classes.of_classes(given, self)
        if isinstance(given, Flatfile):
            return _predicted.of_flatfile(given, self)
        return (
            _found.of_picks(given, truth, self)
            if isinstance(given, Picks)
            else _found.of_events(given, truth, self)
        )
