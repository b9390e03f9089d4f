"""What an editor asks of a place: completion, signature, hover; and of a text: outline, types, layout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lsp.client import Client, editing, position

PROGRAM = """\
let band = 2..8Hz
let waves = stream two-events | bandpass band
## Strong ones.
def strong(least = 20): Picks -> Picks =
  where score > least
param day: Date = 2016-08-15
source mine { seed = 3 }
use stdlib.picking as pick
waves
  | sta-lta on=4  # 日本語
  | strong
let broken = (((
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with editing(tmp_path_factory.mktemp("asking")) as one:
        one.open(PROGRAM)
        yield one


def written(client: Client, text: str, name: str, **more: Any) -> Any:
    """The completions where a text ends."""
    if name in client._versions:
        client.edit(text, name)
    else:
        client.open(text, name)
    line = text.rpartition("\n")[2].encode("utf-16-le")
    return client.at("completion", text.count("\n"), len(line) // 2, name, **more)["items"]


def applied(text: str, item: dict[str, Any]) -> str:
    edit = item["textEdit"]
    *above, line = text.split("\n")
    units = line.encode("utf-16-le")
    start, end = (2 * edit["range"][key]["character"] for key in ("start", "end"))
    done = units[:start] + edit["newText"].encode("utf-16-le") + units[end:]
    return "\n".join([*above, done.decode("utf-16-le")])


def test_completion_replaces_what_is_typed_behind_japanese(client: Client) -> None:
    text = f'{PROGRAM}picks | save "日本\U0001f30a.csv" | whe'
    [item] = written(client, text, "complete.seis")
    assert item["label"] == "where"
    assert applied(text, item).endswith('| save "日本\U0001f30a.csv" | where ')


def test_completion_says_types_and_help_in_its_own_order(client: Client) -> None:
    items = written(client, f"{PROGRAM}waves | sta-lta o", "complete.seis")
    assert [item["label"] for item in items][:2] == ["on=", "off="]
    assert items[0]["detail"] == "Number = 3.5"
    assert "ratio" in items[0]["documentation"]
    assert [item["sortText"] for item in items] == sorted(item["sortText"] for item in items)


@pytest.mark.parametrize(
    ("text", "offers"), [("waves | ", True), ("waves | count ", False), ("let a ", False)]
)
def test_a_space_asks_only_where_something_must_follow(client: Client, text: str, offers: bool) -> None:
    context = {"triggerKind": 2, "triggerCharacter": " "}
    assert bool(written(client, PROGRAM + text, "complete.seis", context=context)) == offers


def test_files_and_words_in_texts(client: Client) -> None:
    (client.folder / "data.csv").write_text("time\n")
    assert [one["label"] for one in written(client, 'read "da', "complete.seis")] == ["data.csv"]
    found = written(client, 'stream two-events | sta-lta | where phase == "', "complete.seis")
    assert [one["label"] for one in found] == ["P", "S"]


def test_signature_with_the_parameter_at_hand(client: Client) -> None:
    told = client.at("signatureHelp", 9, 15)
    [signature] = told["signatures"]
    assert signature["label"].startswith("sta-lta [short: Time = 1s]")
    shown = signature["parameters"][told["activeParameter"]]["label"]
    assert shown == "on: Number = 3.5"
    assert shown in signature["label"]
    assert client.at("signatureHelp", 0, 3) is None


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ((1, 6), "waves: Waves"),
        ((1, 34), "bandpass: Waves -> Waves"),
        ((1, 34), "here gives `Waves`"),
        ((0, 14), "a Frequency"),
        ((9, 6), "here gives `Picks`"),
        ((9, 13), "on: Number = 3.5"),
        ((10, 6), "Strong ones."),
    ],
)
def test_hover(client: Client, place: tuple[int, int], says: str) -> None:
    told = client.at("hover", *place)
    assert told["contents"]["kind"] == "markdown"
    assert says in told["contents"]["value"]
    start, end = told["range"]["start"], told["range"]["end"]
    assert start["line"] == place[0] == end["line"]
    assert start["character"] <= place[1] <= end["character"]


def test_hover_says_nothing_of_remarks(client: Client) -> None:
    assert client.at("hover", 2, 5) is None


def test_the_outline_names_all_that_the_program_gives(client: Client) -> None:
    told = client.of("documentSymbol")
    lines = PROGRAM.split("\n")
    assert [(one["name"], one["range"]["start"]["line"]) for one in told] == [
        ("band", 0),
        ("waves", 1),
        ("strong", 3),
        ("day", 5),
        ("mine", 6),
        ("pick", 7),
        ("broken", 11),
    ]
    for one in told:
        inner = one["selectionRange"]
        line = lines[inner["start"]["line"]]
        assert line[inner["start"]["character"] : inner["end"]["character"]] == one["name"]
    assert told[2]["range"]["end"] == position(4, 21)
    assert told[1]["detail"] == "Waves"


def test_the_type_that_flows_at_each_pipe(client: Client) -> None:
    everywhere = {"start": position(0, 0), "end": position(99, 0)}
    told = client.of("inlayHint", range=everywhere)
    assert [(one["position"]["line"], one["position"]["character"], one["label"]) for one in told] == [
        (1, 29, "Waves"),
        (1, 45, "Waves"),
        (4, 21, "Picks"),
        (8, 5, "Waves"),
        (9, 16, "Picks"),
        (10, 10, "Picks"),
    ]
    assert told[0]["tooltip"] == "100 Hz, simulated"
    two = {"start": position(9, 0), "end": position(9, 30)}
    assert [one["label"] for one in client.of("inlayHint", range=two)] == ["Picks"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_formatting_changes_the_lines_that_differ(client: Client, end: str) -> None:
    text = "let a=3\nlet b = 4  # 日本\nwaves|count\nlet c = [1,2]\n".replace("waves", "stream S-net")
    name = f"format{len(end)}.seis"
    client.open(text.replace("\n", end), name)
    edits = client.of("formatting", name, options={"tabSize": 4, "insertSpaces": True})
    assert [(one["range"]["start"]["line"], one["range"]["end"]["line"]) for one in edits] == [(0, 1), (2, 4)]
    lines = text.split("\n")
    for edit in reversed(edits):
        start, stop = edit["range"]["start"]["line"], edit["range"]["end"]["line"]
        assert edit["newText"].count(end) == edit["newText"].count("\n")
        lines[start:stop] = edit["newText"].replace(end, "\n").split("\n")[:-1]
    assert "\n".join(lines) == "let a = 3\nlet b = 4  # 日本\nstream S-net | count\nlet c = [1, 2]\n"


def test_a_broken_program_is_not_formatted(client: Client) -> None:
    assert client.of("formatting", options={"tabSize": 4, "insertSpaces": True}) is None
