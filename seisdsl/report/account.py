"""What became of the samples that were read, and why some were left out."""

from __future__ import annotations

from dataclasses import dataclass

from seisdsl.data.accounts import iso, tidied, totals
from seisdsl.data.segments import Account

_MOST = 200  # stretches that are named one by one


@dataclass(frozen=True)
class Left:
    """A stretch of samples that was left out."""

    file: str
    id: str
    start: str
    end: str
    samples: int
    reason: str
    detail: str


@dataclass(frozen=True)
class Accounting:
    """`left` are the first stretches that were left out, of `stretches`; `flagged` were used but want a look."""

    read: int
    used: int
    rejected: int
    by_reason: tuple[tuple[str, int], ...]
    left: tuple[Left, ...]
    stretches: int
    flagged: tuple[Left, ...]


def accounting(account: Account) -> Accounting | None:
    """None where no file was read."""
    if not any(account):
        return None
    whole = tidied(account)
    sums = totals(whole)
    left, flagged = (
        tuple(
            Left(t.file, t.id, iso(t.start), iso(t.end), t.samples, t.reason, t.detail)
            for t in tallies[:_MOST]
        )
        for tallies in (whole.rejected, whole.flagged)
    )
    reasons = tuple(sums["by_reason"].items())
    return Accounting(
        sums["read"], sums["used"], sums["rejected"], reasons, left, len(whole.rejected), flagged
    )
