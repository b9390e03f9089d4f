"""Names from elsewhere: `use`d files, the standard library, sources kept beside a program."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
import traceback
from pathlib import Path

from seisdsl.diagnostics import Fix
from seisdsl.language import check
from seisdsl.language.scope import Binding, Let, Module, Scope
from seisdsl.language.settings import OF_SIMULATION
from seisdsl.language.suggest import listing, nearest
from seisdsl.language.values import Fields, Held, Poison, SourceValue
from seisdsl.operator import Registry, collecting
from seisdsl.resources import STDLIB
from seisdsl.source import Place, SourceText, Span, UnreadableText
from seisdsl.syntax import tree


def use(node: tree.Use, scope: Scope) -> dict[str, Binding]:
    """The names that a `use` brings."""
    if isinstance(node.target, tree.Path):
        return _library_module(node, node.target, scope)
    written = node.target.text[1:-1]
    path = (scope.folder / written).resolve()
    if path.suffix == ".py":
        return _python(node, path, scope)
    module = load(path, scope, scope.place(node.target), written)
    name = node.alias.text if node.alias else _stem(path)
    if not name:
        fix = f'name it: `use "{written}" as …`'
        if module is not None:
            scope.fault("use", f"`{path.stem}` is no name", node.target, fix=fix)
        return {}
    return {name: Module(name, module.names, scope.place(node)) if module else _lost(node, scope)}


def _lost(node: tree.Use, scope: Scope) -> Let:
    """What stands for a name of a file that could not be read: nothing more is said of it."""
    return Let(Poison(), scope.place(node))


def _stem(path: Path) -> str:
    return path.stem if re.fullmatch(r"[A-Za-z_]\w*(-[A-Za-z]\w*)*", path.stem) else ""


def _library_module(node: tree.Use, target: tree.Path, scope: Scope) -> dict[str, Binding]:
    first, *rest = [name.text for name in target.parts]
    known = sorted(path.stem for path in STDLIB.glob("*.seis"))
    if first != "stdlib" or len(rest) != 1 or rest[0] not in known:
        library = f"the standard library has: {listing(f'stdlib.{name}' for name in known)}"
        own = "/".join(name.text for name in target.parts) + ".seis"
        notes = [library]
        fix = None
        if first != "stdlib":
            fix = Fix(f'a file of your own stands in quotes: `"{own}"`', scope.place(target), f'"{own}"')
        elif meant := nearest(".".join(rest), known):
            fix = Fix(f"did you mean `stdlib.{meant}`?", scope.place(target), f"stdlib.{meant}")
        scope.fault("use", f"there is no `{target}` to use", target, notes=notes, fix=fix)
        return {node.alias.text if node.alias else target.parts[-1].text: _lost(node, scope)}
    module = load(STDLIB / f"{rest[0]}.seis", scope, scope.place(target), str(target))
    name = node.alias.text if node.alias else rest[0]
    return {name: Module(name, module.names, scope.place(node)) if module else _lost(node, scope)}


def load(path: Path, scope: Scope, place: Place, written: str) -> Module | None:
    """A program file as names; its own faults are reported with the others."""
    session = scope.session
    if path in session.reading:
        chain = " -> ".join([p.name for p in session.reading[session.reading.index(path) :]] + [path.name])
        scope.fault("use", f"`{written}` uses itself in the end", place, notes=[chain])
        return None
    if path not in session.modules:
        try:
            source = SourceText.read(path)
        except UnreadableText as reason:
            _unreadable(path, written, reason, place, scope)
            return None
        before, session.reading = session.reading, (*session.reading, path)
        try:
            inner = check.declarations(SourceText(_beside(scope, written), source.text, path), session)
        finally:
            session.reading = before
        session.modules[path] = Module(path.stem, inner.names, place)
    return session.modules[path]


def _beside(scope: Scope, written: str) -> str:
    """The name of a used file in messages: as one finds it from where the program was named."""
    if written.startswith("stdlib."):
        return written.replace(".", "/") + ".seis"
    return os.path.normpath(os.path.join(os.path.dirname(scope.source.name), written))


def _unreadable(path: Path, written: str, reason: UnreadableText, place: Place, scope: Scope) -> None:
    notes: list[str] = []
    fix = None
    if "://" in written:
        notes = ["a program is used from this machine: download it first"]
    elif not path.parent.is_dir():
        notes = [f"there is no folder {os.path.dirname(written)} beside {scope.source.name}"]
    elif not path.exists():
        programs = {other.stem: other.name for other in path.parent.iterdir() if other.suffix in _PROGRAMS}
        meant = programs.get(nearest(path.stem, programs) or "")
        if meant:
            repair = os.path.join(os.path.dirname(written), meant)
            fix = Fix(f"did you mean `{repair}`?", place, f'"{repair}"')
        else:
            notes = ["a path is taken from the file that uses it"]
    scope.fault("use", f"`{written}` cannot be used: {reason}", place, notes=notes, fix=fix)


_PROGRAMS = (".seis", ".py")


# Python files with operators --------------------------------------------------------------------


def _python(node: tree.Use, path: Path, scope: Scope) -> dict[str, Binding]:
    written = node.target.text[1:-1] if isinstance(node.target, tree.String) else path.name
    place = scope.place(node.target)
    try:
        source = SourceText.read(path)
        operators = operators_of(path, source.text)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, UnreadableText):
            _unreadable(path, written, error, place, scope)
        else:
            file = SourceText(_beside(scope, written), source.text, path)
            _failed(error, file, path, place, scope)
        scope.session.lost = True
        return {node.alias.text: _lost(node, scope)} if node.alias else {}
    if not operators:
        scope.fault(
            "use",
            f"`{written}` defines no operator",
            node.target,
            notes=['an operator is a class with a name: `class Mine(Operator, name="mine")`'],
        )
    found: dict[str, Binding] = dict(operators)
    if node.alias:
        return {node.alias.text: Module(node.alias.text, found, scope.place(node))}
    return found


def _failed(error: BaseException, file: SourceText, path: Path, place: Place, scope: Scope) -> None:
    line = _fails(error, path)
    also = [(_line(file, line), "here")] if line else []
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    scope.fault("use", f"`{file.name}` failed while it was read", place, also=also, notes=[said])


def _fails(error: BaseException, path: Path) -> int | None:
    """The line of the file that an error comes from."""
    if isinstance(error, SyntaxError):
        return error.lineno
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return lines[-1] if lines else None


def _line(source: SourceText, number: int) -> Place:
    """The code of a line, without what it is indented by."""
    number = min(number, len(source.line_starts))
    start = source.line_starts[number - 1]
    text = source.line(number)
    return source.place(Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip())))


_loaded: dict[str, Registry] = {}


def operators_of(path: Path, text: str) -> Registry:
    """The operators a Python file defines; it is run once for each content it has."""
    name = f"seisdsl_used_{hashlib.sha256(f'{path}{text}'.encode()).hexdigest()[:12]}"
    if name not in _loaded:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with collecting() as found:
            sys.modules[name] = module
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[name]
                raise
        _loaded[name] = found
    return _loaded[name]


# Sources ----------------------------------------------------------------------------------------


def find_source(name: str, scope: Scope) -> SourceValue | None:
    """A source by name: of the file, of `sources.seis` beside it, of the user, of the library.

    What a source leaves out comes from the library's source of the same name.
    """
    held = scope.session.values.get(name)
    if held is not None:
        return SourceValue(name, Fields((("waves", Held(held)),)))
    here = scope.find(name)
    known = library(scope)
    found = here if isinstance(here, SourceValue) else known.get(name)
    own = _of_file(STDLIB / "networks.seis", scope).get(name)
    if found is None or own is None or found is own:
        return found
    given = dict(found.settings.fields)
    left_out = set(given) | (OF_SIMULATION if "archive" in given else set())
    rest = [(key, value) for key, value in own.settings.fields if key not in left_out]
    return SourceValue(name, Fields((*given.items(), *rest)), found.place, found.sound)


def sources_in(scope: Scope) -> list[str]:
    return [word for word in scope.words() if isinstance(scope.find(word), SourceValue)]


def library(scope: Scope) -> dict[str, SourceValue]:
    """Sources that need no `use`, the nearest of a name first."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")) / "seisdsl"
    found: dict[str, SourceValue] = {}
    for path in (STDLIB / "networks.seis", config / "sources.seis", scope.folder / "sources.seis"):
        found |= _of_file(path, scope)
    return found


def _of_file(path: Path, scope: Scope) -> dict[str, SourceValue]:
    session = scope.session
    path = path.resolve()
    if path not in session.sources:
        session.sources[path] = {}
        if path.is_file() and scope.source.path != path:
            text = SourceText.read(path)
            inner = check.declarations(SourceText(path.name, text.text, path), session)
            session.sources[path] = {n: b for n, b in inner.names.items() if isinstance(b, SourceValue)}
    return session.sources[path]
