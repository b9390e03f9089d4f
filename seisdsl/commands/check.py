"""`seis check`: what is wrong with programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from seisdsl.cli import DONE, FAULTY
from seisdsl.commands.shared import print_json, read, tell, unreadable, unreadable_code
from seisdsl.diagnostics import Diagnostic, as_json
from seisdsl.language.check import check as check_program
from seisdsl.source import UnreadableText


def check(files: Sequence[str], as_data: bool) -> int:
    found: list[Diagnostic] = []
    code = DONE
    for name in files:
        try:
            checked = check_program(read(name))
            found += checked.diagnostics
            code = code if checked.sound else max(code, FAULTY)
        except UnreadableText as reason:
            found.append(unreadable(name, reason))
            code = max(code, unreadable_code(name))
    if as_data:
        print_json([as_json(diagnostic) for diagnostic in found])
    else:
        tell(found, sys.stdout, nothing_ran=False)
    return code
