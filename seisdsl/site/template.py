"""The site's templates, and its one policy: nothing is fetched but what lies beside the page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from seisdsl.report.known import HERE as REPORTS

HERE = Path(__file__).resolve().parent / "templates"
# `file:` is for a site that is opened from a disk, where browsers do not agree on what 'self' is
OWN = "'self' file:"
POLICY = (
    f"default-src 'none'; script-src {OWN}; style-src {OWN}; img-src {OWN} data:; "
    "base-uri 'none'; form-action 'none'"
)
_COLOURS = re.compile(r"^(?::root\{|@media \(prefers-color-scheme:dark\)).*$", re.MULTILINE)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def filled(template: str, /, **values: Any) -> Markup:
    return Markup(_environment().get_template(template).render(values))


def style() -> str:
    """The site's style, in the colours of the reports."""
    reports = (REPORTS / "page.css").read_text(encoding="utf-8")
    light_and_dark = _COLOURS.findall(reports)[:2]
    return "\n".join([*light_and_dark, (HERE / "site.css").read_text(encoding="utf-8")])


def script() -> str:
    return (HERE / "site.js").read_text(encoding="utf-8")
