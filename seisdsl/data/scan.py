"""What a file holds, told without keeping its samples."""

from __future__ import annotations

import warnings
from pathlib import Path

from seisdsl.data.extent import Extent
from seisdsl.data.formats import MINISEED, read_file
from seisdsl.data.segments import Tally
from seisdsl.data.sniff import sniff
from seisdsl.operator import Unsuitable


def scan(path: str) -> tuple[list[Extent], list[Tally]]:
    """The runs of records of a file, and what in it is none. A file that is no record has no runs."""
    try:
        form = sniff(path)
        if form in MINISEED:
            from seisdsl.data.mseed_scan import scan_mseed

            return scan_mseed(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are told when the file is read for its samples
            reading = read_file(path)
    except (Unsuitable, OSError) as refusal:
        return [], [Tally(path, reason="unreadable", detail=_why(path, refusal))]
    size = Path(path).stat().st_size
    found = [
        Extent(path, s.channel.id, s.start, s.end, s.rate, len(s.samples), size=size, format=form)
        for s in reading.segments
    ]
    return found, reading.rejected


def _why(path: str, refusal: Unsuitable | OSError) -> str:
    """In words that come after the file's name."""
    if isinstance(refusal, OSError):
        return f"cannot be opened: {refusal.strerror or refusal}"
    return "; ".join([refusal.message.removeprefix(path).strip(), *refusal.notes])
