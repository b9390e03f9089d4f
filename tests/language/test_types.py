"""Types: from annotations, and whether one may stand where another is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.language import types
from seisdsl.language.types import (
    Column,
    Frequency,
    Instant,
    Probability,
    Range,
    Record,
    Time,
    TimeRange,
    Type,
    Value,
    Var,
    filled,
    is_a,
    optional,
    type_of,
    unify,
)
from seisdsl.operator import Branches, Method, SourceSettings, Upstream

A = TypeVar("A")
B = TypeVar("B")
Rows = TypeVar("Rows", bound=Table)
WAVES, TABLE, PICKS, CATALOG = Type("Waves"), Type("Table"), Type("Picks"), Type("Catalog")


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (int, "Integer"), (float, "Number"), (str, "Text"), (bool, "Boolean"),
        (Time, "Time"), (Frequency, "Frequency"), (Probability, "Probability"), (Instant, "Date"),
        (Column, "Column"), (TimeRange, "TimeRange"), (Range[Frequency], "Range<Frequency>"),
        (Waves, "Waves"), (Time | None, "Time"), (Waves | Table, "Waves or Table"),
        (Literal["up", "down"], "up or down"), (list[Time], "List<Time>"), (tuple[str, ...], "List<Text>"),
        (list[Column] | None, "List<Column>"), (Mapping[str, Any], "Record"),
        (Examples[Waves], "Examples<Waves>"), (Model[Spectrogram, Picks], "Model<Spectrogram, Picks>"),
        (Upstream[Waves], "Waves"), (Upstream[Waves] | None, "Waves"), (SourceSettings, "Source"),
        (Method[Waves, Picks], "Operator<Waves, Picks>"), (A, "any type"), (Rows, "Table"), (Record, "Record"),
    ],
)  # fmt: skip
def test_an_annotation_says_a_type(annotation: Any, shown: str) -> None:
    assert str(type_of(annotation)) == shown


@pytest.mark.parametrize("annotation", [dict, complex, bytes, object])
def test_what_is_no_type_of_the_language_is_refused(annotation: Any) -> None:
    with pytest.raises(TypeError, match="no type of the language"):
        type_of(annotation)


def test_optional_parameters_are_told() -> None:
    assert optional(Time | None)
    assert optional(Upstream[Waves] | None)
    assert not optional(Time)
    assert not optional(Branches[Table])


def test_a_record_shows_its_fields() -> None:
    assert (
        str(Type("Record", fields=(("train", WAVES), ("n", Type("Number"))))) == "{train: Waves, n: Number}"
    )


@pytest.mark.parametrize(
    ("given_type", "wanted", "fits"),
    [
        (PICKS, TABLE, True), (TABLE, PICKS, False), (PICKS, CATALOG, False), (WAVES, TABLE, False),
        (Type("Integer"), Type("Number"), True), (Type("Number"), Type("Integer"), False),
        (Type("Truth"), CATALOG, True), (Type("Boolean"), Type("Integer"), False),
        (type_of(Examples[Picks]), type_of(Examples[Table]), True),
        (type_of(Examples[Table]), type_of(Examples[Picks]), False),
        (type_of(Examples[Picks]), Type("Examples"), True), (Type("Examples"), type_of(Examples[Picks]), False),
        (Type("Time"), Type("Frequency"), False), (Type("Probability"), Type("Number"), False),
        (PICKS, type_of(Waves | Table), True), (Type("Spectrogram"), type_of(Waves | Table), False),
    ],
)  # fmt: skip
def test_what_may_stand_for_what(given_type: Type, wanted: Type, fits: bool) -> None:
    from seisdsl.data.truth import Truth

    assert issubclass(Truth, Catalog)
    assert is_a(given_type, wanted) is fits


def test_open_types_are_found_and_filled() -> None:
    wanted = type_of(Examples[A])
    known = unify(wanted, type_of(Examples[Waves]), {})
    assert known == {"A": WAVES}
    assert filled(type_of(Model[A, B]), {**known, "B": PICKS}) == type_of(Model[Waves, Picks])
    assert filled(type_of(Model[A, B]), known).args[1] == type_of(B)


def test_an_open_type_is_one_type_throughout() -> None:
    pair = type_of(Model[A, A])
    assert unify(pair, type_of(Model[Waves, Waves]), {}) == {"A": WAVES}
    assert unify(pair, type_of(Model[Waves, Picks]), {}) is None
    assert unify(type_of(A), PICKS, {"A": TABLE}) == {"A": TABLE}


def test_a_bound_type_takes_no_other_kind() -> None:
    assert unify(type_of(Rows), PICKS, {}) == {"Rows": PICKS}
    assert unify(type_of(Rows), WAVES, {}) is None


def test_no_answer_changes_what_was_known() -> None:
    known = {"A": WAVES}
    unify(type_of(B), PICKS, known)
    assert known == {"A": WAVES}


# Laws -------------------------------------------------------------------------------------------

BASIC = [Type(name) for name in ("Waves", "Table", "Picks", "Catalog", "Truth", "Spectrogram", "Number",
                                 "Integer", "Time", "Frequency", "Text", "Boolean", "Probability")]  # fmt: skip
some_types = st.recursive(
    st.sampled_from(BASIC),
    lambda inner: (
        st.builds(lambda of: Type("Examples", (of,)), inner)
        | st.builds(lambda a, b: Type("Model", (a, b)), inner, inner)
    ),
    max_leaves=4,
)


@given(of=some_types)
def test_a_type_is_itself(of: Type) -> None:
    assert is_a(of, of)
    assert unify(Var("T"), of, {}) == {"T": of}
    assert filled(Var("T"), {"T": of}) == of
    assert filled(of, {"T": WAVES}) == of


@given(a=some_types, b=some_types, c=some_types)
def test_what_is_a_kind_of_a_kind_is_of_that_kind(a: Type, b: Type, c: Type) -> None:
    if is_a(a, b) and is_a(b, c):
        assert is_a(a, c)


@given(a=some_types, b=some_types)
def test_two_types_that_stand_for_each_other_are_one(a: Type, b: Type) -> None:
    if is_a(a, b) and is_a(b, a):
        assert a == b


@given(a=some_types, b=some_types)
def test_either_takes_what_one_of_them_takes(a: Type, b: Type) -> None:
    for of in BASIC:
        assert is_a(of, Type("Either", (a, b))) == (is_a(of, a) or is_a(of, b))


@given(a=some_types, b=some_types)
def test_what_fits_is_what_the_open_types_were_filled_with(a: Type, b: Type) -> None:
    open_type = Type("Model", (Var("A"), Var("B")))
    known = unify(open_type, Type("Model", (a, b)), {})
    assert known is not None
    assert filled(open_type, known) == Type("Model", (a, b))


def test_every_kind_of_value_may_be_named_in_a_program() -> None:
    assert {"Waves", "Picks", "Table", "Examples", "Model", "Record"} <= set(Value.kinds)
    assert set(Value.kinds) <= set(types.names())
