"""What an operator gives in its example, worked out: its words as `seis run` prints them, and its pictures."""

from __future__ import annotations

import posixpath
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

from seisdsl.diagnostics import Faults
from seisdsl.graph import Graph
from seisdsl.graph import Result as Asked
from seisdsl.operator import Operator
from seisdsl.site.page import relative
from seisdsl.source import SourceText


@dataclass(frozen=True)
class Picture:
    address: str
    name: str
    wide: int
    high: int
    content: bytes
    simulated: bool


@dataclass(frozen=True)
class Result:
    text: str
    pictures: tuple[Picture, ...]


def result_of(operator: type[Operator]) -> Result | None:
    """What the operator itself gives in its example; None where that needs what is not here."""
    from seisdsl.engine.output import writing_to
    from seisdsl.engine.parts import whole
    from seisdsl.engine.run import Engine
    from seisdsl.language.check import check
    from seisdsl.report.results import parts, shown

    graph = check(SourceText.of(f"{operator.example}\n"), running=True).graph
    stages = [node for node in graph.nodes if type(node.operator) is operator] if graph else []
    if not graph or not stages:
        return None
    with tempfile.TemporaryDirectory() as folder, writing_to(Path(folder)), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        needed = Graph((Asked(stages[-1], stages[-1].place),)).nodes
        try:
            ((_, value),) = Engine().values(needed, stages[-1:])
            value = whole(value)
        except Faults:
            return None
    pictures = [
        Picture(
            posixpath.basename(image.file), image.title or operator.word, image.wide, image.high, image.content,
            image.simulated,
        )
        for name, one in parts(value, "")
        for image in shown(name, one, stem=operator.word).images
    ]  # fmt: skip
    return Result(str(value), tuple(pictures))


def placed(result: Result, page: str) -> Result:
    """The same with its pictures' addresses as a page writes them."""
    pictures = (replace(one, address=relative(f"pictures/{one.address}", page)) for one in result.pictures)
    return Result(result.text, tuple(pictures))
