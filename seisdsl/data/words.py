"""Words that tell of a value: when, how many, how much of it is missing."""

from __future__ import annotations

from typing import Any


def instant(ns: int) -> str:
    """ISO 8601, to the millisecond where it is not a whole second."""
    import datetime as dt

    whole, rest = divmod(round(ns / 1e6), 1000)
    text = (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=whole)).isoformat()
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def marks(value: Any) -> str:
    return ", simulated" if value.simulated else ""


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def gaps(missing: float) -> str:
    if not missing:
        return "no gaps"
    return f"{missing:.1%} gaps" if missing >= 0.001 else "less than 0.1% gaps"


def duration(seconds: float) -> str:
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds:.4g} s"


def rest(number: int, what: str) -> list[str]:
    return [f"  and {counted(number, 'more ' + what)}"] if number > 0 else []
