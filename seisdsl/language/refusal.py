"""What is said of a value that a parameter does not take, and what may have been meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from seisdsl.diagnostics import Fix
from seisdsl.language import convert
from seisdsl.language.disagreement import in_unit, metres, number_of
from seisdsl.language.formula import kind_of_type
from seisdsl.language.scope import Let
from seisdsl.language.suggest import nearest
from seisdsl.language.types import DATE, INTEGER, MAGNITUDE, NUMBER, TEXT, TIME_RANGE, Type
from seisdsl.language.types import Value as Flows
from seisdsl.language.values import Flowing, Pair, Poison, Quantity, SourceValue, Text, Unset, Value, number
from seisdsl.operator import Unsuitable
from seisdsl.source import Place
from seisdsl.syntax import tree

if TYPE_CHECKING:
    from seisdsl.language.arguments import Argument

_QUANTITIES = re.compile(r"-?\d+(\.\d+)?[^\s.]*(\.\.-?\d+(\.\d+)?[^\s.]*)?")
_UNIT = re.compile(r"[A-Za-zµ°%][^\s.]*$")
_PLAIN = (NUMBER, INTEGER, MAGNITUDE)
_TIMES = "`2016-08-15` or `2016-08-15T02:00Z..2016-08-15T03:00Z`"


def refused(argument: Argument, node: tree.Node, value: Value) -> Poison:
    """Report that the value is not what the parameter takes."""
    wanted, found, callee = argument.wanted, value.type, argument.callee
    if isinstance(value, Flowing) and convert.fits(found, wanted):
        return _too_late(argument, node)
    about_units = convert.has_unit(wanted) and (convert.has_unit(found) or _is_plain(found))
    subject = callee.name if about_units and not callee.declares else argument.name
    same_form = found.name == wanted.name == "Range" and found.args
    label = str(found.args[0]) if same_form else convert.words(found)
    if _is_plain(found) or not (about_units or found.name in Flows.kinds):
        label = ""
    argument.scope.fault(
        "unit" if about_units else "type",
        f"`{subject}` needs {convert.words(wanted)}, found {_said(value, wanted)}",
        node,
        label,
        also=_also(argument, node, value, about_units),
        notes=[*_declared(argument), *_remarks(argument, value)],
        fix=_repair(argument, node, value),
    )
    return Poison()


def _too_late(argument: Argument, node: tree.Node) -> Poison:
    text = argument.scope.source[node.span]
    message = f"`{argument.name}` must be known before the program runs, and `{text}` is computed by it"
    argument.scope.fault("type", message, node, notes=_declared(argument))
    return Poison()


def _is_plain(of: Type) -> bool:
    return of in _PLAIN or of == Type("Range", (NUMBER,))


def _said(value: Value, wanted: Type) -> str:
    if isinstance(value, Quantity) and value.type == NUMBER and wanted == INTEGER:
        return number(value.si)
    return convert.words(value.type)


def _also(argument: Argument, node: tree.Node, value: Value, about_units: bool) -> list[tuple[Place, str]]:
    """Where the type is written, what is piped, and where a name got its value."""
    also: list[tuple[Place, str]] = []
    callee, piped = argument.callee, argument.piped
    if callee.place and callee.declares:
        also.append((callee.place, f"declared as {argument.wanted}"))
    if about_units and piped and not isinstance(value, Flowing):
        facts = str(piped.facts)
        also.append((piped.place, f"{piped.type}, {facts}" if facts else str(piped.type)))
    bound = argument.scope.find(str(node)) if isinstance(node, tree.Path) else None
    if isinstance(bound, Let) and not isinstance(value, Flowing):
        also.append((bound.place, "declared here" if isinstance(value, Unset) else "its value is given here"))
    return also


def _declared(argument: Argument) -> list[str]:
    if argument.callee.declares:
        return []
    where = f"   (seis help {argument.callee.name})" if argument.callee.place is None else ""
    parameter = argument.callee.parameters.get(argument.name)
    return [f"parameter `{argument.name}`: {parameter.type if parameter else argument.wanted}{where}"]


def _remarks(argument: Argument, value: Value) -> list[str]:
    wanted = argument.wanted
    notes = []
    if isinstance(value, Flowing) and wanted.name not in Flows.kinds:
        notes.append("a parameter is known before the program runs; this is computed when it runs")
    if wanted in (DATE, TIME_RANGE) and not isinstance(value, Flowing):
        notes.append(
            f"as in {_TIMES}" if wanted == TIME_RANGE else "as in `2016-08-15` or `2016-08-15T02:00Z`"
        )
    if wanted.name == "Range" and isinstance(value, Quantity):
        notes.append(f"a range has two ends, as `1..10{convert.unit_of(wanted)}`")
    notes += metres(value, kind_of_type(wanted))
    if isinstance(value, Pair) and wanted == Type("Range", (Type("Frequency"),)) and value.low.si > 0:
        low, high = f"{1 / value.high.si:g}", f"{1 / value.low.si:g}"
        if value.type == Type("Range", (Type("Time"),)):
            notes.append(f"if these are periods, the band is {low}..{high}Hz")
    return notes


def _repair(argument: Argument, node: tree.Node, value: Value) -> Fix | None:
    """The same numbers in a unit that fits."""
    place = argument.scope.place(node)
    if isinstance(value, SourceValue) and argument.wanted.name in Flows.kinds:
        repair = f"(stream {place.text})"
        return Fix(f"write `{repair}`", place, repair)
    if isinstance(value, Text):
        repair = _of_text(value.text, place.text, argument.wanted)
        return Fix(f"did you mean {repair}?", place, repair) if repair else None
    if argument.wanted == TEXT and isinstance(value, Quantity):
        return Fix(f'a text stands in quotes: `"{place.text}"`', place, f'"{place.text}"')
    unit = "min" if metres(value, kind_of_type(argument.wanted)) else _unit(argument)
    repair = in_unit(place.text, node, unit, argument.wanted.name == "Range")
    if argument.wanted in _PLAIN and isinstance(value, Quantity) and value.unit and not repair:
        repair = number_of(place.text)
    return Fix(f"did you mean {repair}?", place, repair) if repair and repair != place.text else None


def _unit(argument: Argument) -> str:
    """The unit that the parameter's default is written with, or the usual one of its type."""
    parameter = argument.callee.parameters.get(argument.name)
    shown = _UNIT.search(parameter.shown_default) if parameter else None
    return shown[0] if shown and convert.has_unit(argument.wanted) else convert.unit_of(argument.wanted)


