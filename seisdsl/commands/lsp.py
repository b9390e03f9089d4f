"""`seis lsp`: the language server that editors start."""

from __future__ import annotations

import signal
import sys
from importlib.util import find_spec

from seisdsl.cli import DONE, MISUSED


def lsp() -> int:
    if not (find_spec("pygls") and find_spec("lsprotocol")):
        print("seis lsp needs pygls: python -m pip install 'seisdsl[lsp]'", file=sys.stderr)
        return MISUSED
    from seisdsl.lsp.server import serve

    for number in (signal.SIGTERM, signal.SIGINT):  # there is nothing to be kept: it just ends
        signal.signal(number, signal.SIG_DFL)
    serve()
    return DONE
