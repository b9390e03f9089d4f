"""Fields: anything on a grid, such as a velocity, an energy or a wavefield."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seisdsl.language.types import TimeRange, Value

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.data.arrays import Arrays


@dataclass(frozen=True, eq=False)
class Axis:
    """Coordinates along one direction of a grid, ascending; those of `time` are nanoseconds since 1970."""

    name: str
    values: Tensor
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Field(Value):
    """Values on a grid with an axis for each dimension; `mask` is False where none is known.

    Values that are not known are zero and mean nothing.
    """

    values: Tensor
    mask: Tensor
    axes: tuple[Axis, ...]
    name: str = "value"
    unit: str = ""
    simulated: bool = False

    def __post_init__(self) -> None:
        shape = tuple(len(axis.values) for axis in self.axes)
        if not shape == tuple(self.values.shape) == tuple(self.mask.shape):
            raise ValueError(f"axes of {shape} do not fit values of {tuple(self.values.shape)}")

    def axis(self, name: str) -> Axis | None:
        return next((axis for axis in self.axes if axis.name == name), None)

    @property
    def span(self) -> TimeRange | None:
        """The first to the last of its times; None of a field that has none."""
        time = self.axis("time")
        if time is None or not len(time.values):
            return None
        return TimeRange(int(time.values[0]), int(time.values[-1]) + 1)

    def within(self, time: TimeRange) -> Field:
        """The part whose times lie in a half-open time; all of a field without times."""
        axis = self.axis("time")
        if axis is None:
            return self
        at = self.axes.index(axis)
        left, right = ((axis.values < edge).sum().item() for edge in (time.start, time.end))
        size = int(max(left, right) - left)
        kept = replace(axis, values=axis.values.narrow(0, int(left), size))
        return replace(
            self,
            values=self.values.narrow(at, int(left), size),
            mask=self.mask.narrow(at, int(left), size),
            axes=(*self.axes[:at], kept, *self.axes[at + 1 :]),
        )

    @classmethod
    def joined(cls, parts: Sequence[Field]) -> Field:
        """Parts that follow one another in time, on one grid."""
        import torch

        if len(parts) == 1:
            return parts[0]
        if any(part.axis("time") is None for part in parts):
            raise ValueError("a field without times cannot be put together from parts")
        parts = sorted(parts, key=lambda part: part.span.start if part.span else 0)
        model = parts[0]
        at = [axis.name for axis in model.axes].index("time")
        for part in parts[1:]:
            same = all(
                one.name == other.name and (n == at or torch.equal(one.values, other.values))
                for n, (one, other) in enumerate(zip(model.axes, part.axes, strict=True))
            )
            if not same or part.unit != model.unit:
                raise ValueError("fields on different grids or in different units cannot be joined")
        times = torch.cat([part.axes[at].values for part in parts])
        return replace(
            model,
            values=torch.cat([part.values for part in parts], dim=at),
            mask=torch.cat([part.mask for part in parts], dim=at),
            axes=(*model.axes[:at], replace(model.axes[at], values=times), *model.axes[at + 1 :]),
            simulated=any(part.simulated for part in parts),
        )

    def to_numpy(self) -> Any:
        """Values as an array, NaN where none is known."""
        return self.values.detach().double().masked_fill(~self.mask, float("nan")).cpu().numpy()

    def to_xarray(self) -> Any:
        """An xarray data set."""
        from seisdsl.data.xarrays import dataset

        return dataset(self.to_arrays())

    def to_arrays(self) -> Arrays:
        from seisdsl.data.arrays import Arrays

        names = tuple(axis.name for axis in self.axes)
        return Arrays(
            {
                self.name: (names, self.values.detach().cpu().numpy()),
                "mask": (names, self.mask.cpu().numpy()),
                **{axis.name: ((axis.name,), axis.values.cpu().numpy()) for axis in self.axes},
            },
            {
                "kind": "Field", "name": self.name, "unit": self.unit, "simulated": self.simulated,
                **{f"unit of {axis.name}": axis.unit for axis in self.axes},
            },
        )  # fmt: skip

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Field:
        import torch

        about = arrays.attributes
        names, _ = arrays.variables["mask"]
        return cls(
            torch.from_numpy(arrays[about["name"]]),
            torch.from_numpy(arrays["mask"]),
            tuple(
                Axis(name, torch.from_numpy(arrays[name]), str(about[f"unit of {name}"])) for name in names
            ),
            str(about["name"]),
            str(about["unit"]),
            bool(about["simulated"]),
        )