def _of_text(text: str, written: str, wanted: Type) -> str:
    """What a text in quotes would be without them, or in the brackets of a list."""
    if wanted.name == "List" and wanted.args and convert.takes(wanted.args[0], Text(text)):
        return f"[{written}]"
    inner = wanted.args[0] if wanted.name == "Range" else wanted
    numeric = inner in _PLAIN or convert.has_unit(inner)
    return text if numeric and _QUANTITIES.fullmatch(text) else ""


# An operator's own refusal ----------------------------------------------------------------------


def repair_of(refusal: Unsuitable, place: Place | None = None) -> Fix | None:
    """What an operator proposes: a value for its parameter, which stands at `place`, or a sentence."""
    repair = refusal.repair
    if not repair:
        return None
    value = re.fullmatch(rf"(?:write )?{re.escape(refusal.parameter)}=(\S+)", repair)
    if not value:
        return Fix(repair if " " in repair else f"write `{repair}`")
    return Fix(f"write `{refusal.parameter}={value[1]}`", place, value[1] if place else None)


def near_file(name: str) -> str | None:
    """A file of almost this name in the same folder, or the folder that is missing."""
    path = Path(name)
    folders = [folder for folder in reversed(path.parents) if not set("*?[{") & set(str(folder))]
    lost = next((folder for folder in folders if not folder.is_dir()), None)
    if lost is not None:
        return f"there is no folder {lost}"
    if len(folders) < len(path.parents):
        return None
    meant = nearest(path.name, [other.name for other in path.parent.iterdir()])
    return f"did you mean {path.parent / meant}?" if meant else None
