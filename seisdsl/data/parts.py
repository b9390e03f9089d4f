"""Parts of what there is: some files, some channels, some time."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from seisdsl.data.waves import Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable


def matching(name: str) -> list[str]:
    """The files that a name stands for: itself, those of a folder, or those that fit its `*` and `?`.

    A file whose own name holds such a sign is taken as it is.
    """
    path = Path(name)
    if path.is_dir():
        return sorted(str(p) for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    if path.exists() or not re.search(r"[*?]", name):
        return [name] if path.exists() else []
    return sorted(p for p in glob.glob(name.replace("[", "[[]")) if Path(p).is_file())


def patterns_of(channels: str | Sequence[str] | None) -> tuple[str, ...]:
    """Channel patterns as a list, or as one text with spaces or commas between."""
    given = [channels] if isinstance(channels, str) else channels or []
    return tuple(word for text in given for word in re.split(r"[\s,]+", text) if word)


def fits(channel: str, patterns: Sequence[str]) -> bool:
    """Whether a channel's id fits one of the patterns: `EHZ`, `EH?`, `N.S1*..EHZ`; all fit none."""
    code = channel.rsplit(".", 1)[-1]
    return not patterns or any(
        fnmatchcase(channel if "." in pattern else code, pattern) for pattern in patterns
    )


def refuse_unfit(channels: Iterable[str], patterns: Sequence[str]) -> None:
    """Refuse patterns that no channel fits."""
    known = sorted(set(channels))
    if known and not any(fits(channel, patterns) for channel in known):
        raise Unsuitable(
            f"no channel fits {' or '.join(patterns)}",
            parameter="channels",
            notes=["there are " + ", ".join(first(known))],
        )


def first(lines: Iterable[str], most: int = 10) -> list[str]:
    """The first few, and how many more there are."""
    lines = list(lines)
    more = [f"and {len(lines) - most} more"] if len(lines) > most else []
    return lines[:most] + more


def chosen(waves: Waves, patterns: Sequence[str]) -> Waves:
    """The traces whose channel fits."""
    if not patterns:
        return waves
    refuse_unfit((channel.id for channel in waves.channels), patterns)
    return waves.select([i for i, channel in enumerate(waves.channels) if fits(channel.id, patterns)])


def between(waves: Waves, time: TimeRange) -> Waves:
    """The samples whose grid time lies in a half-open range."""
    part = waves.within(time)
    if not part.length:
        raise Unsuitable("no record lies in the time range", parameter="time")
    return part
