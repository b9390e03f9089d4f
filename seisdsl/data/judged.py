"""What a row of samples shows of a broken instrument: dead channels, spikes, clipping.

Samples are judged in blocks at whole multiples of their length since 1970, so that any part of a
record that comes with the `margin` around it is judged as the whole is. Honest records pass:
nothing is rejected for being quiet, loud or strange.

- dead: no sample differs from the next for a minute or more. Rejected.
- spike: a single sample that departs from both its neighbours by more than a million times the
  median difference in its block, while these agree; or a count that needs more than 31 bits. Rejected.
- clipped: three or more samples on end at the same extreme, which is the full scale of 24 bits or
  beyond, or one that the wave runs into twice in a block, at once and from afar. Flagged only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from seisdsl.data.rows import Row, runs

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BLOCK = 256  # samples that are judged together
DEAD = 60.0  # seconds, but no less than two blocks
SPIKE = 1e6  # times the median difference of a block
RETURN = 0.01  # of a spike: how far its neighbours may be apart
PAIRS = 32  # differences that a block must have, for their median to mean something
LARGEST = 2.0**31  # counts
FULL_SCALE = 2.0**23 - 1  # counts
PLATEAU = 3  # samples at an extreme
AGAIN = 2  # plateaus in a block
LOUD = 1000.0  # smallest steps between median and extreme: below, a plateau is no wonder
STEP = 0.01  # of the same: by how much a wave that is cut off runs into its extreme at once
TILE = 1024  # blocks at once, which the cache holds


def margin(rate: float) -> float:
    """Seconds of record around a time that tell how its samples are judged."""
    return (_dead(rate) + 2 * BLOCK) / rate


def _dead(rate: float) -> int:
    return max(math.ceil(DEAD * rate), 2 * BLOCK)


def judge(row: Row, rate: float, counts: bool = True) -> None:
    """Take out of a row of whole blocks what is no record of the ground, and flag what is clipped."""
    import numpy as np

    blocks = row.samples.reshape(-1, BLOCK)
    low, high = blocks.min(axis=1), blocks.max(axis=1)
    full: Array = np.logical_and.reduce(row.mask.reshape(-1, BLOCK), axis=1)
    for first, last in runs(full & (low == high)):
        _reject_dead(row, first * BLOCK, last * BLOCK, _dead(rate))
    for start in range(0, len(blocks), TILE):
        here = slice(start, start + TILE)
        jumpy, flat = _doubtful(blocks[here], low[here], high[here], full[here], counts)
        if len(jumpy):
            _reject_spikes(row, start + jumpy, counts)
        if len(flat):
            _flag_clipped(row, start + flat, counts)


def _reject_dead(row: Row, left: int, right: int, least: int) -> None:
    """Blocks in which no sample changes, with what is alike in the blocks beside them."""
    begin, end = max(0, left - BLOCK), min(right + BLOCK, len(row.mask))
    other = ~row.mask[begin:end] | (row.samples[begin:end] != row.samples[left])
    before, after = other[: left - begin].nonzero()[0], other[right - begin :].nonzero()[0]
    left = begin + int(before[-1]) + 1 if len(before) else begin
    right = right + int(after[0]) if len(after) else end
    if right - left >= least:
        value = row.samples[left].item()
        row.reject(row.first + left, row.first + right, "dead channel", f"constant at {value:g}")


# Spikes and clipping --------------------------------------------------------------------------------


def _doubtful(blocks: Array, low: Array, high: Array, full: Array, counts: bool) -> tuple[Array, Array]:
    """The blocks that are worth a closer look, for spikes and for clipping: few, and cheaply found."""
    import numpy as np

    whole = blocks.dtype.kind != "f"  # neighbouring values are one apart, at least
    spread = high.astype(np.float64) - low
    peak = np.maximum(high.astype(np.float64), -low.astype(np.float64))
    jumpy = spread > (SPIKE if whole else 0)
    some = np.flatnonzero(jumpy & full)
    steps = np.abs(np.diff(blocks[some].astype(np.float64), axis=1))
    jumpy[some] = (steps < 2 / SPIKE * spread[some, None]).sum(1) >= BLOCK // 2 - 1
    flat = spread > (LOUD if whole else 0)
    some = np.flatnonzero(flat & full)
    flat[some] = False
    for extreme in (low, high):
        flat[some] |= (blocks[some] == extreme[some, None]).sum(1) >= PLATEAU * AGAIN
    if counts:
        jumpy |= peak >= LARGEST
        flat |= peak >= FULL_SCALE
    return np.flatnonzero(jumpy), np.flatnonzero(flat)


def _reject_spikes(row: Row, blocks: Array, counts: bool) -> None:
    import numpy as np

    at = blocks[:, None] * BLOCK + np.arange(-1, BLOCK + 1)
    inside = np.clip(at, 0, len(row.samples) - 1)
    samples = row.samples[inside].astype(np.float64)
    mask = row.mask[inside] & (inside == at)
    spikes = _jumps(samples, mask)
    if counts:
        spikes |= mask[:, 1:-1] & (np.abs(samples[:, 1:-1]) >= LARGEST)
    for block, column in np.argwhere(spikes).tolist():
        number = row.first + int(at[block, column + 1])
        row.reject(number, number + 1, "spike", f"{samples[block, column + 1]:g}")


def _flag_clipped(row: Row, blocks: Array, counts: bool) -> None:
    import numpy as np

    samples = row.samples.reshape(-1, BLOCK)[blocks].astype(np.float64)
    mask = row.mask.reshape(-1, BLOCK)[blocks]
    for sign in (1, -1):
        for block, start, end in _plateaus(sign * samples, mask, counts):
            number = row.first + int(blocks[block]) * BLOCK + start
            row.flag(number, number + end - start, "clipped", f"at {samples[block, start]:g}")


def _jumps(samples: Array, mask: Array) -> Array:
    """Which samples of some blocks are spikes; a sample of each block's neighbours stands at its ends."""
    import numpy as np

    pairs = mask[:, 1:] & mask[:, :-1]
    steps = np.diff(samples, axis=1)
    enough = pairs[:, :-1].sum(1) >= PAIRS
    usual = np.zeros(len(samples))
    if enough.any():
        usual[enough] = np.nanmedian(np.where(pairs, np.abs(steps), np.nan)[enough, :-1], axis=1)
    least = np.where(usual > 0, SPIKE * usual, np.inf)[:, None]
    into, out = steps[:, :-1], steps[:, 1:]
    jump = pairs[:, :-1] & pairs[:, 1:] & (into * out < 0) & (np.minimum(np.abs(into), np.abs(out)) > least)
    found: Array = jump & (np.abs(into + out) < RETURN * np.abs(into))
    return found


