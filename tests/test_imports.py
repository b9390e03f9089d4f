"""What imports what: one way only, and little of it before anything runs."""

from __future__ import annotations

import ast
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "seisdsl"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
HEAVY = ("torch", "scipy", "matplotlib", "polars", "numpy", "obspy", "networkx", "pandas", "pint")
TEN_LINES = """\
# Tremor off Hokkaido, a day of it.
param day: TimeRange = 2016-08-15T00:00Z..2016-08-15T01:00Z
let band = 2..8Hz

let wave = stream S-net time=day | detrend | bandpass band
let picks = wave | sta-lta short=1s long=30s on=4 | ar-aic
picks | where score > 5 and phase == "P" | sort by=time | save "picks-{day}.csv"
let bursts = wave | envelope smooth=5s | trigger on=3
bursts | where duration > 30s | derive { middle = time + duration / 2 } | head 20
wave | spectrogram window=5.12s | show
"""


def imported(code: str, folder: Path) -> set[str]:
    """The modules that a fresh Python has after some code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(run.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [["check", "day.seis"], ["fmt", "--check", "day.seis"], ["ops", "--json"], ["help", "bandpass"],
     ["explain", "day.seis"], ["cite", "day.seis"]],
)  # fmt: skip
def test_what_runs_nothing_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert len(TEN_LINES.splitlines()) == 10
    (tmp_path / "day.seis").write_text(TEN_LINES)
    code = f"from seisdsl.cli import main; assert main({arguments!r}) == 0"
    imported(code, tmp_path)  # builds the compiled tables where this is the first run of all
    found = imported(code, tmp_path)
    assert sorted(found & set(HEAVY)) == []


def test_the_package_itself_imports_nothing(tmp_path: Path) -> None:
    assert {name for name in imported("import seisdsl", tmp_path) if name.startswith("seisdsl.")} == set()


# One way ----------------------------------------------------------------------------------------


def imports_of(path: Path) -> set[str]:
    """The package's own modules that a file imports when it runs, at its top or inside a function."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []  # ast.walk comes to a node's children after the node
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("seisdsl")}


RULES = {  # a part of the package, and what it never imports
    "syntax": ["language", "graph", "operator", "draw", "data", "methods", "operators", "engine", "commands", "cli"],
    "language": ["data", "methods", "operators", "engine", "commands", "cli", "draw", "results"],
    "graph.py": ["data", "methods", "operators", "engine", "commands", "cli", "draw", "results"],
    "operator.py": ["data", "methods", "engine", "commands", "cli", "graph", "draw", "results"],
    "draw.py": ["data", "methods", "operators", "engine", "commands", "cli", "results"],
    "data": ["operators", "commands", "cli", "graph", "draw", "results", "syntax"],
    "methods": ["operators", "commands", "cli", "engine", "graph", "draw", "results", "syntax"],
    "operators": ["commands", "cli", "graph", "draw", "results", "syntax"],
    "engine": ["operators", "commands", "cli", "syntax", "results"],
    "results.py": ["operators", "commands", "cli", "draw", "syntax"],
    "diagnostics.py": ["language", "graph", "operator", "data", "methods", "operators", "engine", "commands", "cli"],
    "source.py": ["diagnostics", "language", "graph", "operator", "data", "methods", "operators", "engine", "commands"],
}  # fmt: skip


def part(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("name", RULES)
def test_imports_run_one_way(name: str) -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {module}"
        for path in part(PACKAGE / name)
        for module in imports_of(path)
        if any(module == f"seisdsl.{one}" or module.startswith(f"seisdsl.{one}.") for one in RULES[name])
    ]
    assert wrong == []


def test_data_and_operators_ask_the_engine_only_where_they_are() -> None:
    """The device of this run, the folder that files go to, and whom to tell of progress: nothing else."""
    asked = {
        module
        for name in ("data", "operators")
        for path in part(PACKAGE / name)
        for module in imports_of(path)
        if module.startswith("seisdsl.engine")
    }
    assert {".".join(module.split(".")[:3]) for module in asked} <= {
        "seisdsl.engine.device",
        "seisdsl.engine.output",
        "seisdsl.engine.progress",
    }


def test_the_mathematics_know_nothing_of_the_language() -> None:
    """Only what works on a program's tables and formulas speaks of them, and of refusals."""
    known = {"seisdsl.language.types", "seisdsl.operator.Unsuitable"}
    tables = {PACKAGE / "methods" / name for name in ("tables.py", "formulas.py")}
    for path in set(part(PACKAGE / "methods")) - tables:
        others = {
            module
            for module in imports_of(path)
            if module.startswith(("seisdsl.language", "seisdsl.operator"))
            and not any(module.startswith(one) for one in known)
        }
        assert others == set(), path


# Small ------------------------------------------------------------------------------------------


def test_no_file_is_large_and_most_are_small() -> None:
    sizes = {str(path.relative_to(PACKAGE)): path.stat().st_size for path in FILES}
    assert {name: size for name, size in sizes.items() if size > 15_000} == {}
    assert statistics.median(size for size in sizes.values() if size) < 5_000


def test_the_grammar_is_a_page() -> None:
    lines = (PACKAGE.parent / "grammar" / "seis.lark").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100
