"""The extension for Visual Studio Code: its parts fit, and it builds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from seisdsl.assist.highlight import textmate
from seisdsl.lsp.settings import SECTION, Settings

EXTENSION = Path(__file__).parents[2] / "editors" / "vscode"
PACKAGE = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))


def test_it_names_the_grammar_that_lies_there() -> None:
    [grammar] = PACKAGE["contributes"]["grammars"]
    [language] = PACKAGE["contributes"]["languages"]
    lies = json.loads((EXTENSION / grammar["path"]).read_text(encoding="utf-8"))
    assert grammar["scopeName"] == lies["scopeName"] == textmate()["scopeName"]
    assert grammar["language"] == language["id"]
    assert [name.removeprefix(".") for name in language["extensions"]] == lies["fileTypes"]
    assert (EXTENSION / language["configuration"]).is_file()


def test_its_settings_are_those_of_the_server() -> None:
    given = PACKAGE["contributes"]["configuration"]["properties"]
    ours = {f"{SECTION}.{name}": default for name, default in vars(Settings()).items()}
    assert {name: one["default"] for name, one in given.items()} == {**ours, "seisdsl.command": "seis"}


@pytest.mark.parametrize("word", ["S-net", "two-events", "sta-lta", "waves2", "2..8Hz", "-3.5e2m"])
def test_its_words_are_those_of_the_language(word: str) -> None:
    configuration = json.loads((EXTENSION / "language-configuration.json").read_text(encoding="utf-8"))
    found = re.findall(configuration["wordPattern"], f"({word})", re.ASCII)
    assert found == (["2", "8Hz"] if ".." in word else ["-3.5e2m"] if word[0] == "-" else [word])


def test_what_it_is_built_from_records_no_addresses() -> None:
    locked = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert locked["packages"][""]["dependencies"] == PACKAGE["dependencies"]
    assert locked["packages"][""]["devDependencies"] == PACKAGE["devDependencies"]
    for name, one in locked["packages"].items():
        assert "resolved" not in one, name
        assert not name or one["integrity"].startswith("sha512-"), name


STAND_IN = """
const Module = require("node:module");
const load = Module._load;
const any = new Proxy(function () {}, { get: (of, name) => name === Symbol.toPrimitive ? () => "" : any,
  construct: () => ({}), apply: () => any });
Module._load = (name, ...rest) => name === "vscode" ? any : load(name, ...rest);
const built = require(process.argv[1]);
console.log(typeof built.activate, typeof built.deactivate);
"""


@pytest.mark.slow
def test_it_builds(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm is not installed")
    if subprocess.run([npm, "ping"], capture_output=True, check=False, timeout=60).returncode:
        pytest.skip("the registry of npm cannot be reached")
    folder = tmp_path / "vscode"
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    built = folder / "dist" / "extension.js"
    said = subprocess.run([node, "-e", STAND_IN, str(built)], capture_output=True, text=True, check=False)
    assert (said.stdout, said.returncode) == ("function function\n", 0), said.stderr
