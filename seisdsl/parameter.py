"""Parameters of operators: `short: Time = param("1s", "window of the short-term mean", above="0s")`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from seisdsl.language import units
from seisdsl.language.types import Range, Type, optional, type_of

Bound = float | str  # a number, a quantity such as "0s", or the name of another parameter


@dataclass(frozen=True)
class Parameter:
    """What is known of one parameter, read from the operator's field."""

    name: str
    type: Type
    help: str
    required: bool
    default: Any
    shown_default: str
    bounds: tuple[tuple[str, Bound], ...]
    optional: bool = False

    @property
    def unit(self) -> str:
        """The SI unit of its value, or nothing."""
        inner = self.type.args[0] if self.type.name == "Range" else self.type
        dimension = units.DIMENSIONS.get(inner.name)
        return dimension.unit if dimension else ""


_QUANTITY = re.compile(r"-?\d[\d.eE+-]*[^\s.]*")
_RANGE = re.compile(rf"({_QUANTITY.pattern}?)\.\.({_QUANTITY.pattern})")


def param(
    default: Any = ...,
    help: str = "",
    *,
    above: Bound | None = None,
    below: Bound | None = None,
    at_least: Bound | None = None,
    at_most: Bound | None = None,
) -> Any:
    """A parameter. A default with a unit is written as in a program: "1s", "2..8Hz"."""
    bounds = {"above": above, "at_least": at_least, "at_most": at_most, "below": below}
    given = tuple((word, bound) for word, bound in bounds.items() if bound is not None)
    extra: dict[str, Any] = {"bounds": given, "shown": _shown(default)}
    return Field(_si(default), description=help, json_schema_extra=extra)


def _si(default: Any) -> Any:
    if not isinstance(default, str):
        return default
    if match := _RANGE.fullmatch(default):
        high, _, unit = units.quantity(match[2])
        low = match[1] if re.search(r"[A-Za-z%°]", match[1]) else match[1] + unit
        return Range(units.quantity(low)[0], high)
    if _QUANTITY.fullmatch(default) and not default.replace(".", "").isdigit():
        try:
            return units.quantity(default)[0]
        except units.UnknownUnit:
            return default
    return default


def _shown(default: Any) -> str:
    if default is ... or default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) if not isinstance(default, float) else f"{default:g}"


def read_parameter(owner: type, name: str, annotation: Any, info: Any) -> Parameter:
    """What an operator's field says of a parameter; a default in another unit is its author's mistake."""
    extra = info.json_schema_extra or {}
    needed = info.is_required()
    parameter = Parameter(
        name=name,
        type=type_of(annotation),
        help=info.description or "",
        required=needed,
        default=None if needed else info.default,
        shown_default=extra.get("shown", "" if needed else _shown(info.default)),
        bounds=extra.get("bounds", ()),
        optional=optional(annotation),
    )
    written = _unit_of(parameter.shown_default) if isinstance(info.default, float | Range) else None
    if written and parameter.unit and units.unit(written)[1] != units.unit(parameter.unit)[1]:
        shown = parameter.shown_default
        raise TypeError(f"{owner.__name__}.{name}: the default {shown} is no {parameter.type}")
    return parameter


def _unit_of(shown: str) -> str:
    """The unit a default was written with."""
    match = re.fullmatch(rf"(?:.*\.\.)?({_QUANTITY.pattern})", shown)
    return units.quantity(match[1])[2] if match else ""
