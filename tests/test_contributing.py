"""CONTRIBUTING.md shows an operator whole: as it stands there, it works as is said of it."""

from __future__ import annotations

import importlib
import runpy
import subprocess
import sys

import pytest
from documents import ROOT, blocks, checked, told

from seisdsl.commands.reference import operator_page
from seisdsl.engine.output import writing_to
from seisdsl.engine.run import Engine
from seisdsl.operator import Registry, collecting, registry
from seisdsl.source import SourceText
from seisdsl.syntax.format import format_program

FILES = {block.file: block for block in blocks(ROOT / "CONTRIBUTING.md", "python", "seis")}
METHODS, OPERATOR, TEST, EXAMPLE = FILES


@pytest.fixture
def agc(tmp_path, monkeypatch):
    """The operator of the text, in files where the text says, beside those of the package."""
    for name, block in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    modules = [name.removesuffix(".py").replace("/", ".") for name in (METHODS, OPERATOR)]
    for module in modules:
        package = importlib.import_module(module.rpartition(".")[0])
        here = tmp_path / package.__name__.replace(".", "/")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(here)])
    with collecting() as found:
        importlib.import_module(modules[1])
    yield found["agc"]
    for module in modules:
        sys.modules.pop(module, None)


def test_the_files_lie_where_the_layout_has_them():
    for name in FILES:
        assert (ROOT / name).parent.is_dir(), name
        assert not (ROOT / name).exists(), name


def test_its_test_passes(agc, tmp_path):
    names = runpy.run_path(str(tmp_path / TEST))
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


def test_its_programs_check_and_run(agc, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    known = Registry({**registry(), "agc": agc})
    result = checked(FILES[EXAMPLE], tmp_path, known)
    assert told(result) == "\n"
    assert format_program(SourceText.of(FILES[EXAMPLE].text)) == FILES[EXAMPLE].text
    with writing_to(tmp_path) as written:
        values = Engine().values(result.graph.nodes, [result.graph.results[0].node])
        assert next(iter(values))[1].unit == "ratio"
    assert {path.name for path in written} == {"even.mseed", "even.mseed.about.json"}


def test_its_help_comes_from_the_class(agc):
    page = operator_page(agc)
    assert page.startswith("agc  Waves -> Waves\n\nEven out loud and quiet stretches")
    assert "window: Time = 10s" in page
    assert "(above 0s)" in page


@pytest.mark.parametrize("name", [METHODS, OPERATOR, TEST])
@pytest.mark.parametrize("command", ["format --check", "check"])
def test_it_is_in_the_style_of_the_house(name, command):
    ruff = pytest.importorskip("ruff", reason="ruff is not installed").find_ruff_bin()
    ours = ["--config", 'lint.isort.known-first-party = ["seisdsl"]']  # the file itself is not there
    options = [ruff, *command.split(), *ours, "--stdin-filename", name, "-"]
    done = subprocess.run(options, input=FILES[name].text, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
