"""Text literals: escapes, and holes filled from parameters."""

from __future__ import annotations

import re

from seisdsl.diagnostics import Fix
from seisdsl.language import units
from seisdsl.language.scope import Let, Scope
from seisdsl.language.suggest import nearest
from seisdsl.language.values import (
    Instant,
    Known,
    Pair,
    Poison,
    Quantity,
    Text,
    Truth,
    Unset,
    Value,
    iso,
    number,
    shown,
)
from seisdsl.language.values import Span as TimeSpan
from seisdsl.source import Place, Span
from seisdsl.syntax import tree

_ESCAPE = re.compile(r"\\(.)|\{\{|\}\}|\{([^{}\"]*)\}")


_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


PATTERN_WORDS = ("year", "month", "day", "doy", "hour")


def text_of(node: tree.String, scope: Scope, pattern: bool = False) -> Value:
    """A text with its escapes and holes filled; `pattern` keeps {year} and the like for a source."""
    raw = node.text[1:-1]
    parts, last, sound = [], 0, True
    for match in _ESCAPE.finditer(raw):
        parts.append(raw[last : match.start()])
        last = match.end()
        at = node.span.start + 1
        place = scope.source.place(Span(at + match.start(), at + match.end()))
        if match[1]:
            if match[1] not in _ESCAPES:
                if sound:
                    _no_escape(match[0], place, scope)
                sound = False
            parts.append(_ESCAPES.get(match[1], ""))
        elif match[2] is None:
            parts.append(match[0][0])
        elif pattern and match[2] in PATTERN_WORDS:
            parts.append(match[0])
        else:
            filled = _filled(match[2], place, scope, pattern)
            sound = sound and filled is not None
            parts.append(filled or "")
    return Text("".join(parts) + raw[last:]) if sound else Poison()


def _no_escape(escape: str, place: Place, scope: Scope) -> None:
    notes = ['a text knows `\\n`, `\\t`, `\\"` and `\\\\`; in a path `/` works on every system']
    fix = Fix(f"a backslash is written twice: `\\{escape}`", place, f"\\{escape}")
    scope.fault("value", f"`{escape}` is no escape", place, notes=notes, fix=fix)


def _filled(name: str, place: Place, scope: Scope, pattern: bool) -> str | None:
    binding = scope.find(name)
    if isinstance(binding, Let) and binding.filler:
        value = binding.value
        if isinstance(value, Text):
            return value.text
        if isinstance(value, Quantity | Instant | TimeSpan | Pair | Truth | Unset):
            return _for_file(value)
        return None
    fillers = [word for word in scope.words() if isinstance(b := scope.find(word), Let) and b.filler]
    meant = nearest(name, [*fillers, *(PATTERN_WORDS if pattern else ())])
    fix = Fix(f"did you mean `{{{meant}}}`?", place, f"{{{meant}}}") if meant else None
    also: list[tuple[Place, str]] = []
    message = f"no parameter is called `{name}`"
    if isinstance(binding, Let):
        message, also = "only a `param` fills a hole in a text", [(binding.place, "this is a `let`")]
        fix = Fix(f"write `param` instead of `let` before `{name}`")
    notes = [] if fix else ["declare it with `param`, or write `{{` for a brace"]
    if pattern and not fix:
        holes = ", ".join(f"{{{word}}}" for word in PATTERN_WORDS)
        notes = [f"an archive's path may hold {holes}, and `*` for all else"]
    scope.fault("name", message, place, also=also, notes=notes, fix=fix)
    return None


def _for_file(value: Known) -> str:
    """A value as part of a text, which is often a file's name: no colons."""
    match value:
        case Instant(day=False):
            return iso(value.ns).replace(":", "")
        case TimeSpan():
            return f"{iso(value.range.start)}_{iso(value.range.end)}".replace(":", "")
        case Pair():
            return f"{_for_file(value.low)}-{_for_file(value.high)}"
        case Quantity() if value.unit:
            return number(value.si / units.unit(value.unit)[0]) + value.unit.replace("/", "-")
    return shown(value)
