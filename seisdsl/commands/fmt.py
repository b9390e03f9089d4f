"""`seis fmt`: programs in the one style."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from seisdsl.cli import DONE, FAILED, FAULTY
from seisdsl.commands.shared import read, show, unreadable, unreadable_code
from seisdsl.diagnostics import Faults
from seisdsl.source import UnreadableText
from seisdsl.syntax.format import format_program


def fmt(files: Sequence[str], only_check: bool) -> int:
    code = DONE
    for name in files:
        try:
            source = read(name)
            text = format_program(source)
        except UnreadableText as reason:
            show([unreadable(name, reason)], sys.stderr)
            code = max(code, unreadable_code(name))
            continue
        except Faults as faults:
            show(faults.diagnostics, sys.stderr)
            code = max(code, FAULTY)
            continue
        if name == "-":
            print(text, end="")
        elif Path(name).read_bytes() != text.encode():
            if only_check:
                print(f"{name} would change")
                code = max(code, FAULTY)
                continue
            try:
                _replace(Path(name), text)
                print(f"{name} formatted")
            except OSError as error:
                print(f"seis fmt: {name} cannot be written: {error.strerror or error}", file=sys.stderr)
                code = max(code, FAILED)
    return code


def _replace(path: Path, text: str) -> None:
    """Write beside and rename, so that a program is never half written; its mode is kept."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(text.encode())
    beside.chmod(path.stat().st_mode)
    beside.replace(path)
