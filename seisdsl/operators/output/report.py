from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, TypeVar, overload

from seisdsl.data.digests import digest
from seisdsl.engine.output import target, written
from seisdsl.language.types import OutputFile, Record
from seisdsl.operator import Branches, Facts, Files, Operator, Unsuitable, param
from seisdsl.report.known import is_file, refuse_unknown

Told = TypeVar("Told")


class Report(Operator, name="report"):
    """Write a page that can be sent: figures, tables and numbers, and how they were made.

    One HTML file that opens without a network: figures that zoom, tables that sort, filter and are
    had as CSV, the program with its graph, versions, what of the records was left out, and the papers
    of the methods. With .md, Markdown with the figures and tables beside it. Give the results that
    are to be in it by name, or pipe one of them.

    Templates are `default`, `tremor`, `daily`, `comparison`, `training`, `displacement` and
    `ground-motion`; one of your own extends them by blocks (`{% extends "default" %}`) and can
    neither run programs nor read files. Catalogues are drawn with the stations of the other results;
    one that is called `truth` is drawn into the maps of the others, picks into the waves, and a
    series called `model` into the other series. Long waves, scores and spectrograms are drawn part
    by part, however long they are.
    """

    example = """\
let found = simulate two-events | sta-lta on=4
report "two-events.html" { picks = found, number = found | count }"""
    tags = ("sink", "file", "HTML", "Markdown", "figure", "table")
    sink = True
    in_parts = True

    file: OutputFile = param(..., "a name below the output folder that ends in .html or .md")
    template: str = param("default", "what is told first, or a file of your own")
    title: str | None = param(None, "what stands above; the name of the file where none is given")

    def facts(self, piped: Facts) -> Facts:
        ending = PurePath(self.file).suffix.lower()
        if ending not in (".html", ".md"):
            raise Unsuitable(
                f'the ending of "{self.file}" tells no kind of report',
                parameter="file",
                notes=["reports are .html, one page with all in it, or .md, with the figures beside it"],
            )
        target(self.file)
        refuse_unknown(self.template, ending)
        if self.files().found:
            from seisdsl.report.template import refuse_unfit

            refuse_unfit(self.template, ending)
        return piped

    def files(self) -> Files:
        if not is_file(self.template):
            return Files()
        there = Path(self.template).is_file()
        return Files((self.template,) if there else (), () if there else (self.template,))

    def fingerprint(self) -> Mapping[str, str]:
        return {self.template: digest(self.template)} if is_file(self.template) else {}

    def writes(self) -> tuple[str, ...]:
        return (self.file,)

    @overload
    def apply(self, value: Told) -> Told: ...

    @overload
    def apply(self, *, results: Branches[Any]) -> Record: ...

    def apply(self, value: Any = None, *, results: Mapping[str, Any] | None = None) -> Any:
        from seisdsl.report.page import page_files

        told = value if results is None else Record(results)
        files = page_files(
            told,
            file=self.file,
            template=self.template,
            title=self.title,
            branches=results is not None,
        )
        for name, write in files:
            with written(name) as path:
                write(path)
        return told
