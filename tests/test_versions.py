"""A result is kept under its operator's version: whoever changes the numbers must change the version.

`tests/golden/versions.json` holds, for each operator, its version and a hash of the code behind it.
Where only the code differs, numbers may have changed: bump the operator's `version`, or, where they
have not (a renaming, a faster way to the same numbers), accept with SEISDSL_ACCEPT=1.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import os
from functools import cache
from pathlib import Path

import pytest

from seisdsl.operator import registry

KEPT = Path(__file__).with_name("golden") / "versions.json"
OPERATORS = {cls.word: cls for cls in registry().values() if cls.__module__.startswith("seisdsl.")}


@cache
def parsed(module: str) -> ast.Module:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def bare(tree: ast.Module) -> str:
    """The code without its docstrings and layout."""
    copy = ast.parse(ast.unparse(tree))
    for node in ast.walk(copy):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(copy)


@cache
def behind(module: str) -> frozenset[str]:
    """A module, and the mathematics and neighbours that it imports, at its top or within."""
    found, waiting = {module}, [module]
    while waiting:
        for node in ast.walk(parsed(waiting.pop())):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if names and isinstance(node, ast.ImportFrom):
                names += [f"{node.module}.{alias.name}" for alias in node.names]
            for name in names:
                ours = name.startswith(("seisdsl.methods.", "seisdsl.operators."))
                if ours and name not in found and is_module(name):
                    found.add(name)
                    waiting.append(name)
    return frozenset(found)


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def code_of(word: str) -> str:
    texts = [bare(parsed(module)) for module in sorted(behind(OPERATORS[word].__module__))]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def test_the_kept_operators_are_those_there_are() -> None:
    if os.environ.get("SEISDSL_ACCEPT"):
        now = {word: [OPERATORS[word].version, code_of(word)] for word in sorted(OPERATORS)}
        KEPT.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    assert set(json.loads(KEPT.read_text(encoding="utf-8"))) == set(OPERATORS), __doc__


@pytest.mark.parametrize("word", sorted(OPERATORS))
def test_numbers_that_may_have_changed_have_a_new_version(word: str) -> None:
    version, code = json.loads(KEPT.read_text(encoding="utf-8")).get(word, (None, None))
    now = OPERATORS[word].version
    assert (now, code_of(word)) == (version, code), (
        f"the code behind `{word}` is not what it was at version {version}: numbers may have changed. "
        f"Bump its `version` or accept. {__doc__}"
    )


def test_a_changed_line_changes_the_hash_and_a_docstring_does_not() -> None:
    one = ast.parse('def f(x):\n    """Add."""\n    return x + 1\n')
    said = ast.parse('def f(x):\n    """Add one."""\n\n    return (x + 1)\n')
    other = ast.parse('def f(x):\n    """Add."""\n    return x + 2\n')
    assert bare(one) == bare(said) != bare(other)
