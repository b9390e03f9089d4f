"""Daily positions as text files give them: the rows of one site, and what becomes of them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from datetime import date

from seisdsl.data.parts import first
from seisdsl.data.series import Series, Site, Step
from seisdsl.data.sheet import Complaints, unreadable

DAY = 86_400_000_000_000
NOON = DAY // 2
COMPONENTS = ("east", "north", "up")
_MJD = 40_587  # of 1970-01-01
ROUGHEST = 300.0  # millimetres from day to day: more is a wrong unit
SMOOTHEST = 0.005  # millimetres: less is a wrong unit too, or no measurement


def noon(year: int, month: int, day: int) -> int:
    """The middle of a day in nanoseconds since 1970: what a position of a whole day stands for."""
    return (date(year, month, day) - date(1970, 1, 1)).days * DAY + NOON


def of_mjd(mjd: float) -> int:
    return (int(mjd) - _MJD) * DAY + NOON


def why_not(cells: list[str], form: str) -> str:
    """What is said of a line that cannot be read."""
    stars = next((cell for cell in cells if cell.strip("*") == ""), None)
    return f"`{stars}` is no number" if stars else f"it is no row of a {form} file"


@dataclass
class Rows:
    """The rows of one site: millimetres east, north and up, and one standard deviation of each."""

    path: str
    site: Site
    complaints: Complaints
    times: list[int] = field(default_factory=list)
    values: list[tuple[float, ...]] = field(default_factory=list)
    sigma: list[tuple[float, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    steps: tuple[Step, ...] = ()

    def add(self, line: int, time: int, values: tuple[float, ...], sigma: tuple[float, ...] = ()) -> None:
        if not all(math.isfinite(value) for value in values):
            self.complaints.add(line, "a position is no number")
            return
        self.lines.append(line)
        self.times.append(time)
        self.values.append(values)
        known = tuple(one if math.isfinite(one) and one > 0 else 0.0 for one in sigma)
        self.sigma.append(known or (0.0, 0.0, 0.0))

    def series(self) -> Series:
        """The rows in order of time; a day that comes twice counts once, or not at all where they differ."""
        import torch

        if not self.times:
            raise unreadable(self.path, "none of its lines is a position", *self.complaints.named())
        values = torch.tensor(self.values, dtype=torch.float64)
        sigma = torch.tensor(self.sigma, dtype=torch.float64) if any(map(any, self.sigma)) else None
        epochs, kept = self._once(values)
        if self.complaints.lines:
            warnings.warn(self.complaints.told(), stacklevel=2)
        values = values[kept].T[None].contiguous()
        return Series(
            values,
            torch.ones_like(values, dtype=torch.bool),
            epochs,
            (self.site,),
            COMPONENTS,
            "mm",
            None if sigma is None else sigma[kept].T[None].contiguous(),
            self.steps,
        )

    def _once(self, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:  # type: ignore[name-defined]  # noqa: F821
        """Each time once, ascending, and the row that it is in."""
        import torch

        rows: dict[int, list[int]] = {}
        for row, time in enumerate(self.times):
            rows.setdefault(time, []).append(row)
        for time, same in list(rows.items()):
            if any(not torch.equal(values[row], values[same[0]]) for row in same[1:]):
                where = " and ".join(str(self.lines[row]) for row in same)
                self.complaints.lines += [
                    (self.lines[row], f"lines {where} give one day differently") for row in same
                ]
                del rows[time]
        if not rows:
            raise unreadable(self.path, "no day is left", *self.complaints.named())
        times = sorted(rows)
        return torch.tensor(times), torch.tensor([rows[time][0] for time in times])


def refuse_absurd(path: str, series: Series) -> None:
    """Refuse positions that scatter by metres from day to day; tell of some that do not scatter at all."""
    for row, site in enumerate(series.sites):
        scatter = day_to_day(series, row)
        if scatter > ROUGHEST:
            raise unreadable(
                path,
                f"{site.name} moves by {scatter / 1000:.3g} m from one day to the next: is the unit right?",
                "`unit=` says in what unit the displacements of a CSV are: mm, cm or m",
            )
        if 0 < scatter < SMOOTHEST:
            warnings.warn(
                f"{path}: {site.name} moves by {scatter:.2g} mm from one day to the next, less than GNSS can "
                "tell: is the unit right?",
                stacklevel=2,
            )


def day_to_day(series: Series, row: int) -> float:
    """How much the horizontal positions of a site scatter from one epoch to the next, in the middle."""
    found = [0.0]
    for number, component in enumerate(series.components):
        if component == "up":
            continue
        known = series.values[row, number][series.mask[row, number]]
        if len(known) > 2:
            found.append(float(known.diff().abs().median()) * 1.4826 / math.sqrt(2))
    return max(found)


def told(names: list[str]) -> str:
    return ", ".join(first(names))
