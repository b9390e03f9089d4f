"""The operator `residual`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, overload

from seisdsl.data.series import Series
from seisdsl.data.trajectory import Trajectory, kept_rows
from seisdsl.operator import Facts, Operator, Unsuitable, Upstream


class Residual(Operator, name="residual"):
    """Take what was fitted or forecast away from the series that it belongs to.

    `series | trajectory | residual`, or `series | ... | forecast | residual`: what is left, with the
    errors of the data. Days that were not forecast, days of steps, which are neither before nor after,
    and sites whose row was taken out of the trajectory's table, are gaps. The series is the nearest
    that was piped earlier, or named: `data=`.
    """

    cite = "Bevis and Brown 2014, doi:10.1007/s00190-013-0685-5"
    example = "simulate-displacement slow-slip | trajectory | residual | show"
    tags = ("GNSS", "displacement", "regression")
    version = 2

    def facts(self, piped: Facts) -> Facts:
        return Facts(kind="Series", simulated=piped.simulated)

    @overload
    def apply(self, model: Trajectory, data: Upstream[Series]) -> Series: ...
    @overload
    def apply(self, model: Series, data: Upstream[Series]) -> Series: ...
    def apply(self, model: Any, data: Any) -> Series:
        import torch

        from seisdsl.operators.displacement._days import off_steps
        from seisdsl.operators.displacement._model import value_at

        if isinstance(model, Series):
            forecast, there = _at(model, data)
        else:
            fitted = model.model
            if fitted is None:
                raise Unsuitable(
                    "this table does not know its functions any more", repair="pipe `trajectory` itself"
                )
            wanted = (tuple(site.name for site in data.sites), data.components)
            if wanted != (tuple(site.name for site in fitted.sites), fitted.components):
                raise Unsuitable("these series have other sites or components than those that were fitted")
            forecast = value_at(fitted, data.epochs)
            kept = kept_rows(model)
            rows = [[(site.name, component) in kept for component in data.components] for site in data.sites]
            there = (torch.tensor(rows) & fitted.known)[..., None]
        mask = off_steps(data, model.steps if isinstance(model, Series) else model.model.steps) & there
        values = (data.values.double() - forecast).masked_fill(~mask, 0)
        sigma = None if data.sigma is None else data.sigma.masked_fill(~mask, 0)
        left: Series = replace(data, values=values, mask=mask, sigma=sigma)
        return left


def _at(model: Series, data: Series) -> tuple[Any, Any]:
    """The forecast at the epochs of the data, and where there is one."""
    import torch

    rows = {site.name: row for row, site in enumerate(model.sites)}
    own = {name: number for number, name in enumerate(model.components)}
    at = torch.searchsorted(model.epochs, data.epochs).clamp_max(max(len(model.epochs) - 1, 0))
    same = (model.epochs[at] == data.epochs) if len(model.epochs) else torch.zeros(len(at), dtype=torch.bool)
    values, there = torch.zeros(data.values.shape, dtype=torch.float64), torch.zeros_like(data.mask)
    for row, site in enumerate(data.sites):
        for number, component in enumerate(data.components):
            if site.name in rows and component in own and len(model.epochs):
                one = (rows[site.name], own[component])
                values[row, number] = model.values[one][at].double()
                there[row, number] = model.mask[one][at] & same
    return values, there
