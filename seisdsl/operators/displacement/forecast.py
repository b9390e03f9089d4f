"""The operator `forecast`."""

from __future__ import annotations

from seisdsl.data.series import Series
from seisdsl.data.trajectory import Trajectory, kept_rows
from seisdsl.language.types import Instant, Time
from seisdsl.operator import Facts, Operator, Unsuitable, param


class Forecast(Operator, name="forecast"):
    """Go on with a trajectory beyond the data that it was fitted to.

    Gives a series with errors: those of the fit, and the white and flicker noise that a position of
    that day will have. Time constants are taken as known, and nothing says that the ground goes on as
    before: an extrapolation of a year's decay over many years is worth little whatever its errors say.
    `residual` compares it with what came; `back=true` has the fitted days in it too, of each site from its
    first on.
    """

    cite = "Tobita 2016, doi:10.1186/s40623-016-0422-4"
    example = "simulate-displacement stations=4 | trajectory decay=two-logs | forecast ahead=365d | show"
    tags = ("GNSS", "displacement", "postseismic", "forecast")
    version = 2

    ahead: Time = param("365d", "how far beyond the last day that was fitted", above="0d")
    until: Instant | None = param(None, "up to here instead")
    back: bool = param(False, "whether the fitted days are given too")

    def facts(self, piped: Facts) -> Facts:
        return Facts(kind="Series", simulated=piped.simulated)

    def apply(self, trajectory: Trajectory) -> Series:
        import torch

        from seisdsl.methods.displacement.regression import flicker_response
        from seisdsl.operators.displacement._model import columns_at, value_at

        fitted = trajectory.model
        if fitted is None:
            raise Unsuitable(
                "this table does not know its functions any more", repair="pipe `trajectory` itself"
            )
        last = fitted.span.end - 1
        end = self.until if self.until is not None else last + round(self.ahead * 1e9)
        step = max(fitted.interval, 1)
        ahead = torch.arange(last + step, end + 1, step)
        if not len(ahead):
            raise Unsuitable("that is not beyond the last day that was fitted", parameter="until")
        before = torch.arange(last, fitted.span.start - 1, -step).flip(0) if self.back else ahead[:0]
        epochs = torch.cat([before, ahead])
        made = columns_at(fitted, epochs)
        own = (made[:, None] @ fitted.covariance * made[:, None]).sum(-1)
        days = step / 86_400e9
        wander = (flicker_response(len(ahead), made) ** 2).cumsum(0) * (days / 365.25) ** 0.5
        grown = torch.cat([made.new_zeros(len(before)), wander])
        variance = own + fitted.white[..., None] ** 2 + fitted.flicker[..., None] ** 2 * grown
        kept = kept_rows(trajectory)
        rows = [[(site.name, name) in kept for name in fitted.components] for site in fitted.sites]
        begun = _first_days(trajectory)
        first = [[begun.get((site.name, name), 0) for name in fitted.components] for site in fitted.sites]
        mask = (torch.tensor(rows) & fitted.known)[..., None] & (epochs >= torch.tensor(first)[..., None])
        return Series(
            value_at(fitted, epochs).masked_fill(~mask, 0),
            mask,
            epochs,
            fitted.sites,
            fitted.components,
            fitted.unit,
            variance.clamp_min(0).sqrt().masked_fill(~mask, 0),
            fitted.steps,
            trajectory.simulated,
        )


def _first_days(trajectory: Trajectory) -> dict[tuple[str, str], int]:
    import polars as pl

    rows = trajectory.frame.select("site", "component", pl.col("first").dt.timestamp("ns")).rows()
    return {(site, component): first for site, component, first in rows}
