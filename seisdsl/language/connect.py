"""One operator joined to what it reads: ports filled, types settled, its node made."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from seisdsl.language import (
    binding,
    bounds,
    convert,
    literals,
    making,
    pipelines,
)
from seisdsl.language.calls import Bound
from seisdsl.language.mismatch import branch_cannot_read, cannot_read, does_not_go_with, nothing_upstream
from seisdsl.language.scope import Def, Let, Scope
from seisdsl.language.types import METHOD, Type, is_a
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, OperatorValue, Poison, Value, is_constant
from seisdsl.operator import Facts, Operator, Port, Signature
from seisdsl.source import Place, Span
from seisdsl.syntax import tree

MOST_NODES = 100_000


def apply(
    operator: type[Operator],
    given: tuple[tree.Expression | tree.Named, ...],
    node: tree.Node,
    path: Span,
    scope: Scope,
    piped: Flowing | None,
    preset: tuple[tuple[str, Value], ...] = (),
) -> Value:
    """Bind the arguments, find the types, and make the node where all is sound."""
    taker = pipelines.callee(operator)
    bound = binding.bind(taker, given, scope, node, piped, partial=bool(preset))
    for name, value in preset:
        bound.values.setdefault(name, value)
    branches = _branches(bound.branches, operator, scope, piped) if bound.branches is not None else {}
    bound.sound = bounds.hold(operator, bound, scope) and bound.sound
    return connect(operator, bound, branches, path, scope, piped, whole=node)


def _branches(
    record: tree.Record, operator: type[Operator], scope: Scope, piped: Flowing | None
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    ports = [port.type for one in operator.signatures() for port in one.ports if port.kind == "branches"]
    reads = ports[0].args[0] if ports and ports[0].args else None
    for part in literals.unique_fields(record, scope):
        value = pipelines.pipeline(part.value, scope, _entering(part.value, scope, piped))
        if is_constant(value):
            scope.fault(
                "pipe", f"`{part.name.text}` is {convert.words(value.type)}, not a pipeline", part.value
            )
            value = Poison()
        if reads and isinstance(value, Flowing) and not is_a(value.type, reads):
            if not scope.quiet:
                scope.report(
                    branch_cannot_read(operator, part.name.text, reads, value, scope.session.registry)
                )
            value = Poison()
        found[part.name.text] = value
    return found


def _entering(branch: tree.Pipeline, scope: Scope, piped: Flowing | None) -> Flowing | None:
    """A branch that begins with a value of its own takes nothing from the pipe."""
    first = branch.parts[0]
    if piped is None:
        return None
    if isinstance(first, tree.Path | tree.Call):
        path = first.path if isinstance(first, tree.Call) else first
        operator = pipelines.operator_named(path, scope)
        if operator is not None:
            return piped if any(s.piped for s in operator.signatures()) else None
        binding = scope.find(path.parts[0].text)
        if isinstance(binding, Def):
            return piped if binding.reads is not None or binding.gives is None else None
        is_model = isinstance(binding, Let) and binding.value.type.name == "Model"
        return piped if is_model and len(path.parts) == 1 else None
    return piped


def connect(
    operator: type[Operator],
    bound: Bound,
    branches: dict[str, Value],
    path: Span,
    scope: Scope,
    piped: Flowing | None,
    whole: tree.Node | None = None,
) -> Value:
    """Fill the ports, settle the type, and make the node."""
    place = scope.place(path)
    braced = bound.branches is not None or bool(branches)
    fitting = [one for one in operator.signatures() if braced or not _branching(one)]
    signature = max(operator.signatures(), key=_branching)
    if bound.branches is not None and not branches and operator.sink:
        scope.fault("param", f"`{operator.word}` is given no pipeline: the braces are empty", place)
        return typed(signature.gives, place, None)
    if not fitting or (piped is None and _branching(signature) and not braced):
        return typed(signature.gives, place, None)
    gives: Type | None = None
    lifted = False
    for candidate in sorted(fitting, key=_branching, reverse=True):
        gives, lifted = _given_by(operator, candidate, bound, piped)
        if gives is not None:
            signature = candidate
            break
    if gives is None:
        if piped is None:
            return _needs_a_pipe(operator, place, scope)
        if not scope.quiet:
            culprit = _culprit(operator, bound, piped)
            if culprit:
                scope.report(does_not_go_with(operator, culprit, bound, piped, scope.session.registry))
            else:
                scope.report(cannot_read(operator, piped, place, scope.session.registry))
        return typed(signature.gives, place, piped)
    if piped is not None and signature.piped is None and not branches:
        scope.fault(
            "pipe",
            f"`{operator.word}` reads nothing, and {piped.type} is piped into it",
            path,
            also=[(piped.place, f"gives {piped.type}")],
            notes=["a pipeline begins with it"],
        )
        return typed(signature.gives, place, None)
    inputs, upstream, sound = _ports(operator, signature, bound, branches, scope, place, piped, lifted)
    if branches and signature.gives.name == "Record":
        gives = Type("Record", fields=tuple((n, v.type) for n, v in branches.items()))
    made = making.made(operator, bound, scope, place) if bound.sound else None
    facts = making.facts(operator, made, gives, piped, bound, scope, whole or path)
    if facts is not None and any(value.facts.simulated for value in inputs.values()):
        facts = facts.but(simulated=True)
    if made is None or facts is None or not sound or any(value.node is None for value in inputs.values()):
        return Flowing(gives, facts or Facts(), place, None, piped)
    builder = scope.session.builder
    if len(builder.nodes) > MOST_NODES:
        if len(builder.nodes) == MOST_NODES + 1:
            scope.fault("def", f"the program grows to more than {MOST_NODES:,} stages", path)
        return Flowing(gives, facts, place, None, piped)
    one = builder.node(
        made,
        {name: value.node for name, value in inputs.items() if value.node},
        type=gives,
        facts=facts,
        place=place,
        lifted=lifted,
        piped=signature.piped.name if signature.piped and piped else None,
        upstream=frozenset(upstream),
    )
    return Flowing(gives, facts, place, one, piped)


def _branching(signature: Signature) -> bool:
    """Whether it takes a record of pipelines."""
    return any(port.kind == "branches" for port in signature.ports)


def _given_by(
    operator: type[Operator], signature: Signature, bound: Bound, piped: Flowing | None
) -> tuple[Type | None, bool]:
    """The type a signature gives for what is piped, directly or lifted over examples."""
    port = signature.piped
    named = {name: value.type for name, value in bound.flowing().items()}
    tries: list[tuple[dict[str, Type], bool]] = [(named, False)]
    if port is not None and piped is not None:
        tries = [({**named, port.name: piped.type}, False)]
        if piped.type.name == "Examples" and piped.type.args:
            tries.append(({**named, port.name: piped.type.args[0]}, True))
    for inputs, lifted in tries:
        for argument_types in _argument_types(operator, bound):
            gives = operator.gives(inputs, argument_types, signature)
            if gives is not None:
                return (Type("Examples", (gives,)) if lifted else gives), lifted
    return None, False


def _argument_types(operator: type[Operator], bound: Bound) -> list[dict[str, Type]]:
    """Types of the arguments; an operator given by name has one for each of its signatures."""
    options: list[list[tuple[str, Type]]] = []
    for name, value in bound.values.items():
        if isinstance(value, OperatorValue):
            pairs = [
                (read, one.gives)
                for one in value.operator.signatures()
                if one.piped
                for read in (one.piped.type.args if one.piped.type.name == "Either" else (one.piped.type,))
            ]
            options.append([(name, Type(METHOD.name, pair)) for pair in pairs] or [(name, METHOD)])
        elif name in operator.parameters() and not isinstance(value, Poison):
            options.append([(name, value.type)])
    return [dict(choice) for choice in product(*options)]


def _culprit(operator: type[Operator], bound: Bound, piped: Flowing) -> str | None:
    """The argument without which the operator would read what is piped."""
    for name, value in bound.values.items():
        if isinstance(value, OperatorValue | Flowing):
            others = {other: kept for other, kept in bound.values.items() if other != name}
            without = replace(bound, values=others)
            if any(_given_by(operator, one, without, piped)[0] for one in operator.signatures()):
                return name
    return None


def _ports(
    operator: type[Operator],
    signature: Signature,
    bound: Bound,
    branches: dict[str, Value],
    scope: Scope,
    place: Place,
    piped: Flowing | None,
    lifted: bool,
) -> tuple[dict[str, Flowing], list[str], bool]:
    inputs: dict[str, Flowing] = {}
    upstream: list[str] = []
    sound = True
    for port in signature.ports:
        named = bound.values.get(port.name)
        if port.kind == "piped":
            if piped is not None:
                inputs[port.name] = piped
        elif port.kind == "branches":
            for name, value in branches.items():
                if isinstance(value, Flowing):
                    inputs[f"{port.name}.{name}"] = value
                else:
                    sound = False
        elif isinstance(named, Flowing):
            inputs[port.name] = named
        elif port.kind == "upstream" and named is None:
            found = _upstream(port, piped, lifted)
            if found is not None:
                inputs[port.name] = found
                upstream.append(port.name)
            elif not port.optional:
                sound = False
                scope.report(nothing_upstream(operator, port, place, piped, scope.session.registry))
        elif named is None and not port.optional:
            sound = False
            scope.fault(
                "param",
                f"`{operator.word}` needs `{port.name}`",
                place,
                notes=[f"`{port.name}`: {port.type}, given as `{port.name}=name`"],
            )
    return inputs, upstream, sound


def _upstream(port: Port, piped: Flowing | None, lifted: bool) -> Flowing | None:
    """The nearest earlier stage that gives what the port needs."""
    for value in piped.chain[1:] if piped else []:
        if is_a(value.type, port.type):
            return value
        if lifted and value.type.name == "Examples" and is_a(value.type.args[0], port.type):
            return value
    return None


def _needs_a_pipe(operator: type[Operator], place: Place, scope: Scope) -> Value:
    reads = " or ".join(map(str, operator.reads()))
    scope.fault(
        "pipe",
        f"`{operator.word}` reads {reads}, and nothing is piped into it",
        place,
        notes=[f"as in `{operator.example}`"] if operator.example else None,
    )
    return typed(operator.signatures()[0].gives, place, None)


def typed(gives: Type, place: Place, piped: Flowing | None) -> Value:
    """A value whose type alone goes on, so that the rest of the pipeline is still checked."""
    if gives.name not in Flows.kinds and gives.name not in ("Number", "Integer", "Boolean"):
        return Poison()
    kind = Flows.kinds.get(gives.name)
    return Flowing(gives, Facts(columns=getattr(kind, "COLUMNS", None) or None), place, None, piped)
