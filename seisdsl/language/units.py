"""Units at the edge of the language: text becomes an SI factor and a dimension, once.

pint reads the definitions in `stdlib/units.txt`; the table it gives is kept compiled, so that
checking a program does not import it. Nothing after the checker knows of units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from seisdsl.compiled import compiled
from seisdsl.resources import STDLIB

DEFINITIONS = STDLIB / "units.txt"


@dataclass(frozen=True)
class Dimension:
    """Whole powers of base dimensions, those of power zero left out, in order of name."""

    powers: tuple[tuple[str, int], ...] = ()

    def _combined(self, other: Dimension, sign: int) -> Dimension:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        return Dimension(tuple(sorted((n, p) for n, p in powers.items() if p)))

    def __mul__(self, other: Dimension) -> Dimension:
        return self._combined(other, 1)

    def __truediv__(self, other: Dimension) -> Dimension:
        return self._combined(other, -1)

    def __pow__(self, power: int) -> Dimension:
        return Dimension(tuple((name, p * power) for name, p in self.powers if power))

    @property
    def unit(self) -> str:
        """The SI unit of this dimension, as a program writes it."""
        if self in _SI_UNIT:
            return _SI_UNIT[self]
        above = [_power(_BASE[name], p) for name, p in self.powers if p > 0]
        below = [_power(_BASE[name], -p) for name, p in self.powers if p < 0]
        if not above:
            return "·".join(_power(_BASE[name], p) for name, p in self.powers)
        return "/".join(["·".join(above), *below])


def _power(unit: str, power: int) -> str:
    return unit if power == 1 else f"{unit}^{power}"


_BASE = {
    "time": "s", "length": "m", "mass": "kg", "angle": "rad",
    "level": "dB", "counts": "counts", "moment": "Nm",
}  # fmt: skip

PLAIN = Dimension()
_S, _M, _KG = (Dimension(((name, 1),)) for name in ("time", "length", "mass"))

DIMENSIONS: dict[str, Dimension] = {
    "Time": _S,
    "Frequency": _S**-1,
    "Length": _M,
    "Area": _M**2,
    "Volume": _M**3,
    "Angle": Dimension((("angle", 1),)),
    "Velocity": _M / _S,
    "Rate": _M / _S,
    "Slowness": _S / _M,
    "Acceleration": _M / _S**2,
    "Mass": _KG,
    "Density": _KG / _M**3,
    "Force": _KG * _M / _S**2,
    "Pressure": _KG / _M / _S**2,
    "Energy": _KG * _M**2 / _S**2,
    "Power": _KG * _M**2 / _S**3,
    "Moment": Dimension((("moment", 1),)),
    "Level": Dimension((("level", 1),)),
    "Counts": Dimension((("counts", 1),)),
}
_SI_UNIT = {
    DIMENSIONS["Frequency"]: "Hz",
    DIMENSIONS["Pressure"]: "Pa",
    DIMENSIONS["Energy"]: "J",
    DIMENSIONS["Force"]: "N",
    DIMENSIONS["Power"]: "W",
}
_NAMES: dict[Dimension, str] = {}
for _name, _dimension in DIMENSIONS.items():
    _NAMES.setdefault(_dimension, _name)


def name_of(dimension: Dimension) -> str:
    """`Frequency`, `Length`; a dimension without a name is told by its unit."""
    if dimension == PLAIN:
        return "Number"
    return _NAMES.get(dimension) or f"Quantity in {dimension.unit}"


class UnknownUnit(Exception):
    """A unit that is not defined; `symbol` is the part of it that was not known."""

    def __init__(self, symbol: str) -> None:
        super().__init__(symbol)
        self.symbol = symbol


@cache
def table() -> dict[str, tuple[float, Dimension]]:
    """Every symbol with its SI factor and dimension."""
    text = DEFINITIONS.read_text(encoding="utf-8")
    raw = compiled("units", [text, version("pint")], _compile)
    return {
        symbol: (factor, Dimension(tuple((name, power) for name, power in powers)))
        for symbol, (factor, powers) in raw.items()
    }


def _compile() -> dict[str, Any]:
    import pint

    registry: Any = pint.UnitRegistry(str(DEFINITIONS), cache_folder=None)
    compiled_table = {}
    for symbol in registry:
        # pint cannot parse a percent sign as a name, but it knows the unit
        unit = registry.Unit(pint.util.UnitsContainer({symbol: 1}))
        base = (1 * unit).to_base_units()
        powers = sorted((name.strip("[]"), int(p)) for name, p in unit.dimensionality.items())
        compiled_table[symbol] = (float(base.magnitude), powers)
    return compiled_table


_FACTOR = re.compile(r"([^^/·]+)(?:\^(-?\d+))?")


@cache
def unit(text: str) -> tuple[float, Dimension]:
    """SI factor and dimension of a unit such as `Hz`, `mm/yr`, `cm/s^2`."""
    if text in table():
        return table()[text]
    factor, dimension = 1.0, PLAIN
    sign = 1
    for part in re.split(r"([/·])", text):
        if part in ("/", "·"):
            sign = -1 if part == "/" else 1
            continue
        match = _FACTOR.fullmatch(part)
        if not match or match[1] not in table():
            raise UnknownUnit(match[1] if match else part)
        one, of = table()[match[1]]
        power = sign * int(match[2] or 1)
        if abs(power) > 9:
            raise UnknownUnit(part)
        factor *= one**power
        dimension = dimension * of**power
    return factor, dimension


_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(.*)", re.DOTALL)


def quantity(text: str) -> tuple[float, Dimension, str]:
    """SI value, dimension and unit of a number written with or without a unit."""
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no quantity")
    if not match[2]:
        return float(match[1]), PLAIN, ""
    factor, dimension = unit(match[2])
    return to_si(float(match[1]), factor), dimension, match[2]


_ROUNDING = 1e-14


def to_si(number: float, factor: float) -> float:
    """Divide by a whole number where the factor is one's inverse: 20ms is then exactly 0.02."""
    inverse = 1 / factor if factor else 0.0
    if factor < 1 and abs(inverse - round(inverse)) <= _ROUNDING * inverse:
        return number / round(inverse)
    return number * factor
