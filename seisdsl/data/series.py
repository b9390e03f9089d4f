"""Series: slow records by site, such as daily positions of GNSS stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seisdsl.data.joining import together
from seisdsl.language.types import TimeRange, Value

if TYPE_CHECKING:
    import pandas
    from torch import Tensor

    from seisdsl.data.table import Catalog, Table


@dataclass(frozen=True)
class Site:
    """Where a series was recorded: degrees, and metres above the ellipsoid."""

    name: str
    latitude: float | None = None
    longitude: float | None = None
    height: float | None = None


@dataclass(frozen=True, order=True)
class Step:
    """A known break in the series of a site: an earthquake, a new antenna."""

    time: int
    site: str
    cause: str = ""


@dataclass(frozen=True, eq=False)
class Series(Value):
    """Values of sites at common times, in `unit`.

    `values` and `mask` are [site, component, epoch]; where the mask is False nothing was recorded, and
    the value is zero and means nothing. `epochs` are ascending nanoseconds since 1970. `sigma` is one
    standard deviation of each value, zero where it is not known.
    """

    values: Tensor
    mask: Tensor
    epochs: Tensor
    sites: tuple[Site, ...]
    components: tuple[str, ...] = ("east", "north", "up")
    unit: str = "mm"
    sigma: Tensor | None = None
    steps: tuple[Step, ...] = ()
    simulated: bool = False
    truth: Catalog | None = None  # what is in them, where they were simulated

    @property
    def span(self) -> TimeRange | None:
        """The first to the last epoch; None where there is none."""
        return TimeRange(int(self.epochs[0]), int(self.epochs[-1]) + 1) if len(self.epochs) else None

    def within(self, time: TimeRange) -> Series:
        """The epochs and the steps of a half-open time."""
        left, right = (int((self.epochs < edge).sum()) for edge in (time.start, time.end))
        part = slice(left, max(left, right))
        return replace(
            self,
            values=self.values[..., part],
            mask=self.mask[..., part],
            epochs=self.epochs[part],
            sigma=None if self.sigma is None else self.sigma[..., part],
            steps=tuple(step for step in self.steps if time.start <= step.time < time.end),
        )

    @classmethod
    def joined(cls, parts: Sequence[Series]) -> Series:
        """All sites, components and epochs of some series; what a part lacks was not recorded."""
        import torch

        if len({part.unit for part in parts}) > 1:
            raise ValueError("series in different units cannot be joined")
        sites, rows = together([part.sites for part in parts], lambda site: site.name)
        components, places = together([part.components for part in parts], str)
        epochs = torch.unique(torch.cat([part.epochs for part in parts]))
        shape = (len(sites), len(components), len(epochs))
        values = parts[0].values.new_zeros(shape)
        mask = torch.zeros(shape, dtype=torch.bool, device=values.device)
        known = any(part.sigma is not None for part in parts)
        sigma = torch.zeros_like(values) if known else None
        for part, own, which in zip(parts, rows, places, strict=True):
            row, component = torch.tensor(own), torch.tensor(which)
            at = (row[:, None, None], component[:, None], torch.searchsorted(epochs, part.epochs))
            values[at] = torch.where(part.mask, part.values, values[at])
            mask[at] |= part.mask
            if sigma is not None and part.sigma is not None:
                sigma[at] = torch.where(part.mask, part.sigma, sigma[at])
        return replace(
            parts[0],
            values=values,
            mask=mask,
            epochs=epochs,
            sites=sites,
            components=components,
            sigma=sigma,
            steps=tuple(sorted({step for part in parts for step in part.steps})),
            simulated=any(part.simulated for part in parts),
        )

    def to_numpy(self) -> Any:
        """Values as an array of [site, component, epoch], NaN where nothing was recorded."""
        return self.values.detach().double().masked_fill(~self.mask, float("nan")).cpu().numpy()

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each site and epoch at which something was recorded."""
        return self.to_table().to_pandas()

    def to_table(self) -> Table:
        """A row for each site and epoch at which something was recorded."""
        from seisdsl.data.series_table import table_of

        return table_of(self)
