"""Pages of the programs that come with seisdsl, in colours."""

from __future__ import annotations

from pathlib import Path

from seisdsl.resources import EXAMPLES
from seisdsl.site.code import coloured
from seisdsl.site.page import Page, Section, relative
from seisdsl.site.template import filled

KINDS = {".seis": "seis", ".py": "python"}


def files() -> list[Path]:
    """What lies in the folder of examples and can be shown, programs first."""
    found = [path for path in EXAMPLES.rglob("*") if path.suffix in KINDS]
    return sorted(found, key=lambda path: (path.parent != EXAMPLES, path.suffix != ".seis", path.name))


def address(path: Path) -> str:
    return f"examples/{path.relative_to(EXAMPLES).with_suffix('').as_posix()}.html"


def program_page(path: Path) -> Page:
    text, name = path.read_text(encoding="utf-8"), path.relative_to(EXAMPLES).as_posix()
    here = address(path)
    back = relative("examples.html", here)
    body = filled("program.html", name=name, code=coloured(text, KINDS[path.suffix], here), back=back)
    return Page(here, name, body, (Section("", name, text),), "example")


def listing_page() -> Page:
    here = "examples.html"
    rows = [
        (path.relative_to(EXAMPLES).as_posix(), relative(address(path), here), _first(path))
        for path in files()
    ]
    words = " ".join(about for _, _, about in rows)
    return Page(here, "Examples", filled("programs.html", rows=rows), (Section("", "Examples", words),))


def _first(path: Path) -> str:
    """What a file says of itself in its first line."""
    line = path.read_text(encoding="utf-8").partition("\n")[0]
    return line.lstrip('#"').rstrip('"').strip()
