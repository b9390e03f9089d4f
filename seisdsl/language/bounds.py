"""Parameters held against their bounds."""

from __future__ import annotations

import operator as compare
import re

from seisdsl.language import convert, units
from seisdsl.language.calls import Bound
from seisdsl.language.scope import Let, Scope
from seisdsl.language.types import Range
from seisdsl.language.values import Items, Pair, Quantity, Value, number
from seisdsl.operator import Operator, Parameter
from seisdsl.source import Place

_TESTS = {
    "above": (compare.gt, "not above"),
    "at_least": (compare.ge, "below"),
    "at_most": (compare.le, "above"),
    "below": (compare.lt, "not below"),
}


def hold(operator: type[Operator], bound: Bound, scope: Scope) -> bool:
    """Whether all given values lie within their bounds; those that do not are reported, each once."""
    wrong: set[str] = set()
    for name, parameter in operator.parameters().items():
        given = bound.values.get(name)
        values = _numbers(given) if given is not None else []
        for value in values:
            if not _within_type(name, parameter, value, bound, scope):
                wrong.add(name)
    for name, parameter in operator.parameters().items():
        given = bound.values.get(name)
        values = _numbers(given) if given is not None else []
        for word, limit in sorted(parameter.bounds, key=lambda pair: _names_other(pair[1], operator)):
            other = operator.parameters()[str(limit)] if _names_other(limit, operator) else None
            if not values and not (other and other.name in bound.values):
                continue
            if name in wrong or (other and other.name in wrong):
                continue
            for value in values or _default(parameter):
                if not _within(parameter, value, word, limit, other, bound, scope):
                    wrong.add(name)
                    break
    return not wrong


def _names_other(limit: float | str, operator: type[Operator]) -> bool:
    return isinstance(limit, str) and limit in operator.parameters()


def _numbers(value: Value) -> list[Quantity]:
    match value:
        case Quantity():
            return [value]
        case Pair():
            return [value.low, value.high]
        case Items():
            return [item for item in value.items if isinstance(item, Quantity)]
    return []


def _default(parameter: Parameter) -> list[Quantity]:
    default = parameter.default
    ends = [default.low, default.high] if isinstance(default, Range) else [default]
    return [Quantity(float(end)) for end in ends if isinstance(end, int | float)]


def _within_type(name: str, parameter: Parameter, value: Quantity, bound: Bound, scope: Scope) -> bool:
    limits = convert.limits(parameter.type)
    if limits is None or limits[0] <= value.si <= limits[1]:
        return True
    side = "above" if value.si > limits[1] else "below"
    end = limits[1] if value.si > limits[1] else limits[0]
    place = bound.places[name]
    scope.fault(
        "value",
        f"{name}={_shown(value, place)} is {side} {number(end)}",
        place,
        notes=[f"`{name}` is {limits[2]}"],
    )
    return False


def _within(
    parameter: Parameter,
    value: Quantity,
    word: str,
    limit: float | str,
    other: Parameter | None,
    bound: Bound,
    scope: Scope,
) -> bool:
    if other is not None:
        return _beside(parameter, value, word, other, bound, scope)
    name = parameter.name
    test, phrase = _TESTS[word]
    si = units.quantity(limit)[0] if isinstance(limit, str) else float(limit)
    said = limit if isinstance(limit, str) else number(limit)
    if test(value.si, si):
        return True
    place = bound.places[name]
    notes = [f"`{name}` must be {_RULES[word]} {said}"]
    message = f"{name}={_shown(value, place)} is {phrase} {said}"
    scope.fault("value", message, place, also=_given(place, scope), notes=notes)
    return False


def _beside(
    parameter: Parameter, value: Quantity, word: str, other: Parameter, bound: Bound, scope: Scope
) -> bool:
    """A bound that is another parameter; one of the two may be its default."""
    name = parameter.name
    test, phrase = _TESTS[word]
    given = bound.values.get(other.name)
    against = _numbers(given) if given is not None else _default(other)
    if not against or test(value.si, against[0].si):
        return True
    here, there = bound.places.get(name), bound.places.get(other.name)
    limit = _shown(against[0], there) if there else other.shown_default
    one = _shown(value, here) if here else parameter.shown_default
    message = f"{name}={one} is {phrase} {other.name}={limit}"
    missing = name if here is None else other.name if there is None else None
    notes = [f"`{name}` must be {_RULES[word]} `{other.name}`"]
    if missing:
        notes.append(f"`{missing}` is not given, and this is its default")
    place = here or there
    assert place is not None
    also = [(there, f"`{other.name}`")] if here and there else []
    scope.fault("value", message, place, also=also, notes=notes)
    return False


def _given(place: Place, scope: Scope) -> list[tuple[Place, str]]:
    """Where the name that stands as an argument got its value."""
    binding = scope.find(place.text)
    return [(binding.place, "its value is given here")] if isinstance(binding, Let) else []


def _shown(value: Quantity, place: Place) -> str:
    """The value as it is written; where a name stands, what the name is worth."""
    return place.text if re.search(r"\d", place.text) else number(value.si)


_RULES = {"above": "above", "at_least": "at least", "at_most": "at most", "below": "below"}
