"""Types as a program writes them."""

from __future__ import annotations

from seisdsl.language import types
from seisdsl.language.scope import Scope
from seisdsl.language.types import Type
from seisdsl.syntax import tree


def type_named(node: tree.Type, scope: Scope) -> Type:
    """The type that is written; where it is none, that is reported."""
    name = node.name.text
    if name not in types.names():
        fix = scope.did_you_mean(name, node.name, types.names())
        scope.fault(
            "type",
            f"no type is called `{name}`",
            node.name,
            notes=[] if fix else ["seis help types"],
            fix=fix,
        )
        return Type("?")
    wanted = types.FAMILIES.get(name, 0)
    if wanted != len(node.arguments) and (wanted or node.arguments):
        example = {
            "Range": "Range<Frequency>",
            "List": "List<Time>",
            "Model": "Model<Spectrogram, Scores>",
            "Examples": "Examples<Waves>",
        }.get(name, name)
        scope.fault(
            "type",
            f"`{name}` takes {_count(wanted)}, found {len(node.arguments) or 'none'}",
            node,
            notes=[f"as in `{example}`"],
        )
        return Type("?")
    arguments = tuple(type_named(argument, scope) for argument in node.arguments)
    return Type("?") if any(of.name == "?" for of in arguments) else Type(name, arguments)


def _count(wanted: int) -> str:
    return {0: "no types in angle brackets", 1: "one type in angle brackets"}.get(
        wanted, f"{wanted} types in angle brackets"
    )
