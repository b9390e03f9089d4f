"""A session with the server: how it begins, ends, and bears what an editor should not send."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsp.client import Client, Fault, editing, position

PROGRAM = "let waves = stream two-events\nwaves | sta-lta | count\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with editing(tmp_path_factory.mktemp("session")) as one:
        yield one


def test_what_it_offers(tmp_path: Path) -> None:
    with editing(tmp_path) as one:
        told = one.told
    with Client(tmp_path) as other:
        seen = other.begin(capabilities={"general": {"positionEncodings": ["utf-8", "utf-16"]}})
        assert seen["capabilities"]["positionEncoding"] == "utf-8"
        [fault] = other.open('stream two-events | save "日本.mseed" | sow\n')
        assert fault["range"] == {"start": position(0, 42), "end": position(0, 45)}
        assert other.end() == (0, "")
    assert told["serverInfo"]["name"] == "seis"
    can = told["capabilities"]
    assert can["positionEncoding"] == "utf-16"
    for what in ("completion", "signatureHelp", "rename", "codeAction", "inlayHint"):
        assert can[f"{what}Provider"], what
    for what in ("hover", "definition", "references", "documentFormatting", "documentSymbol"):
        assert f"{what}Provider" in can, what


def test_an_editor_that_is_gone_ends_it(tmp_path: Path) -> None:
    with Client(tmp_path) as one:
        one.begin()
        one.open(PROGRAM)
        assert one.process.stdin is not None
        one.process.stdin.close()
        assert one.process.wait(20) == 0


def test_messages_that_are_none_do_no_harm(client: Client) -> None:
    client.raw(b"{")
    client.raw(b'"text"')
    client.raw(b"[1, 2]")
    client.raw(json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"a": 3}}).encode())
    client.raw(json.dumps({"jsonrpc": "2.0", "method": "no/such", "params": None}).encode())
    client.raw(json.dumps({"jsonrpc": "2.0", "id": 9999, "result": None}).encode())
    client.send("textDocument/didChange", {"textDocument": {"uri": "file:///never/opened.seis", "version": 2},
                                           "contentChanges": [{"text": "x"}]})  # fmt: skip
    client.send("textDocument/didClose", {"textDocument": {"uri": "file:///never/opened.seis"}})
    assert client.open(PROGRAM) == []


def test_a_request_that_it_does_not_know_is_answered(client: Client) -> None:
    with pytest.raises(Fault) as fault:
        client.ask("textDocument/noSuchThing", {})
    assert fault.value.code == -32601


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("completion", {"isIncomplete": False, "items": []}),
        ("hover", None),
        ("definition", None),
        ("references", []),
        ("signatureHelp", None),
    ],
)
def test_of_a_file_that_is_not_there_nothing_is_known(client: Client, method: str, answer: object) -> None:
    more = {"context": {"includeDeclaration": True}} if method == "references" else {}
    assert client.at(method, 0, 0, "vanished.seis", **more) == answer


@pytest.mark.parametrize("uri", ["file:///a%00b.seis", "file://", "", "no address", "file:///" + "a" * 5000])
def test_an_address_that_is_none_is_borne(client: Client, uri: str) -> None:
    where = {"textDocument": {"uri": uri}, "position": position(0, 0)}
    assert client.ask("textDocument/hover", where) is None
    item = {"uri": uri, "languageId": "seis", "version": 1, "text": PROGRAM}
    client.send("textDocument/didOpen", {"textDocument": item})
    client.send("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.open(PROGRAM, f"still{len(uri)}.seis") == []


def test_places_beyond_the_text_are_borne(client: Client) -> None:
    client.open(PROGRAM, "beyond.seis")
    assert client.at("hover", 99, 99, "beyond.seis") is None
    assert client.at("completion", 99, 0, "beyond.seis")["items"]
    assert client.at("definition", 0, 9999, "beyond.seis") is not None


def test_settings_that_are_none_are_told_of_and_left(client: Client) -> None:
    client.open(PROGRAM, "hints.seis")
    everywhere = {"range": {"start": position(0, 0), "end": position(9, 0)}}
    assert client.of("inlayHint", "hints.seis", **everywhere)
    client.send(
        "workspace/didChangeConfiguration", {"settings": {"seisdsl": {"hints": False, "delay": "soon"}}}
    )
    assert "seisdsl.delay is a number of milliseconds" in client.await_("window/showMessage")["message"]
    assert client.of("inlayHint", "hints.seis", **everywhere) == []
    for settings in (3, {"seisdsl": 7}, {"seisdsl": {"hints": "yes"}}):
        client.send("workspace/didChangeConfiguration", {"settings": settings})
        assert "seisdsl" in client.await_("window/showMessage")["message"]
    client.send("workspace/didChangeConfiguration", {"settings": None})
    assert client.of("inlayHint", "hints.seis", **everywhere)


def test_files_to_be_watched_are_named(tmp_path: Path) -> None:
    can = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    with editing(tmp_path, capabilities=can) as one:
        told = one.await_("client/registerCapability")["registrations"]
        assert [each["method"] for each in told] == ["workspace/didChangeWatchedFiles"]


def test_types_are_asked_for_again_where_they_are_switched(tmp_path: Path) -> None:
    with editing(tmp_path, capabilities={"workspace": {"inlayHint": {"refreshSupport": True}}}) as one:
        one.send("workspace/didChangeConfiguration", {"settings": {"seisdsl": {"hints": False}}})
        one.open(PROGRAM)
        assert "workspace/inlayHint/refresh" in [each.get("method") for each in one.said]


def test_a_text_that_is_in_no_file_yet(client: Client) -> None:
    uri = "untitled:Untitled-1"
    client.send("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "seis", "version": 1,
                                                          "text": "stream two-events | spectogram\n"}})  # fmt: skip
    told = client.await_("textDocument/publishDiagnostics")
    while told["uri"] != uri:
        told = client.await_("textDocument/publishDiagnostics")
    assert [one["code"] for one in told["diagnostics"]] == ["name"]


def test_without_pygls_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pygls'] = None\n"
        "from seisdsl.cli import main\n"
        "raise SystemExit(main(['lsp']))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "seis lsp needs pygls: python -m pip install 'seisdsl[lsp]'\n"
