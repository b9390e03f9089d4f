"""Templates: those of the package, and a user's own that extends them. None reaches beyond the page it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, meta
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from seisdsl.language.suggest import nearest
from seisdsl.operator import Unsuitable
from seisdsl.report.known import HERE, is_file, refuse_unknown
from seisdsl.report.markdown import filters, plain

KNOWN = (
    "parts",
    "page",
    "results",
    "origin",
    "account",
    "together",
    "rates",
    "sites",
)  # what a template is given
_LARGEST = 1_000_000  # bytes
_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, MemoryError)


class _Loader(BaseLoader):
    """`default` is of the package; a name with an ending is a file beside the user's own template."""

    def __init__(self, ending: str, folder: Path | None) -> None:
        self.ending, self.folder = ending, folder

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = HERE / f"{template}{self.ending}"
        if "." in template:
            if self.folder is None:
                raise TemplateNotFound(template)
            path = self.folder / template
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise TemplateNotFound(template, f"{template} leads out of the folder of the template")
        elif not template.replace("-", "").isalnum():
            raise TemplateNotFound(template)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise TemplateNotFound(template, f"there is no template {template}") from None
        return text, str(path), lambda: True


def environment(ending: str, folder: Path | None = None) -> ImmutableSandboxedEnvironment:
    """`ending` is that of what is written; everything that is put into it is escaped."""
    html = ending == ".html"
    made = ImmutableSandboxedEnvironment(
        loader=_Loader(ending, folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=None if html else plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    if not html:
        made.filters.update(filters())
    return made


def refuse_unfit(template: str, ending: str) -> None:
    """Refuse, before anything runs, a template that is not there, cannot be read, or asks for what there is not."""
    name, made = _opened(template, ending)
    with _told(template):
        assert made.loader is not None
        tree = made.parse(made.loader.get_source(made, name)[0], name)
        unknown = sorted(meta.find_undeclared_variables(tree) - {*KNOWN, *made.globals})
    for other in meta.find_referenced_templates(tree):
        if other is not None:
            with _told(template):
                made.get_template(other)
    if unknown:
        meant = nearest(unknown[0], list(KNOWN))
        raise Unsuitable(
            f"the template {template} uses `{unknown[0]}`, which there is not",
            parameter="template",
            notes=["a template is given " + ", ".join(KNOWN)],
            repair=f"did you mean `{meant}`?" if meant else "",
        )


def rendered(template: str, ending: str, values: dict[str, Any]) -> str:
    name, made = _opened(template, ending)
    with _told(template):
        return made.get_template(name).render(values)


def _opened(template: str, ending: str) -> tuple[str, ImmutableSandboxedEnvironment]:
    """The name of a template among those that its environment knows."""
    refuse_unknown(template, ending)
    if not is_file(template):
        return template, environment(ending)
    path = Path(template)
    if path.stat().st_size > _LARGEST:
        raise Unsuitable(f"the template {template} is larger than any page needs", parameter="template")
    return path.name, environment(ending, path.parent)


@contextmanager
def _told(template: str) -> Iterator[None]:
    """What goes wrong in a template is told with its line."""
    try:
        yield
    except _FAULTS as error:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else _line(error.__traceback__)
        where = f", line {line}" if line else ""
        said = (error.message if isinstance(error, TemplateError) else str(error)) or type(error).__name__
        what = "reaches for what it may not" if isinstance(error, SecurityError) else "does not work"
        raise Unsuitable(f"the template {template}{where} {what}: {said}", parameter="template") from error


def _line(trace: TracebackType | None) -> int:
    """The line of the innermost template of a traceback; Jinja writes its own frames out of it."""
    line = 0
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
