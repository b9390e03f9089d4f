"""The operator `trajectory`."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Literal

from seisdsl.data.series import Series
from seisdsl.data.trajectory import Trajectory
from seisdsl.language.types import Instant, Time, TimeRange
from seisdsl.operator import Facts, Operator, Unsuitable, param

if TYPE_CHECKING:
    from seisdsl.data.trajectory import Fitted
    from seisdsl.operators.displacement._model import How

SHORTEST = 1.5  # years: less does not tell a season from a trend
DECAYS = {
    "none": (),
    "log": ("log",),
    "exponential": ("exponential",),
    "log-exponential": ("log", "exponential"),
    "two-logs": ("log", "log"),
    "two-logs-exponential": ("log", "log", "exponential"),
}


class FitTrajectory(Operator, name="trajectory"):
    """Fit a line, seasons, steps and the decay after an earthquake to each component of each site.

    Steps are those that the series know: put `steps` before it. `decay=log-exponential` is Tobita's
    form a ln(1 + t/b) - d exp(-t/e) + V t + c, whose time constants all sites share unless
    `shared=false`; named in `constants` they are taken as they are. Each that is searched for comes
    with its 95 % interval, and one that the data do not tell is told of: three decays and a line look
    much alike in a few years of data. Positions are weighted by their errors, and the day of a step
    counts for nothing. Errors of the amplitudes come from white and
    flicker noise that is measured in the residuals over 1 to 64 days: noise that is slower than
    that, such as a random walk, is not in them, and time constants are taken as if they were known.

    `residual` takes the fit away, `forecast` goes on with it, `save` writes its table.
    """

    cite = (
        "Bevis and Brown 2014, doi:10.1007/s00190-013-0685-5",
        "Tobita 2016, doi:10.1186/s40623-016-0422-4",
        "Williams 2003, doi:10.1007/s00190-002-0283-4",
    )
    example = "simulate-displacement stations=4 | trajectory decay=log-exponential | show"
    tags = ("GNSS", "displacement", "regression", "postseismic")
    version = 2

    decay: Literal["none", "log", "exponential", "log-exponential", "two-logs", "two-logs-exponential"] = (
        param("none", "what follows the earthquake")
    )
    constants: list[Time] | None = param(None, "time constants in that order; searched for where not given")
    shared: bool = param(True, "whether all sites have the same time constants")
    since: Instant | None = param(None, "of the earthquake; the first epoch where not given")
    degree: int = param(
        1, "of the polynomial: 0, 1 is a steady rate, 2 has an acceleration", at_least=0, at_most=2
    )
    seasons: int = param(2, "0: none, 1: annual, 2: semi-annual too", at_least=0, at_most=2)
    time: TimeRange | None = param(None, "the data that are fitted; all where not given")
    weighted: bool = param(True, "whether positions count by their errors")
    noise: Literal["white", "flicker"] = param("flicker", "what the errors of the amplitudes allow for")

    def facts(self, piped: Facts) -> Facts:
        wanted = len(DECAYS[self.decay])
        if self.constants is not None and len(self.constants) != wanted:
            raise Unsuitable(
                f"`{self.decay}` has {wanted} time constants, found {len(self.constants)}",
                parameter="constants",
            )
        if any(constant <= 0 for constant in self.constants or ()):
            raise Unsuitable("time constants are above zero", parameter="constants")
        return Facts(kind="Trajectory", simulated=piped.simulated)

    def apply(self, series: Series) -> Trajectory:
        from seisdsl.operators.displacement._days import refuse_empty
        from seisdsl.operators.displacement._model import fit, trajectory_of

        used = series if self.time is None else series.within(self.time)
        refuse_empty(used, self.word, self.degree + 2 * self.seasons + 2 * len(DECAYS[self.decay]) + 3)
        span = used.span
        if self.seasons and span is not None and span.seconds < SHORTEST * 31_557_600:
            warnings.warn(
                f"seasons are not told from a trend by {span.seconds / 86400:.0f} days: `seasons=0`",
                stacklevel=2,
            )
        fitted = fit(series, self.how, self.time)
        if not bool(fitted.known.any()):
            raise Unsuitable("no site has enough epochs for what is to be fitted", parameter="seasons")
        _tell_undetermined(fitted, self.shared)
        return trajectory_of(fitted, used)

    @property
    def how(self) -> How:
        from seisdsl.operators.displacement._model import How

        return How(
            self.degree,
            tuple(float(n + 1) for n in range(self.seasons)),
            DECAYS[self.decay],
            tuple(constant / 86400 for constant in self.constants or ()),
            self.shared,
            self.since,
            self.weighted,
            self.noise == "flicker",
            True,
        )


def _tell_undetermined(fitted: Fitted, shared: bool) -> None:
    """Tell of time constants of which the data do not say how long they are at most, or at least."""
    if fitted.between is None:
        return
    for number, kind in enumerate(fitted.decays):
        low, high = fitted.between[:, number].T
        open_ = (low == 0) | (high.isinf())
        if not bool(open_.any()):
            continue
        name = f"{kind}_{number + 1}_time"
        if shared:
            shortest, longest = float(low[0]), float(high[0])
            fits = f"{shortest:.3g} d or more" if shortest > 0 else f"{longest:.3g} d or less"
            fits = fits if shortest > 0 or longest < math.inf else "any value"
            warnings.warn(f"`{name}` is not told by these data: {fits} fits as well", stacklevel=3)
        else:
            count = int(open_.sum())
            warnings.warn(f"`{name}` is not told by the data of {count} of {len(open_)} sites", stacklevel=3)
