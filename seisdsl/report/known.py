"""The templates that come with the package, and which name is that of a file."""

from __future__ import annotations

from pathlib import Path

from seisdsl.language.suggest import nearest
from seisdsl.operator import Unsuitable

HERE = Path(__file__).resolve().parent / "templates"
NAMES = ("default", "tremor", "daily", "comparison", "training", "displacement", "ground-motion")


def is_file(template: str) -> bool:
    """Whether it is a template of the user's own."""
    return "." in template or "/" in template


def refuse_unknown(template: str, ending: str) -> None:
    """Refuse a name that no template has, or a file that is for another kind of report."""
    if not is_file(template):
        if template not in NAMES:
            meant = nearest(template, list(NAMES))
            raise Unsuitable(
                f"there is no template `{template}`",
                parameter="template",
                notes=[f"there are {', '.join(NAMES)}; one of your own is a file that ends in {ending}"],
                repair=f'template="{meant}"' if meant else "",
            )
    elif Path(template).suffix != ending:
        whose = Path(template).suffix or "no known"
        raise Unsuitable(
            f"the template {template} is for {whose} files, and the report is {ending}", parameter="template"
        )
