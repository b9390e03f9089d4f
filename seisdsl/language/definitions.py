"""`def`: an operator of one's own, checked where it is written and opened where it is used."""

from __future__ import annotations

from dataclasses import replace

from seisdsl.diagnostics import Label
from seisdsl.language import arguments, binding, convert, literals, pipelines
from seisdsl.language.calls import Callee, declared
from seisdsl.language.declared import type_named
from seisdsl.language.mismatch import readable
from seisdsl.language.scope import Def, Let, Scope
from seisdsl.language.types import Type, is_a
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, Poison, Unset, Value
from seisdsl.operator import Facts, Parameter
from seisdsl.source import Place
from seisdsl.syntax import tree

DEEPEST = 50


def declare(node: tree.Definition, scope: Scope) -> Def:
    """The definition with its types settled; its body is checked by `check_body`."""
    reads = gives = None
    if node.signature:
        reads = type_named(node.signature.reads, scope) if node.signature.reads else None
        gives = type_named(node.signature.gives, scope)
    parameters = {}
    for argument in node.arguments.parts:
        name = argument.name.text
        if name in parameters:
            first = next(other.name for other in node.arguments.parts if other.name.text == name)
            message = f"`{name}` stands twice among these parameters"
            scope.fault("name", message, argument.name, also=[(scope.place(first), "first here")])
        parameters[name] = _parameter(argument, node, scope)
    return Def(node, scope, scope.place(node.name), reads, gives, parameters)


def _parameter(argument: tree.Argument, node: tree.Definition, scope: Scope) -> Parameter:
    name = argument.name.text
    of = type_named(argument.type, scope) if argument.type else None
    default: Value | None = None
    if argument.default is not None:
        if of is None:
            default = literals.evaluate(argument.default, scope)
            of = default.type
        else:
            taker = declared(name, scope.place(argument.type) if argument.type else None)
            default = arguments.Argument(taker, name, of, scope, None).read(argument.default)
    elif of is None:
        if argument.type is None:
            scope.fault(
                "def",
                f"`{name}` needs a type or a default",
                argument.name,
                notes=[f"as in `{name}: Range<Frequency> = 2..8Hz`"],
            )
        of = Poison().type
    shown_default = scope.source[argument.default.span] if argument.default else ""
    return Parameter(name, of, _help(name, node.doc), argument.default is None, default, shown_default, ())


def _help(name: str, doc: str) -> str:
    """The line of a doc comment that begins with the parameter's name."""
    for line in doc.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == name:
            return rest.strip()
    return ""


def check_body(definition: Def) -> bool:
    """Check a definition by itself, whatever its parameters will be; whether it is sound."""
    scope, node = definition.scope, definition.node
    if definition.gives is None:
        return True
    session = scope.session
    if "?" in (definition.gives.name, definition.reads and definition.reads.name):
        return False
    before = len(session.findings.found)
    names = {}
    places = {argument.name.text: scope.place(argument.name) for argument in node.arguments.parts}
    for name, parameter in definition.parameters.items():
        place = places[name]
        if parameter.type.name in Flows.kinds:
            value: Value = Flowing(parameter.type, _facts(parameter.type), place)
        else:
            unknown = parameter.type.name == "?" or isinstance(parameter.default, Poison)
            value = Poison() if unknown else Unset(name, parameter.type)
        names[name] = Let(value, place, filler=True)
    inner = scope.inside(dict(names), calls=(*scope.calls, str(definition.place)))
    reads = definition.reads
    signature = node.signature
    piped = None
    if reads is not None and signature is not None and signature.reads is not None:
        piped = Flowing(reads, _facts(reads), scope.place(signature.reads))
    value = pipelines.pipeline(node.body, inner, piped)
    if not isinstance(value, Poison) and signature and not _gives(value, definition.gives):
        gives = convert.words(value.type)
        scope.fault(
            "def",
            f"`{node.name.text}` says that it gives {definition.gives}, and gives {gives}",
            signature.gives,
            also=[(scope.place(node.body.parts[-1]), f"gives {gives}")],
        )
    return len(session.findings.found) == before


