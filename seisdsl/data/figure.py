"""Figures: drawn when they are looked at or saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.language.types import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_UNDATED: dict[str, dict[str, str | None]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}  # equal figures, equal files
STYLE: Any = {
    "font.size": 9.0, "axes.titlesize": 9.0, "figure.titlesize": 10.5, "legend.fontsize": 8.5,
    "axes.spines.top": False, "axes.spines.right": False, "xtick.major.size": 3.0, "ytick.major.size": 3.0,
}  # fmt: skip

_LETTERS = 16  # of a caption that fit into an inch


@dataclass(frozen=True, eq=False)
class Figure(Value):
    """A picture with its title and what it shows; `draw` puts it on an empty matplotlib figure."""

    draw: Callable[[Canvas], None]
    title: str = ""
    caption: str = ""
    size: tuple[float, float] = (8.0, 5.0)  # inches
    simulated: bool = False

    def drawn(self) -> Canvas:
        """A matplotlib figure that belongs to no window."""
        from textwrap import fill

        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas

        with rc_context(STYLE):
            figure = Canvas(figsize=self.size, layout="constrained")
            FigureCanvasAgg(figure)
            self.draw(figure)
            if self.title or self.simulated:  # which keeps the room above free
                figure.suptitle(self.title or " ", x=0.01, ha="left", weight="bold")
            if self.simulated:
                figure.text(0.99, 0.995, "simulated", ha="right", va="top", color="firebrick", weight="bold")
            if self.caption:
                figure.supxlabel(fill(self.caption, round(self.size[0] * _LETTERS)), fontsize=8.0)
        return figure

    def write(self, path: Path, ending: str) -> None:
        import matplotlib

        about = {**_UNDATED[ending], "Title": self.title} if self.title else _UNDATED[ending]
        with matplotlib.rc_context({"svg.hashsalt": "seisdsl"}):
            self.drawn().savefig(path, format=ending.removeprefix("."), dpi=150, metadata=about)
