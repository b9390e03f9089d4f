"""Diagnostics as one types, in the file and in those it uses, and the repairs they propose."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from lsp.client import Client, position

WAVE = "\U0001f30a"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(tmp_path_factory.mktemp("faults")) as one:
        one.begin()
        yield one
        code, said = one.end()
        assert code == 0
        assert "Traceback" not in said  # what Python files in use print may stand there


def marked(text: str, fault: dict[str, Any]) -> str:
    """The text that a fault of one line underlines, counted in UTF-16."""
    start, end = fault["range"]["start"], fault["range"]["end"]
    assert start["line"] == end["line"]
    line = text.split("\n")[start["line"]].encode("utf-16-le")
    return line[2 * start["character"] : 2 * end["character"]].decode("utf-16-le")


def test_faults_come_and_go_as_one_types(client: Client) -> None:
    text = "stream two-events | spectogram\n"
    [fault] = client.open(text)
    assert marked(text, fault) == "spectogram"
    assert fault["message"] == "nothing is called `spectogram`\ndid you mean `spectrogram`?"
    assert (fault["code"], fault["severity"], fault["source"]) == ("name", 1, "seis")
    assert client.edit("stream two-events | spectrogram\n") == []


def test_a_fault_that_two_places_make_points_at_both(client: Client) -> None:
    text = "let a = 3\nlet a = 4\n"
    [fault] = client.open(text, "two.seis")
    [other] = fault["relatedInformation"]
    assert marked(text, fault) == "a"
    assert fault["range"]["start"]["line"] == 1
    assert other["location"]["range"]["start"] == position(0, 4)
    assert other["message"] == "first here"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_japanese_before_the_fault_and_windows_line_ends(client: Client, end: str) -> None:
    text = f'# 東北地方太平洋沖 {WAVE}\nstream "東北{WAVE}"\nread "{WAVE}.csv" | head 日本\n'
    name = f"lines{len(end)}.seis"
    faults = client.open(text.replace("\n", end), name)
    assert marked(text, faults[0]) == f'"東北{WAVE}"'
    assert "日" in marked(text, faults[1])


def test_a_warning_is_one(client: Client) -> None:
    [fault] = client.open("let count = 3\n", "warning.seis")
    assert (fault["severity"], fault["code"]) == (2, "shadow")


def test_the_repair_of_a_fault_is_offered_and_mends_it(client: Client) -> None:
    text = f"# {WAVE}\nstream two-events | spectogram | show\n"
    [fault] = client.open(text, "repair.seis")
    [action] = client.of("codeAction", "repair.seis", range=fault["range"], context={"diagnostics": [fault]})
    assert action["title"] == "replace `spectogram` by `spectrogram`"
    assert action["kind"] == "quickfix"
    organise = {"diagnostics": [fault], "only": ["source.organizeImports"]}
    assert client.of("codeAction", "repair.seis", range=fault["range"], context=organise) == []
    [edit] = action["edit"]["changes"][client.uri("repair.seis")]
    assert marked(text, edit) == "spectogram"
    assert client.edit(text.replace("spectogram", edit["newText"]), "repair.seis") == []
    assert client.of("codeAction", "repair.seis", range=fault["range"], context={"diagnostics": []}) == []


def test_no_repair_is_offered_elsewhere(client: Client) -> None:
    client.open("stream two-events | spectogram\n\nlet a = 3\n", "else.seis")
    where = {"start": position(2, 0), "end": position(2, 3)}
    assert client.of("codeAction", "else.seis", range=where, context={"diagnostics": []}) == []


def test_keys_that_follow_quickly_are_checked_once(client: Client) -> None:
    client.open("let a = 3\n", "quick.seis")
    for version in range(2, 12):
        where = {"uri": client.uri("quick.seis"), "version": version}
        change = [{"text": "let a = 3" + "0" * version + "\nlet a = 4\n"}]
        client.send("textDocument/didChange", {"textDocument": where, "contentChanges": change})
    client._versions["quick.seis"] = 11
    assert len(client.faults("quick.seis")) == 1
    assert client.at("hover", 0, 5, "quick.seis") is not None
    told = [one for one in client.said if one.get("params", {}).get("uri") == client.uri("quick.seis")]
    assert told == []


# Other files ------------------------------------------------------------------------------------


def test_a_used_file_that_is_not_saved_counts_as_it_stands(client: Client) -> None:
    (client.folder / "lib.seis").write_text("let band = 2..8Hz\n")
    text = 'use "lib.seis"\nstream two-events | bandpass lib.band\n'
    assert client.open(text, "user.seis") == []
    client.open("let band = 2..8Hz\n", "lib.seis")
    client.edit("let bend = 2..8Hz\n", "lib.seis")
    [fault] = client.faults("user.seis")
    assert fault["message"].startswith("nothing in `lib` is called `band`")
    client.edit("let band = 2..8s\n", "lib.seis")
    [fault] = client.faults("user.seis")
    assert marked(text, fault) == "lib.band"
    client.edit("let band = = 2\n", "lib.seis")
    [fault] = client.faults("user.seis")
    assert marked(text, fault) == '"lib.seis"'
    assert fault["message"].startswith("lib.seis has a fault: ")
    assert fault["relatedInformation"][0]["location"]["uri"] == client.uri("lib.seis")
    client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri("lib.seis")}})
    client._versions.pop("lib.seis")
    assert client.faults("user.seis") == []


def test_a_used_file_that_vanishes_and_comes_back(client: Client) -> None:
    used = client.folder / "gone.seis"
    used.write_text("let band = 2..8Hz\n")
    text = 'use "gone.seis"\nstream two-events | bandpass gone.band\n'
    assert client.open(text, "uses.seis") == []
    used.unlink()
    changed = {"changes": [{"uri": used.as_uri(), "type": 3}]}
    client.tell("workspace/didChangeWatchedFiles", changed)
    [fault] = client.faults("uses.seis")
    assert fault["message"].startswith("`gone.seis` cannot be used: there is no such file")
    used.write_bytes(b"\x00\xff")
    client.tell("workspace/didChangeWatchedFiles", changed)
    assert "binary" in client.faults("uses.seis")[0]["message"]
    used.write_text("let band = = 3\n")
    client.tell("workspace/didChangeWatchedFiles", changed)
    assert client.faults("uses.seis")[0]["message"].startswith("gone.seis has a fault: ")
    used.write_text("let band = 2..8Hz\n")
    client.tell("workspace/didChangeWatchedFiles", changed)
    assert client.faults("uses.seis") == []


def test_files_that_use_one_another(client: Client) -> None:
    (client.folder / "one.seis").write_text('use "other.seis"\n')
    (client.folder / "other.seis").write_text('use "one.seis"\n')
    [fault] = client.open('use "other.seis"\n', "one.seis")
    assert "uses itself in the end" in fault["message"]


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (
            "print('hello')\nimport sys; sys.stdout.write('x'); sys.__stdout__.write('y')\ninput()\n",
            "EOFError",
        ),
        ("raise SystemExit(3)\n", "SystemExit"),
        ("def (\n", "SyntaxError"),
        ("import os\nos.write(1, b'noise')\n", "defines no operator"),
    ],
)
def test_a_python_file_in_use_cannot_disturb_the_talk(client: Client, python: str, said: str) -> None:
    name = f"{abs(hash(python))}"
    (client.folder / f"mine{name}.py").write_text(python)
    [fault] = client.open(f'use "mine{name}.py"\n', f"py{name}.seis")
    assert said in fault["message"]


def test_a_python_file_that_interrupts_is_no_end(client: Client) -> None:
    (client.folder / "stop.py").write_text("raise KeyboardInterrupt\n")
    client.open('use "stop.py"\n', "stops.seis")
    assert client.open("let a = b\n", "after.seis")[0]["code"] == "name"
    client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri("stops.seis")}})


def test_broken_anywhere_it_answers(client: Client) -> None:
    """Cut off at every place, the program is checked and asked about, and the server stays."""
    program = 'use "lib.seis" as l\nlet w = stream "S-net" | bandpass 2..8Hz\n' + (
        'def f(a = 3): Waves -> Picks = sta-lta on=a\nw | fork { a = f a=2, b = count } | save "{x}.csv"\n'
    )
    client.open("", "cut.seis")
    began = time.monotonic()
    for at in range(0, len(program), 3):
        text = program[:at]
        client._versions["cut.seis"] += 1
        where = {"uri": client.uri("cut.seis"), "version": client._versions["cut.seis"]}
        client.send("textDocument/didChange", {"textDocument": where, "contentChanges": [{"text": text}]})
        place = (text.count("\n"), len(text.rpartition("\n")[2]))
        for method in ("completion", "hover", "signatureHelp", "definition"):
            client.at(method, *place, "cut.seis")
        for method in ("documentSymbol", "formatting", "inlayHint"):
            more = {"options": {"tabSize": 2, "insertSpaces": True}} if method == "formatting" else {}
            if method == "inlayHint":
                more = {"range": {"start": position(0, 0), "end": position(9, 0)}}
            client.of(method, "cut.seis", **more)
    logged = [one for one in client.said if one.get("method") == "window/logMessage"]
    assert [one for one in logged if "KeyboardInterrupt" not in str(one)] == []
    assert time.monotonic() - began < 60
