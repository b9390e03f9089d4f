"""One class says all of an operator; what could not be used is refused where it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar, overload

import pytest
from pydantic import ValidationError

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.table import Catalog, Picks, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import Frequency, Range, Record, Time, TimeRange, Type, Value
from seisdsl.operator import (
    WHOLE,
    Branches,
    Facts,
    Files,
    Method,
    Operator,
    Registry,
    Unsuitable,
    Upstream,
    collecting,
    param,
    registry,
)
from seisdsl.syntax.complaints import KEYWORDS

A = TypeVar("A")
B = TypeVar("B")
Rows = TypeVar("Rows", bound=Table)


@pytest.fixture(autouse=True)
def own() -> Iterator[Registry]:
    """What is defined here stays here."""
    with collecting() as found:
        yield found


# Refused where it is written --------------------------------------------------------------------


@pytest.mark.parametrize("word", sorted(KEYWORDS - {"in", "as", "and", "or", "not", "assert"}))
def test_a_word_of_the_language_is_no_parameter(word: str, own: Registry) -> None:
    with pytest.raises(TypeError, match=f"`{word}` is a word of the language"):
        type("Bad", (Operator,), {"__doc__": "Bad.", "__annotations__": {word: float}, word: param(1.0, "x"),
                                  "__module__": __name__}, name="bad")  # fmt: skip
    assert not own


def test_a_word_of_the_language_is_no_port() -> None:
    with pytest.raises(TypeError, match="`let` is a word of the language"):

        class Bad(Operator, name="bad"):
            """Bad."""

            def apply(self, waves: Waves, *, let: Table) -> Waves:
                return waves


def test_an_operator_needs_a_docstring() -> None:
    with pytest.raises(TypeError, match="needs a docstring"):

        class Bad(Operator, name="bad"):
            def apply(self, waves: Waves) -> Waves:
                return waves


def test_a_parameter_needs_a_help_text() -> None:
    with pytest.raises(TypeError, match=r"Bad.much: a parameter needs a help text"):

        class Bad(Operator, name="bad"):
            """Bad."""

            much: float = 3

            def apply(self, waves: Waves) -> Waves:
                return waves


def test_a_name_stands_for_one_operator(own: Registry) -> None:
    class One(Operator, name="one"):
        """One."""

        aliases = ("uno",)

        def apply(self, waves: Waves) -> Waves:
            return waves

    with pytest.raises(TypeError, match="`uno` is defined twice"):

        class Other(Operator, name="uno"):
            """Other."""

            def apply(self, waves: Waves) -> Waves:
                return waves

    assert own["uno"] is own["one"] is One
    assert own.distinct() == [One]


def test_apply_must_be_defined() -> None:
    class Empty(Operator, name="empty"):
        """Empty."""

    with pytest.raises(TypeError, match="does not define apply"):
        Empty().apply()


# What is derived from the class -----------------------------------------------------------------


class Example(Operator):
    """Find what stands out.

    More of it.
    """

    cite = "Allen 1978"
    short: Time = param("1500ms", "window of the short mean", above="0s", below="long")
    long: Time = param("30s", "window of the long mean")
    band: Range[Frequency] = param("2..8Hz", "corners")
    how: Literal["classic", "recursive"] = param("classic", "which")
    on: float = param(..., "threshold", above=1)
    time: TimeRange | None = param(None, "when")
    name_of: str = param("10 things", "a text that begins with a number")

    def apply(
        self,
        waves: Waves,
        *,
        picks: Upstream[Picks],
        raw: Upstream[Waves] | None = None,
        templates: Table,
        results: Branches[Table],
    ) -> Catalog:
        return Catalog.of({})


def test_parameters_are_read_from_the_fields() -> None:
    found = Example.parameters()
    assert [
        (p.name, str(p.type), p.default, p.shown_default, p.required, p.optional) for p in found.values()
    ] == [
        ("short", "Time", 1.5, "1500ms", False, False),
        ("long", "Time", 30.0, "30s", False, False),
        ("band", "Range<Frequency>", Range(2.0, 8.0), "2..8Hz", False, False),
        ("how", "classic or recursive", "classic", "classic", False, False),
        ("on", "Number", None, "", True, False),
        ("time", "TimeRange", None, "", False, True),
        ("name_of", "Text", "10 things", "10 things", False, False),
    ]
    assert found["short"].bounds == (("above", "0s"), ("below", "long"))
    assert [found[name].unit for name in ("short", "band", "on")] == ["s", "Hz", ""]


def test_ports_are_read_from_apply() -> None:
    (signature,) = Example.signatures()
    assert [(p.name, str(p.type), p.kind, p.optional) for p in signature.ports] == [
        ("waves", "Waves", "piped", False),
        ("picks", "Picks", "upstream", False),
        ("raw", "Waves", "upstream", True),
        ("templates", "Table", "named", False),
        ("results", "Record<Table>", "branches", False),
    ]
    assert signature.gives == Type("Catalog")
    assert signature.piped is signature.ports[0]


def test_the_first_line_is_the_summary() -> None:
    assert Example.summary() == "Find what stands out."
    assert Example.citations() == ("Allen 1978",)


def test_an_operator_is_frozen_and_takes_nothing_unknown() -> None:
    made = Example(on=3)
    with pytest.raises(ValidationError):
        made.on = 4
    with pytest.raises(ValidationError):
        Example(on=3, off=1)
    with pytest.raises(ValidationError):
        Example()


def test_what_it_says_of_itself_unless_it_says_more() -> None:
    made = Example(on=3)
    facts = Facts(rate=100.0)
    assert made.context(facts) == WHOLE
    assert made.survey() is None
    assert made.extents() == ()
    assert made.fingerprint() == {}
    assert made.left_out() is None
    assert not made.apply_parts([])
    assert made.facts(facts) is facts
    assert made.files() == Files()
    assert made.holds() == 0


def test_overloads_are_several_signatures() -> None:
    class Either(Operator):
        """Either."""

        @overload
        def apply(self, waves: Waves) -> Picks: ...
        @overload
        def apply(self, table: Rows) -> Rows: ...
        def apply(self, *args: Any) -> Any:
            return args[0]

    waves, table = Either.signatures()
    assert [str(read) for read in Either.reads()] == ["Waves", "Table"]
    assert Either.gives({"waves": Type("Waves")}, {}, waves) == Type("Picks")
    assert Either.gives({"table": Type("Catalog")}, {}, table) == Type("Catalog")
    assert Either.gives({"table": Type("Waves")}, {}, table) is None
    assert Either.gives({}, {}, waves) is None


def test_a_union_reads_each_of_its_types() -> None:
    class Union(Operator):
        """Union."""

        def apply(self, value: Waves | Table) -> int:
            return 1

    assert Union.reads() == [Type("Waves"), Type("Table")]


def test_a_method_settles_what_a_model_reads_and_gives() -> None:
    class Train(Operator):
        """Train."""

        method: Method[A, B] = param(..., "what to fit")

        def apply(self, examples: Examples[A]) -> Model[A, B]:
            raise NotImplementedError

    (signature,) = Train.signatures()
    picker = Type("Operator", (Type("Waves"), Type("Picks")))
    given = {"examples": Type("Examples", (Type("Waves"),))}
    assert Train.gives(given, {"method": picker}, signature) == Type("Model", (Type("Waves"), Type("Picks")))
    other = {"examples": Type("Examples", (Type("Spectrogram"),))}
    assert Train.gives(other, {"method": picker}, signature) is None


def test_a_method_is_made_with_what_was_given() -> None:
    method: Method[Any, Any] = Method(Example, {"on": 3.0})
    assert method.made(how="recursive") == Example(on=3.0, how="recursive")


def test_operators_of_no_name_are_not_registered(own: Registry) -> None:
    class Helper(Operator):
        """Shared by others."""

    assert not own
    assert Helper.word == ""


def test_the_registry_lists_by_name_without_what_the_checker_makes() -> None:
    words = [operator.word for operator in registry().distinct()]
    assert words == sorted(words, key=str.lower)
    assert {"bandpass", "sta-lta", "where"} <= set(words)
    assert not {"part", "compute", "assert", "apply"} & set(words)


def test_facts_show_what_is_known() -> None:
    assert str(Facts(rate=100.0)) == "100 Hz"
    assert str(Facts()) == ""
    assert Facts(rate=1.0).but(rate=2.0) == Facts(rate=2.0)


def test_a_refusal_keeps_its_words() -> None:
    refusal = Unsuitable("too high", parameter="band", notes=["a note"], repair="write less")
    assert (refusal.message, refusal.parameter, refusal.notes, refusal.repair) == (
        "too high", "band", ("a note",), "write less",
    )  # fmt: skip


def test_values_and_records_are_mappings() -> None:
    record = Record({"a": 1})
    assert isinstance(record, Mapping)
    assert (record["a"], list(record), len(record)) == (1, ["a"], 1)
    assert Value.kinds["Record"] is Record
