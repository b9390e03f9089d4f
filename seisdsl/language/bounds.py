"""Parameters held against their bounds."""

from __future__ import annotations

import operator as compare
import re

from seisdsl.language import convert, units
from seisdsl.language.calls import Bound
from seisdsl.language.scope import Scope
from seisdsl.language.types import Range
from seisdsl.language.values import Items, Pair, Quantity, Value, number
from seisdsl.operator import Operator, Parameter

_TESTS = {
    "above": (compare.gt, "not above"),
    "at_least": (compare.ge, "below"),
    "at_most": (compare.le, "above"),
    "below": (compare.lt, "not below"),
}


def hold(operator: type[Operator], bound: Bound, scope: Scope) -> bool:
    """Whether all given values lie within their bounds; those that do not are reported."""
    sound = True
    for name, parameter in operator.parameters().items():
        given = bound.values.get(name)
        values = _numbers(given) if given is not None else []
        for value in values:
            sound = _within_type(name, parameter, value, bound, scope) and sound
        for word, limit in parameter.bounds:
            mentions = isinstance(limit, str) and limit in operator.parameters()
            if not values and not (mentions and limit in bound.values):
                continue
            checked = values or _default(parameter)
            other = operator.parameters()[str(limit)] if mentions else None
            for value in checked:
                sound = _within(name, value, word, limit, other, bound, scope) and sound
    return sound


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
        "value", f"{name}={place.text} is {side} {number(end)}", place, notes=[f"`{name}` is {limits[2]}"]
    )
    return False


def _within(
    name: str,
    value: Quantity,
    word: str,
    limit: float | str,
    other: Parameter | None,
    bound: Bound,
    scope: Scope,
) -> bool:
    test, phrase = _TESTS[word]
    also = []
    if other is not None:
        given = bound.values.get(other.name)
        against = _numbers(given) if given is not None else _default(other)
        if not against:
            return True
        si, said = against[0].si, f"`{other.name}`"
        shown = bound.places[other.name].text if other.name in bound.places else other.shown_default
        said += f", which is {shown}"
        if other.name in bound.places and name in bound.places:
            also = [(bound.places[other.name], f"`{other.name}`")]
    else:
        si = units.quantity(limit)[0] if isinstance(limit, str) else float(limit)
        said = limit if isinstance(limit, str) else number(limit)
    if test(value.si, si):
        return True
    place = bound.places.get(name) or bound.places[other.name if other else name]
    parameter_text = bound.places[name].text if name in bound.places else "its default"
    shown_value = parameter_text if re.search(r"\d", parameter_text) else number(value.si)
    notes = [f"`{name}` must be {_rule(word)} {said}"]
    scope.fault("value", f"{name}={shown_value} is {phrase} {said}", place, also=also, notes=notes)
    return False


def _rule(word: str) -> str:
    return {"above": "above", "at_least": "at least", "at_most": "at most", "below": "below"}[word]
