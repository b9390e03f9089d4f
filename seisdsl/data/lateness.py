"""By how much samples come after their grid: from which one on, and how many nanoseconds."""

from __future__ import annotations

from seisdsl.data.waves import Lateness


def changed(late: dict[int, int]) -> Lateness:
    """The lateness from each of some samples on, told where it changes."""
    kept: list[tuple[int, int]] = []
    for sample, by in sorted(late.items()):
        if by != (kept[-1][1] if kept else 0):
            kept.append((sample, by))
    return tuple(kept)


def thinned(late: Lateness, left: int, every: int = 1) -> Lateness:
    """The same counted in every `every`-th sample from `left` on."""
    return changed({max(0, -((left - sample) // every)): by for sample, by in ((left, 0), *late)})
