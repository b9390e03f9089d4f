"""A report put together: results, where they come from, and the page that shows them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from markupsafe import Markup

from seisdsl.data.table import Table
from seisdsl.engine.provenance import Making, at_work
from seisdsl.graph import Node
from seisdsl.report import template as templates
from seisdsl.report.account import accounting
from seisdsl.report.condensed import condensed
from seisdsl.report.curves import several
from seisdsl.report.distances import main_event
from seisdsl.report.images import Image, image_of
from seisdsl.report.known import HERE, is_file
from seisdsl.report.results import Shown, beside_of, parts, shown
from seisdsl.report.sheets import HELD
from seisdsl.report.sites import RESIDUAL, sites_of
from seisdsl.report.sources import about, origin_of
from seisdsl.report.together import rates, side_by_side

Write = Callable[[Path], None]
_OWN_STYLE = re.compile(r'<style id="own">(.*?)</style>', re.DOTALL)
_POLICY = "{{policy}}"  # stands where the page's policy goes once all else is known


@dataclass(frozen=True)
class Page:
    """What a template is told of the page itself. `policy`, `style` and `script` are for its head."""

    title: str
    template: str
    simulated: bool
    policy: Markup
    style: Markup
    script: Markup


def page_files(
    value: Any,
    *,
    file: str,
    template: str,
    title: str | None,
    branches: bool,
    making: Making | None = None,
) -> list[tuple[str, Write]]:
    """The page and what lies beside it: each one's name, and what writes it to a path."""
    making = making or at_work()
    path = PurePath(file)
    stem, ending = path.stem, path.suffix.lower()
    nodes = _nodes(making)
    named = parts(value, "" if branches or isinstance(value, Mapping) else _name(making))
    given = dict(named)
    event = main_event(beside_of(given).events)
    values = {name: condensed(one, event.around if event else None) for name, one in given.items()}
    beside = beside_of(values)
    results: list[Shown] = []
    for name, one in values.items():
        of = nodes.get(name) or nodes.get(name.partition(".")[0]) or nodes.get("")
        told = about(of, making) if of and making else {}
        own = replace(
            beside,
            truth=None if one is beside.truth else beside.truth,
            model=None if one is beside.model or name in RESIDUAL else beside.model,
        )
        results.append(shown(name, one, stem=stem, beside=own, **told))
    together = tuple(
        image_of(figure, what, title=what, file=f"{stem}-together-{number}")
        for number, (what, figure) in enumerate(
            [*side_by_side(values, beside.stations), *several(values, beside.motion)], 1
        )
    )
    how_often = tuple(
        image_of(figure, "how often", title="how often", file=f"{stem}-rates") for figure in rates(values)
    )
    by_site = sites_of(values, stem) if template == "displacement" or is_file(template) else ()
    known = making.account if making else None
    style, script = (_own(f"page.{kind}") for kind in ("css", "js"))
    page = Page(
        title or stem.replace("_", " ").replace("-", " "),
        template,
        any(one.simulated for one in results),
        Markup(_POLICY), style, script,
    )  # fmt: skip
    said = {
        "page": page,
        "results": tuple(results),
        "origin": origin_of(making) if making else None,
        "account": accounting(known) if known else None,
        "together": together,
        "rates": how_often,
        "sites": by_site,
    }
    text = templates.rendered(template, ending, said)
    files: list[tuple[str, Write]] = []
    if ending == ".html":
        text = text.replace(_POLICY, _policy(text, style, script), 1)
    else:
        images = [
            *(image for one in results for image in one.images),
            *together,
            *how_often,
            *(s.image for s in by_site),
        ]
        files += [(_beside(path, image.file), _bytes(image)) for image in images]
    for one, result in zip(values.values(), results, strict=True):
        if isinstance(one, Table) and (len(one) > HELD or (ending != ".html" and len(one))):
            files.append((_beside(path, f"{stem}-{result.anchor.removeprefix('result-')}.csv"), _csv(one)))
    return [*files, (file, lambda where: _text(where, text))]


def _name(making: Making | None) -> str:
    """What is piped goes by its name in the program, else by the stage that gives it."""
    if making is None or not making.node.inputs:
        return ""
    given = making.node.inputs[0][1]
    return next((name for name, node in making.names.items() if node.key == given.key), given.word)


def _nodes(making: Making | None) -> dict[str, Node]:
    """The stage that each named result comes from."""
    if making is None:
        return {}
    ports = dict(making.node.inputs)
    piped = ports.get(making.node.piped or "")
    if piped is None:
        return {port.partition(".")[2]: node for port, node in ports.items()}
    found = {port.partition(".")[2]: node for port, node in piped.inputs} if piped.word == "fork" else {}
    return {**found, "": piped}


def _own(name: str) -> Markup:
    return Markup((HERE / name).read_text(encoding="utf-8").strip())


def _policy(text: str, style: str, script: str) -> str:
    """Nothing is fetched, and nothing runs but the page's own script."""
    own = [style, *(found[1] for found in [_OWN_STYLE.search(text)] if found)]
    styles = " ".join(_hash(one) for one in own)
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {styles}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _beside(page: PurePath, name: str) -> str:
    return str(page.with_name(name))


def _bytes(image: Image) -> Write:
    def write(path: Path) -> None:
        path.write_bytes(image.content)

    return write


def _csv(table: Table) -> Write:
    from seisdsl.data.save_tables import write_csv

    return lambda path: write_csv(table, path)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
