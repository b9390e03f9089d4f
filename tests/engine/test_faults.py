"""What a stage lacks is told with how to install it."""

from __future__ import annotations

import importlib.metadata
import sys

import pytest

from seisdsl.diagnostics import Faults
from seisdsl.engine.faults import at_stage, installed_by
from seisdsl.graph import Node
from seisdsl.language.check import check
from seisdsl.source import SourceText

WANTED = [
    "torch<2.14,>=2.6",
    "xgboost-cpu<4,>=3; extra == 'trees'",
    "xarray>=2024.6; extra == 'test'",
    'xarray>=2024.6; extra == "xarray"',
]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("xgboost", "pip install 'seisdsl[trees]'"),
        ("xarray", "pip install 'seisdsl[xarray]'"),
        ("unheard", "pip install unheard"),
    ],
)
def test_the_extra_that_brings_a_module_is_named(monkeypatch, module: str, line: str) -> None:
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: WANTED)
    assert installed_by(module) == line


def test_a_stage_without_its_package_says_what_to_install(monkeypatch) -> None:
    def told() -> list[str]:
        with pytest.raises(Faults) as lacking, at_stage(stage()):
            import xgboost  # noqa: F401
        (one,) = lacking.value.diagnostics
        return [one.message, *one.notes]

    monkeypatch.setitem(sys.modules, "xgboost", None)
    assert told() == [
        "`simulate-ground-motion` needs xgboost, which is not installed",
        installed_by("xgboost"),
    ]


def stage() -> Node:
    checked = check(SourceText.of("simulate-ground-motion", "a.seis"))
    assert checked.graph is not None, checked.diagnostics
    return checked.graph.nodes[-1]
