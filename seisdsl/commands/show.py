"""`seis show`: how a file was made."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seisdsl.cli import DONE, MISUSED
from seisdsl.commands.shared import print_json

FEW = 5  # input files named one by one


def show(name: str, *, program: bool, json: bool) -> int:
    from seisdsl.data.origin import told_by

    path = Path(name)
    if not path.is_file():
        print(f"seis show: there is no file {name}", file=sys.stderr)
        return MISUSED
    said = told_by(path)
    if said is None:
        print(f"seis show: {name} does not say how it was made", file=sys.stderr)
        return MISUSED
    if json:
        print_json(said)
    elif program:
        print(said["made"]["program"], end="")
    else:
        print("\n".join(_lines(name, said["made"])))
    return DONE


def _lines(name: str, made: Mapping[str, Any]) -> list[str]:
    """The program last, so that it can be copied."""
    lines = [f"{name} was made by seisdsl {made['seisdsl']} on {made['device']}, Python {made['python']}"]
    if made["simulated"]:
        lines.append("from simulated waves: nothing in it was recorded")
    lines.append("operators: " + _named(made["operators"], " version "))
    if made["seeds"]:
        lines.append("seeds: " + _named(made["seeds"], " "))
    lines.append("packages: " + _named(made["packages"], " "))
    if made["inputs"]:
        files = made["inputs"]["named"]
        lines.append(f"input files: {made['inputs']['files']}, digest {made['inputs']['digest'][:16]}")
        lines += [f"  {file}  {digest[:16]}" for file, digest in list(files.items())[:FEW]]
        lines += [f"  and {made['inputs']['files'] - FEW} more"] if made["inputs"]["files"] > FEW else []
    return [*lines, "program:", *(f"  {line}" for line in made["program"].splitlines())]


def _named(values: Mapping[str, Any], between: str) -> str:
    return ", ".join(f"{name}{between}{value}" for name, value in values.items())
