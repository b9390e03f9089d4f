"""Units against pint itself, and exact where they can be."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seisdsl.language import units
from seisdsl.language.units import DIMENSIONS, PLAIN, UnknownUnit, name_of, quantity, table, to_si, unit

WORDS = sorted(symbol for symbol in table() if symbol not in ("%", "°"))


@pytest.fixture(scope="module")
def peer() -> Any:
    return pint.UnitRegistry(str(units.DEFINITIONS), cache_folder=None)


factors = st.tuples(st.sampled_from(WORDS), st.integers(1, 3), st.sampled_from("/·"))


def written(parts: list[tuple[str, int, str]]) -> str:
    text = ""
    for symbol, power, sign in parts:
        text += (sign if text else "") + (symbol if power == 1 else f"{symbol}^{power}")
    return text


@given(parts=st.lists(factors, min_size=1, max_size=4))
def test_compound_units_are_what_pint_makes_of_them(parts: list[tuple[str, int, str]], peer: Any) -> None:
    ours, dimension = unit(written(parts))
    theirs = peer.Quantity(1.0)
    for at, (symbol, power, sign) in enumerate(parts):
        signed = -power if sign == "/" and at else power
        theirs = theirs * peer.Quantity(1.0, symbol) ** signed
    base = theirs.to_base_units()
    assert ours == pytest.approx(base.magnitude, rel=1e-12)
    assert dict(dimension.powers) == {
        name.strip("[]"): int(power) for name, power in base.dimensionality.items() if power
    }


@given(symbol=st.sampled_from(sorted(table())), number=st.floats(-1e9, 1e9))
def test_every_symbol_converts_as_pint_does(symbol: str, number: float, peer: Any) -> None:
    pint_unit = peer.Unit(pint.util.UnitsContainer({symbol: 1}))
    assert to_si(number, table()[symbol][0]) == pytest.approx(
        (number * pint_unit).to_base_units().magnitude, rel=1e-12
    )


@given(
    number=st.integers(-(10**6), 10**6),
    symbol=st.sampled_from(["ms", "us", "ns", "mm", "um", "nm", "mHz", "cm", "percent", "%", "mgal", "erg"]),
)
def test_decimal_fractions_are_the_nearest_float(number: int, symbol: str) -> None:
    exact = Fraction(number, round(1 / Fraction(table()[symbol][0])))
    assert quantity(f"{number}{symbol}")[0] == float(exact)


@pytest.mark.parametrize(
    ("text", "si"),
    [("20ms", 0.02), ("0.1ms", 0.0001), ("3mm/yr", 3 / 31557600000), ("70%", 0.7), ("35%", 0.35),
     ("8mHz", 0.008), ("90min", 5400.0), ("100gal", 1.0), ("1g0", 9.80665), ("-3.5km", -3500.0),
     ("2e3Pa", 2000.0), ("10dB", 10.0), ("1Mm", None), ("5ppm", 5e-6)],
)  # fmt: skip
def test_what_is_written_is_meant_exactly(text: str, si: float | None) -> None:
    if si is None:
        with pytest.raises(UnknownUnit):
            quantity(text)
    else:
        assert quantity(text)[0] == si


def test_a_degree_of_arc_is_3600_seconds_of_arc() -> None:
    assert quantity("3600arcsec")[0] == pytest.approx(quantity("1deg")[0], rel=1e-15)
    assert quantity("60arcmin")[0] == pytest.approx(quantity("1deg")[0], rel=1e-15)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("3foo", "foo"),
        ("3m/foo", "foo"),
        ("3foo/s", "foo"),
        ("3m/s^10", "s^10"),
        ("3S", "S"),
        ("3month", "month"),
    ],
)
def test_an_unknown_symbol_is_named(text: str, symbol: str) -> None:
    with pytest.raises(UnknownUnit) as unknown:
        quantity(text)
    assert unknown.value.symbol == symbol


@pytest.mark.parametrize("text", ["", "m//s", "/s", "Hz/", "·"])
def test_a_unit_with_a_part_missing_is_none(text: str) -> None:
    with pytest.raises(UnknownUnit):
        unit(text)


@pytest.mark.parametrize("text", ["", "abc", "-", ".5s", "Hz"])
def test_what_is_no_number_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        quantity(text)


def test_kinds_that_must_not_be_mixed_are_apart() -> None:
    apart = ["Time", "Angle", "Level", "Counts", "Moment", "Energy", "Frequency", "Velocity"]
    assert len({DIMENSIONS[name] for name in apart}) == len(apart)
    assert quantity("3%")[1] == PLAIN
    assert quantity("3dB")[1] == DIMENSIONS["Level"] != PLAIN
    assert quantity("1Nm")[1] != quantity("1J")[1]


dimensions = st.dictionaries(
    st.sampled_from(["time", "length", "mass", "angle"]), st.integers(-3, 3).filter(bool), max_size=3
).map(lambda powers: units.Dimension(tuple(sorted(powers.items()))))


@given(a=dimensions, b=dimensions)
def test_dimensions_multiply_as_powers_add(a: units.Dimension, b: units.Dimension) -> None:
    assert (a * b) / b == a
    assert a * b == b * a
    assert a / a == PLAIN
    assert a**3 / a / a == a


@given(of=dimensions.filter(lambda of: of != PLAIN))
def test_the_si_unit_of_a_dimension_reads_back(of: units.Dimension) -> None:
    assert unit(of.unit) == (1.0, of)


@pytest.mark.parametrize("name", sorted(DIMENSIONS))
def test_every_named_dimension_has_an_si_unit_and_a_name(name: str) -> None:
    assert unit(DIMENSIONS[name].unit) == (1.0, DIMENSIONS[name])
    assert DIMENSIONS[name_of(DIMENSIONS[name])] == DIMENSIONS[name]


# The compiled table -----------------------------------------------------------------------------

LOOK = """
import json, sys
from seisdsl.language import units
print(json.dumps([units.quantity("20ms")[0], len(units.table()), "pint" in sys.modules]))
"""


def look(cache: Path) -> list[Any]:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOOK],
        env={"SEISDSL_CACHE": str(cache), "PYTHONPATH": ":".join(sys.path), "PATH": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not run.stderr
    found: list[Any] = json.loads(run.stdout)
    return found


def test_pint_is_imported_once_and_never_again(tmp_path: Path) -> None:
    size = len(table())
    assert look(tmp_path) == [0.02, size, True]
    assert look(tmp_path) == [0.02, size, False]