def _plateaus(samples: Array, mask: Array, counts: bool) -> list[tuple[int, int, int]]:
    """Block, start and end of the plateaus at the top of each block that tell of clipping."""
    import numpy as np

    top = np.where(mask, samples, -np.inf).max(1)
    at_top = (samples == top[:, None]) & mask
    some = np.flatnonzero(at_top.sum(1) >= PLATEAU)
    high = np.pad(at_top[some], ((0, 0), (1, 1)))
    edges = np.diff(high, axis=1)
    block, start = np.argwhere(edges & ~high[:, :-1]).T
    end = np.argwhere(edges & high[:, :-1])[:, 1]
    long = end - start >= PLATEAU
    found = [
        (int(b), int(s), int(e)) for b, s, e in zip(some[block[long]], start[long], end[long], strict=True)
    ]
    cut = [
        (b, s, e)
        for b, s, e in found
        if (counts and top[b] >= FULL_SCALE) or _at_once(samples[b], mask[b], s, e)
    ]
    often = np.bincount([b for b, _, _ in cut], minlength=len(samples))
    return [(b, s, e) for b, s, e in cut if often[b] >= AGAIN or (counts and top[b] >= FULL_SCALE)]


def _at_once(samples: Array, mask: Array, start: int, end: int) -> bool:
    """Whether the wave comes to a plateau from afar, in one step."""
    import numpy as np

    known = samples[mask]
    above = samples[start] - float(np.median(known))
    levels = np.diff(np.unique(known))
    if not len(levels) or above < LOUD * levels.min():
        return False
    beside = [at for at in (start - 1, end) if 0 <= at < len(samples) and mask[at]]
    return any(samples[start] - samples[at] >= STEP * above for at in beside)
