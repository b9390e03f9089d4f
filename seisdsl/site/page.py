"""What the site is made of: pages, the sections that the search box finds, and the menu."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Section:
    """A part of a page that can be found: its heading, where it begins, and its words."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Page:
    """`address` is the page's file below the site's folder; `kind` is what the search box calls it."""

    address: str
    title: str
    body: Markup
    sections: tuple[Section, ...]
    kind: str = ""
    contents: tuple[tuple[str, str], ...] = ()  # anchor and heading, of a page that is long


@dataclass(frozen=True)
class Entry:
    """A line of the menu, with what its page is for."""

    title: str
    address: str
    about: str = ""


Menu = tuple[tuple[str, tuple[Entry, ...]], ...]


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def relative(address: str, page: str) -> str:
    """One address of the site as a page of it writes it."""
    path, sign, anchor = address.partition("#")
    if path == page and sign:
        return f"#{anchor}"
    return posixpath.relpath(path, posixpath.dirname(page) or ".") + sign + anchor


def plain(text: str) -> str:
    """Words with single spaces between them, without the marks around code."""
    return " ".join(text.replace("`", "").split())


def joined(parts: Iterable[str]) -> str:
    return plain(" ".join(parts))
