"""seisdsl: a small declarative language for seismology.

import seisdsl

picks = seisdsl.run("let picks = stream mine | bandpass 2..8Hz | sta-lta", mine=stream)["picks"]
picks.to_pandas()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seisdsl.diagnostics import Diagnostic, Faults
    from seisdsl.graph import Graph
    from seisdsl.language.check import check
    from seisdsl.operator import Operator, param
    from seisdsl.results import Results, run

__version__ = "0.1.0"

_WHERE = {
    "Diagnostic": "seisdsl.diagnostics",
    "Faults": "seisdsl.diagnostics",
    "Graph": "seisdsl.graph",
    "Operator": "seisdsl.operator",
    "Results": "seisdsl.results",
    "check": "seisdsl.language.check",
    "param": "seisdsl.operator",
    "run": "seisdsl.results",
}

__all__ = ["Diagnostic", "Faults", "Graph", "Operator", "Results", "check", "param", "run"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the package itself imports nothing."""
    if name not in _WHERE:
        raise AttributeError(f"module 'seisdsl' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
