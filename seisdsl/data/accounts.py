"""Accounts of samples put together: what was read, what was used, and what was left out and why."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from seisdsl.data.segments import Account, Tally
from seisdsl.data.waves import NS

COLUMNS = ("file", "id", "start", "end", "samples", "reason", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def merged(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """One for each stretch of samples of a file that met the same fate, in order of file, id and time."""
    whole: list[Tally] = []
    end: int | None = None  # of the last tally that went into the last stretch
    for tally in sorted(tallies, key=_order):
        last = whole[-1] if whole else None
        if last and end is not None and _alike(last, tally) and _follows(end, tally):
            whole[-1] = replace(last, samples=last.samples + tally.samples)
        else:
            whole.append(tally)
        end = tally.end
    return tuple(whole)


def _order(tally: Tally) -> tuple[Any, ...]:
    timed = tally.start is not None
    return tally.file, tally.id, tally.reason, tally.detail, tally.rate, timed, tally.start, tally.samples


def _alike(one: Tally, other: Tally) -> bool:
    return _order(one)[:5] == _order(other)[:5] and one.rate > 0


def _follows(end: int, tally: Tally) -> bool:
    """Whether the first sample of a tally is the next one after an end."""
    return tally.start is not None and abs(tally.start - end) * tally.rate < NS / 2


def tidied(account: Account) -> Account:
    return Account(*map(merged, account))


def totals(account: Account) -> dict[str, Any]:
    """How many samples were read, used and rejected, and how many for which reason."""
    read, used, rejected, _ = (sum(tally.samples for tally in tallies) for tallies in account)
    reasons: Counter[str] = Counter()
    for tally in account.rejected:
        reasons[tally.reason] += tally.samples
    return {"read": read, "used": used, "rejected": rejected, "by_reason": dict(sorted(reasons.items()))}


def write_rejected(account: Account, path: Path) -> int:
    """A CSV of all that was left out, sorted; gives the number of its rows."""
    rows = sorted(merged(account.rejected), key=lambda t: (t.file, t.id, t.start or 0, t.reason, t.detail))
    with Path(path).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for tally in rows:
            times = [iso(tally.start), iso(tally.end)]
            cells = [tally.file, tally.id, *times, tally.samples, tally.reason, tally.detail]
            writer.writerow([_safe(cell) for cell in cells])
    return len(rows)


def iso(ns: int | None) -> str:
    """A time to the nanosecond; nothing for none."""
    if ns is None:
        return ""
    seconds, rest = divmod(ns, NS)
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
