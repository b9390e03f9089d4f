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
    from seisdsl.inputs import catalog, picks, table, waves
    from seisdsl.notebook.extension import load_ipython_extension, unload_ipython_extension
    from seisdsl.operator import Operator, param
    from seisdsl.results import Results, run
    from seisdsl.results import check_program as check

__version__ = "0.1.0"

_WHERE = {
    "Diagnostic": "seisdsl.diagnostics",
    "Faults": "seisdsl.diagnostics",
    "Graph": "seisdsl.graph",
    "Operator": "seisdsl.operator",
    "Results": "seisdsl.results",
    "catalog": "seisdsl.inputs",
    "check": "seisdsl.results",
    "load_ipython_extension": "seisdsl.notebook.extension",
    "param": "seisdsl.operator",
    "picks": "seisdsl.inputs",
    "run": "seisdsl.results",
    "table": "seisdsl.inputs",
    "unload_ipython_extension": "seisdsl.notebook.extension",
    "waves": "seisdsl.inputs",
}

__all__ = [
    "Diagnostic",
    "Faults",
    "Graph",
    "Operator",
    "Results",
    "catalog",
    "check",
    "load_ipython_extension",
    "param",
    "picks",
    "run",
    "table",
    "unload_ipython_extension",
    "waves",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the package itself imports nothing."""
    if name not in _WHERE:
        raise AttributeError(f"module 'seisdsl' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(_WHERE[name])
    return getattr(module, "check_program" if name == "check" else name)
