"""Going to names, finding and changing them, over all the files that are open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lsp.client import Client, Fault, editing, position

LIBRARY = "let band = 2..8Hz\ndef loud(least = 3): Picks -> Picks = where score > least\n"
PROGRAM = """\
use "lib.seis"
# 波 \U0001f30a
let waves = stream two-events | bandpass lib.band
let picks = waves | sta-lta | lib.loud least=4
picks | save "picks.csv"
"""
CLOSED = 'use "lib.seis" as other\nstream S-net | bandpass other.band\n'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("names")
    (folder / "lib.seis").write_text(LIBRARY)
    (folder / "closed.seis").write_text(CLOSED)
    with editing(folder) as one:
        one.open(PROGRAM)
        yield one


def where(location: dict[str, Any]) -> tuple[str, int, int]:
    start = location["range"]["start"]
    return location["uri"].rpartition("/")[2], start["line"], start["character"]


def changes(edit: dict[str, Any]) -> dict[str, list[tuple[int, int, str]]]:
    return {
        uri.rpartition("/")[2]: [
            (one["range"]["start"]["line"], one["range"]["start"]["character"], one["newText"])
            for one in edits
        ]
        for uri, edits in edit["changes"].items()
    }


@pytest.mark.parametrize(
    ("place", "given"),
    [
        ((3, 14), ("a.seis", 2, 4)),
        ((2, 46), ("lib.seis", 0, 4)),
        ((2, 42), ("lib.seis", 0, 0)),
        ((0, 7), ("lib.seis", 0, 0)),
        ((3, 36), ("lib.seis", 1, 4)),
        ((3, 41), ("lib.seis", 1, 9)),
        ((2, 22), ("networks.seis", 36, 7)),
    ],
)
def test_going_to_where_a_name_is_given(
    client: Client, place: tuple[int, int], given: tuple[str, int, int]
) -> None:
    assert where(client.at("definition", *place)) == given


def test_going_to_an_operator_is_going_to_its_class(client: Client) -> None:
    assert where(client.at("definition", 3, 24))[0] == "sta_lta.py"
    assert client.at("definition", 1, 2) is None


def test_everywhere_that_a_name_is_used(client: Client) -> None:
    told = client.at("references", 2, 46, context={"includeDeclaration": True})
    assert [where(one) for one in told] == [("lib.seis", 0, 4), ("a.seis", 2, 45), ("closed.seis", 1, 30)]
    told = client.at("references", 2, 46, context={"includeDeclaration": False})
    assert [where(one) for one in told] == [("a.seis", 2, 45), ("closed.seis", 1, 30)]
    told = client.at("documentHighlight", 2, 5)
    assert [(one["range"]["start"]["line"], one["kind"]) for one in told] == [(2, 3), (3, 2)]


def test_changing_a_name_in_its_file(client: Client) -> None:
    told = client.at("prepareRename", 3, 15)
    assert told == {"range": {"start": position(3, 12), "end": position(3, 17)}, "placeholder": "waves"}
    assert changes(client.at("rename", 3, 15, newName="wellen")) == {
        "a.seis": [(2, 4, "wellen"), (3, 12, "wellen")]
    }


def test_changing_a_name_in_every_file(client: Client) -> None:
    assert changes(client.at("rename", 2, 46, newName="low")) == {
        "lib.seis": [(0, 4, "low")],
        "a.seis": [(2, 45, "low")],
        "closed.seis": [(1, 30, "low")],
    }
    assert changes(client.at("rename", 3, 41, newName="from-here")) == {
        "lib.seis": [(1, 9, "from-here"), (1, 52, "from-here")],
        "a.seis": [(3, 39, "from-here")],
    }


@pytest.mark.parametrize(
    ("place", "new", "reason"),
    [
        ((2, 5), "where", "`where` is a word of the language and cannot be a name"),
        ((2, 5), "picks", "`picks` is already a name in a.seis"),
        ((2, 5), "locate", "`locate` is an operator"),
        ((2, 5), "2x", "`2x` is no name: letters, digits and _, and a hyphen before a letter"),
        ((2, 46), "loud", "`loud` is already a name in lib.seis"),
        ((2, 42), "x", "`lib` is the name of a file; give it another by `use … as …`"),
        ((2, 22), "x", "`two-events` is of the standard library"),
        (
            (3, 22),
            "x",
            "only a name that a program gives itself can be changed: of a let, def, param or source",
        ),
    ],
)
def test_names_that_cannot_be_are_refused_with_the_reason(
    client: Client, place: tuple[int, int], new: str, reason: str
) -> None:
    with pytest.raises(Fault) as fault:
        client.at("rename", *place, newName=new)
    assert (str(fault.value), fault.value.code) == (reason, -32803)


def test_what_has_no_name_of_its_own_is_not_asked_for_one(client: Client) -> None:
    with pytest.raises(Fault, match="only a name that a program gives itself"):
        client.at("prepareRename", 3, 22)
    with pytest.raises(Fault, match="the program is not open"):
        client.at("prepareRename", 0, 0, "closed.seis")
