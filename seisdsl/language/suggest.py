"""Did you mean: the nearest of the words that would have been right."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import permutations

FARTHEST = 3  # edits; words that differ so much begin alike
SHORTEST = 3  # letters; of shorter words only the case and hyphens may differ
SHORT = 4  # letters; words as short as this begin alike


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to what was written, or None where none is close.

    Case and hyphens do not count; a word that holds the other is close. Ties go by name, so
    that the answer does not change from run to run.
    """
    wanted = _plain(word)
    if not wanted:
        return None
    size = len(wanted)
    allowed = min(FARTHEST, max(1, size // 3))
    best: tuple[int, str] | None = None
    for candidate in sorted(set(known)):
        plain = _plain(candidate)
        length = len(plain)
        if plain == wanted:
            distance = 0
        elif size < SHORTEST or length < SHORTEST or (size <= SHORT and wanted[0] != plain[0]):
            continue
        elif -allowed <= size - length <= allowed:
            distance = _distance(wanted, plain, allowed)
        else:
            distance = FARTHEST + 1
        if distance == FARTHEST and wanted[0] != plain[0]:
            continue
        if distance > allowed and size >= 4 and (wanted in plain or (length >= 4 and plain in wanted)):
            distance = allowed
        if distance <= allowed and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None


@cache
def _plain(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def _distance(a: str, b: str, most: int) -> int:
    """Edits (letter in, out, changed, neighbours swapped) from a to b; gives up beyond `most`."""
    letters = set(a), set(b)
    if abs(len(a) - len(b)) > most or any(len(x - y) > most for x, y in permutations(letters)):
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        previous, row, older = row, [i], before
        for j, other in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = previous
        if min(row) > most:
            return most + 1
    return row[-1]


def listing(words: Iterable[str], most: int = 8) -> str:
    """`a, b, c and 4 more`."""
    every = list(words)
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most} more"
