"""Pictures as they are put into a page: as drawing where that is small, as pixels else."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

from seisdsl.data.figure import Figure
from seisdsl.report.html_parts import png_of, svg_of

LARGEST = 400_000  # bytes of a drawing; the same in pixels is smaller then


@dataclass(frozen=True)
class Image:
    """A picture with what it shows. `uri` holds all of it; `file` is its name where it lies beside."""

    name: str
    title: str
    caption: str
    uri: str
    wide: int
    high: int
    content: bytes
    ending: str
    simulated: bool = False
    file: str = ""


def image_of(figure: Figure, name: str, *, title: str = "", file: str = "") -> Image:
    """`file` is the name, without its ending, that it will have beside the page."""
    bare = replace(figure, caption="")  # which stands below it in the page
    drawing = svg_of(bare).encode()
    small = len(drawing) <= LARGEST
    content, ending, kind = (drawing, ".svg", "svg+xml") if small else (png_of(bare), ".png", "png")
    wide, high = (round(inches * 96) for inches in figure.size)
    uri = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return Image(
        name, figure.title or title, figure.caption, uri, wide, high, content, ending, figure.simulated,
        f"{file}{ending}" if file else "",
    )  # fmt: skip
