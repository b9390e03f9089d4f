"""What may be offered at a place: operators, parameters, values, names, columns, files and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seisdsl.assist.here import Called, called, of_definition, of_operator, parameter_label, value_label
from seisdsl.data.scenes import KINDS
from seisdsl.language import units, uses
from seisdsl.language.convert import fits, has_unit
from seisdsl.language.formula import FUNCTIONS
from seisdsl.language.mismatch import outcome, reading
from seisdsl.language.scope import Def, Let, Module, Scope
from seisdsl.language.settings import SETTINGS
from seisdsl.language.types import BOOLEAN, COLUMN, METHOD, SOURCE, Type, is_a, names
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, Poison, SourceValue
from seisdsl.resources import STDLIB
from seisdsl.syntax.complaints import KEYWORDS

AT_BEGINNING = {
    "let": "name a value",
    "def": "make an operator out of others",
    "param": "a value that the command line may give",
    "use": "take names of another file",
    "source": "name records",
    "assert": "hold a claim",
    "sweep": "compute for each of several values",
}
WORDS = {  # of columns of texts; of those that hold others in some tables, with the table's name
    "phase": ("P", "S"),
    "kind": KINDS,
    "Flatfile.kind": ("crust", "interface", "slab"),
}
OF_TABLES = {"where": "keep the rows for which a condition holds", "derive": "add columns"}


@dataclass(frozen=True)
class Completion:
    """Text to put in the place of [start, end)."""

    label: str
    kind: str
    detail: str = ""
    documentation: str = ""
    insert: str = ""
    start: int = 0
    end: int = 0


def keywords(words: dict[str, str]) -> Iterator[Completion]:
    for word, detail in words.items():
        yield Completion(word, "keyword", detail, insert=f"{word} ")


# Operators --------------------------------------------------------------------------------------


def _stage(one: Called, label: str = "") -> Completion:
    word = label or one.word
    return Completion(word, "operator", one.pipes, one.summary, word)


def fitting(piped: Flowing | None, scope: Scope) -> Iterator[Completion]:
    """What can follow a pipe, that made for what is piped first; all that read where it is not known."""
    registry = scope.session.registry
    table = piped is None or is_a(piped.type, Type("Table"))
    for definition in _definitions(scope):
        reads = definition.reads
        if piped is None or reads is None or is_a(piped.type, reads):
            yield _stage(definition.called)
    yield from _models(piped, scope)
    words = (
        reading(piped.type, registry) if piped else [one.word for one in registry.distinct() if one.reads()]
    )
    if table:
        yield from keywords(OF_TABLES)
    yield from (_stage(of_operator(registry[word])) for word in words if word not in KEYWORDS)


def beginning(scope: Scope) -> Iterator[Completion]:
    """The operators that a pipeline may begin with."""
    for definition in _definitions(scope):
        if definition.reads is None:
            yield _stage(definition.called)
    for operator in scope.session.registry.distinct():
        if outcome(operator, None) and operator.word not in KEYWORDS:
            yield _stage(of_operator(operator))


@dataclass(frozen=True)
class _Definition:
    reads: Type | None
    called: Called


def _definitions(scope: Scope) -> Iterator[_Definition]:
    """The operators of the program and of the files it uses."""
    for name in dict.fromkeys(scope.words()):
        binding = scope.find(name)
        within = binding.names.items() if isinstance(binding, Module) else ()
        for word, one in [(name, binding), *((f"{name}.{part}", one) for part, one in within)]:
            if isinstance(one, Def):
                yield _Definition(one.reads, of_definition(word, one))
            elif isinstance(one, type):
                reads = one.reads()
                yield _Definition(reads[0] if reads else None, of_operator(one, word))


def _models(piped: Flowing | None, scope: Scope) -> Iterator[Completion]:
    for name, of in _lets(scope):
        if of.name == "Model" and (piped is None or not of.args or is_a(piped.type, of.args[0])):
            yield Completion(name, "variable", str(of), insert=name)


# Names and values -------------------------------------------------------------------------------


def _lets(scope: Scope) -> Iterator[tuple[str, Type]]:
    for name in dict.fromkeys(scope.words()):
        binding = scope.find(name)
        if isinstance(binding, Let):
            yield name, binding.value.type


def bound(scope: Scope, wanted: Type | None = None) -> Iterator[Completion]:
    """Names of values, those alone that may be given where a type is wanted."""
    for name, of in _lets(scope):
        if wanted is None or of == Poison().type or fits(of, wanted) or is_a(of, wanted):
            yield Completion(name, "variable", value_label(of), insert=name)


def modules(scope: Scope) -> Iterator[Completion]:
    for name in dict.fromkeys(scope.words()):
        if isinstance(scope.find(name), Module):
            yield Completion(name, "module", "a file in use", insert=f"{name}.")


def sources(scope: Scope) -> Iterator[Completion]:
    own = {name: scope.find(name) for name in uses.sources_in(scope)}
    for name, source in {**own, **uses.library(scope)}.items():
        if isinstance(source, SourceValue):
            detail = ", ".join(key for key, _ in source.settings.fields)
            plain = all(not part[:1].isdigit() for part in name.split("-"))
            yield Completion(name, "source", detail, insert=name if plain else f'"{name}"')


def values(wanted: Type, scope: Scope, piped: Flowing | None) -> Iterator[Completion]:
    """What may be given for a parameter of a type."""
    options = wanted.args if wanted.name == "Either" else (wanted,)
    for of in options:
        inner = of.args[0] if of.name == "List" and of.args else of
        for word in of.words:
            yield Completion(str(word), "value", "one of " + ", ".join(map(str, of.words)), insert=str(word))
        if inner == BOOLEAN:
            yield from (Completion(word, "value", "Boolean", insert=word) for word in ("true", "false"))
        elif inner == SOURCE:
            yield from sources(scope)
        elif inner.name == METHOD.name:
            yield from (_stage(of_operator(one)) for one in scope.session.registry.distinct() if one.reads())
        elif inner == COLUMN:
            yield from columns(piped)
    yield from bound(scope, wanted)


def parameters(one: Called, given: Iterable[str]) -> Iterator[Completion]:
    """Parameters and upstream ports that are not given yet, those needed first."""
    done = set(given)
    left = [parameter for name, parameter in one.parameters.items() if name not in done]
    for parameter in sorted(left, key=lambda p: not p.required):
        detail = parameter_label(parameter).partition(": ")[2]
        yield Completion(f"{parameter.name}=", "parameter", detail, parameter.help, f"{parameter.name}=")
    for port in one.ports.values():
        if port.name not in done:
            how = "from an earlier stage, or named" if port.kind == "upstream" else "named"
            yield Completion(f"{port.name}=", "parameter", str(port.type), how, f"{port.name}=")


def units_for(wanted: Type | None) -> Iterator[Completion]:
    """Units for a number just typed; of no known kind all, of a plain number none."""
    inner = wanted.args[0] if wanted and wanted.name in ("Range", "List") and wanted.args else wanted
    if inner is not None and not has_unit(inner):
        if inner.name in ("Ratio", "Probability"):
            yield Completion("%", "unit", "a hundredth", insert="%")
        return
    dimension = units.DIMENSIONS.get(inner.name) if inner else None
    for symbol, (_, of) in list(units.table().items()):
        if dimension is None or of == dimension:
            yield Completion(symbol, "unit", units.name_of(of), insert=symbol)


def columns(table: Flowing | None) -> Iterator[Completion]:
    known = table.facts.columns if table else None
    if known is None and table is not None:
        known = getattr(Flows.kinds.get(table.type.name), "COLUMNS", None)
    for name, column in (known or {}).items():
        unit = f" in {column.unit}" if column.unit else ""
        yield Completion(name, "column", f"{column.type}{unit}", column.help, name)


def words_of(column: str, table: Flowing | None) -> Iterator[Completion]:
    """The words that a column of texts holds, where these are few and known."""
    of = WORDS.get(f"{table.type.name}.{column}" if table else "", WORDS.get(column, ()))
    for word in of:
        yield Completion(word, "value", f"a word of the column {column}", insert=word)


def functions() -> Iterator[Completion]:
    for name, function in FUNCTIONS.items():
        yield Completion(name, "function", function.summary, insert=f"{name} ")


def members(path: list[str], scope: Scope) -> Iterator[Completion]:
    """What may stand after the point of a name: names of a file, parts of a record."""
    binding = scope.find(path[0])
    if isinstance(binding, Module) and len(path) == 1:
        for name, one in binding.names.items():
            if (op := called(f"{path[0]}.{name}", scope)) is not None:
                yield _stage(op, name)
            elif isinstance(one, Let):
                yield Completion(name, "variable", value_label(one.value.type), insert=name)
    elif isinstance(binding, Let):
        of = binding.value.type
        for part in path[1:]:
            of = dict(of.fields).get(part, Type("?"))
        for name, inner in dict(of.fields or getattr(Flows.kinds.get(of.name), "FIELDS", {})).items():
            yield Completion(name, "field", value_label(inner), insert=name)


# Words of the language --------------------------------------------------------------------------


def types() -> Iterator[Completion]:
    for name in names():
        yield Completion(name, "type", insert=name)


def settings(given: Iterable[str]) -> Iterator[Completion]:
    """What a source may say."""
    for name, (of, help) in SETTINGS.items():
        if name not in given:
            yield Completion(name, "parameter", str(of), help, f"{name} = ")


def library() -> Iterator[Completion]:
    for path in sorted(STDLIB.glob("*.seis")):
        yield Completion(f"stdlib.{path.stem}", "module", "standard library", insert=f"stdlib.{path.stem}")


def files(written: str, folder: Path, suffixes: tuple[str, ...] = ()) -> Iterator[Completion]:
    """Files and folders that a path may go on to; `suffixes` are those of the files wanted."""
    head = written.rpartition("/")[0] + "/" if "/" in written else ""
    try:
        found = sorted((folder / Path(head).expanduser()).iterdir())
    except (OSError, ValueError, RuntimeError):
        return
    for path in found:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield Completion(f"{path.name}/", "folder", "folder", insert=f"{path.name}/")
        elif not suffixes or path.suffix in suffixes:
            yield Completion(path.name, "file", "file", insert=path.name)


def scenes() -> Iterator[Completion]:
    for path in sorted((STDLIB / "scenes").glob("*.csv")):
        yield Completion(path.stem, "value", "a scene of the standard library", insert=path.stem)
