"""`seis docs`: the documentation as a folder of pages that needs neither a server nor a network."""

from __future__ import annotations

import sys
from pathlib import Path

from seisdsl.cli import DONE, FAILED


def docs(out: str, run: bool) -> int:
    from seisdsl.site.build import Site

    folder = Path(out)
    try:
        pages = Site(run=run).write(folder)
    except OSError as reason:
        print(f"seis docs: {reason}", file=sys.stderr)
        return FAILED
    print(f"wrote {pages} pages: open {folder / 'index.html'}")
    return DONE
