"""Figures: drawn when they are looked at or saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl.language.types import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_UNDATED: dict[str, dict[str, str | None]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}  # equal figures, equal files


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
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas

        figure = Canvas(figsize=self.size, layout="constrained")
        FigureCanvasAgg(figure)
        self.draw(figure)
        if self.title:
            figure.suptitle(self.title)
        if self.caption:
            figure.supxlabel(self.caption, fontsize="small", wrap=True)
        if self.simulated:
            figure.text(0.995, 0.995, "simulated", ha="right", va="top", color="firebrick", weight="bold")
        return figure

    def write(self, path: Path, ending: str) -> None:
        import matplotlib

        about = {**_UNDATED[ending], "Title": self.title} if self.title else _UNDATED[ending]
        with matplotlib.rc_context({"svg.hashsalt": "seisdsl"}):
            self.drawn().savefig(path, format=ending.removeprefix("."), dpi=150, metadata=about)