def _facts(of: Type) -> Facts:
    """Of a plain Table nothing is known of its columns; other tables have those of their kind."""
    kind = Flows.kinds.get(of.name)
    return Facts(columns=getattr(kind, "COLUMNS", None) or None)


def _gives(value: Value, wanted: Type) -> bool:
    return is_a(value.type, wanted) or convert.fits(value.type, wanted)


def opened(
    definition: Def,
    path: tree.Path,
    given: tuple[tree.Expression | tree.Named, ...],
    node: tree.Node,
    scope: Scope,
    piped: Flowing | None,
) -> Value:
    """The definition's body with its arguments filled in, in place of its name."""
    name = definition.node.name.text
    mark = str(definition.place)
    if mark in scope.calls:
        scope.fault(
            "def",
            f"`{name}` calls itself",
            path,
            also=[(definition.place, "defined here")],
            notes=["there is no recursion: a program's graph is known before it runs"],
        )
        return _promised(definition, scope.place(path), piped)
    if len(scope.calls) >= DEEPEST:
        scope.fault("def", f"definitions are opened more than {DEEPEST} deep here", path)
        return Poison()
    taker = Callee(name, definition.parameters, place=definition.place)
    bound = binding.bind(taker, given, scope, node, piped)
    if not _reads(definition, piped, path, scope):
        return _promised(definition, scope.place(path), piped)
    if not bound.sound:
        return _promised(definition, scope.place(path), piped)
    values = {
        parameter.name: bound.values.get(parameter.name, parameter.default)
        for parameter in definition.parameters.values()
    }
    names = {
        key: Let(value, bound.places.get(key, definition.place), filler=True)
        for key, value in values.items()
        if value is not None
    }
    unsound = mark in scope.session.unsound
    if unsound and definition.gives is not None:
        return _promised(definition, scope.place(path), piped)
    quiet = scope.quiet or unsound
    inner = definition.scope.inside(dict(names), calls=(*scope.calls, mark), quiet=quiet)
    entering = piped if definition.reads is not None or definition.gives is None else None
    known = len(scope.session.findings.found)
    value = pipelines.pipeline(definition.node.body, inner, entering)
    _called_here(known, scope.place(path), scope)
    if isinstance(value, Flowing):
        return replace(value, place=scope.place(path))
    return _promised(definition, scope.place(path), piped) if isinstance(value, Poison) else value


def _called_here(known: int, place: Place, scope: Scope) -> None:
    """Show the call beside what is new since `known` faults; a fault that every call has is told once."""
    session = scope.session
    for fault in list(session.findings.found)[known:]:
        del session.findings.found[fault]
        if fault not in session.told:
            session.told.add(fault)
            session.findings.add(replace(fault, labels=(*fault.labels, Label(place, "called here"))))


def _reads(definition: Def, piped: Flowing | None, path: tree.Path, scope: Scope) -> bool:
    name, reads = definition.node.name.text, definition.reads
    if definition.gives is None or (reads and reads.name == "?"):
        return True
    if reads is None and piped is not None:
        scope.fault(
            "pipe",
            f"`{name}` reads nothing, and {piped.type} is piped into it",
            path,
            also=[(piped.place, f"gives {piped.type}"), (definition.place, "defined here")],
            notes=["a pipeline begins with it"],
        )
        return False
    if reads is not None and piped is None:
        scope.fault(
            "pipe",
            f"`{name}` reads {reads}, and nothing is piped into it",
            path,
            also=[(definition.place, "defined here")],
            notes=[f"it stands after a pipe: `… | {name}`"],
        )
        return False
    if reads is not None and piped is not None:
        lifted = piped.type.name == "Examples" and is_a(piped.type.args[0], reads)
        if not is_a(piped.type, reads) and not lifted:
            scope.fault(
                "pipe",
                f"`{name}` cannot read {piped.type}",
                path,
                f"reads {readable([reads])}",
                also=[(piped.place, f"gives {piped.type}"), (definition.place, "defined here")],
            )
            return False
    return True


def _promised(definition: Def, place: Place, piped: Flowing | None) -> Value:
    if definition.gives is None or definition.gives.name not in Flows.kinds:
        return Poison()
    return Flowing(definition.gives, _facts(definition.gives), place, None, piped)
