"""How long a recursive filter goes on after its input ends. Pure Python: plans ask for it."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence

SILENT = 1e-12  # of the input: so little that a raw record's offset does not show either
APART = 1e-9  # poles nearer than this count as so far apart: they are never just one


def ringing(rate: float, corners: int, low: float = 0.0, high: float = math.inf) -> float:
    """Seconds until a digital Butterworth filter that passes `low` to `high` (Hz) is silent."""
    low, high = (_warped(edge, rate) if 0 < edge < math.inf else edge for edge in (low, high))
    poles = [_digital(pole) for pole in _analogue(corners, low, high)]
    at_zero, at_nyquist = (0 if low == 0 else corners), (0 if high == math.inf else corners)
    zeros = [1.0] * at_zero + [-1.0] * at_nyquist
    middle = 1.0 if low == 0 else -1.0 if high == math.inf else _digital(1j * math.sqrt(low * high))
    return silent_after(poles, zeros, middle) / rate


def silent_after(poles: Sequence[complex], zeros: Sequence[complex], middle: complex) -> int:
    """Samples after which what came before, however long it was, adds less than `SILENT` of its largest.

    For a filter with as many zeros as poles that passes `middle` unchanged. Its response is a sum
    of powers of the poles, and so is a bound of what is left of it.
    """
    gain = math.prod(abs(middle - pole) for pole in poles) / math.prod(abs(middle - zero) for zero in zeros)
    terms = []
    for number, pole in enumerate(poles):
        others = (max(abs(pole - other), APART) for other in [*poles[:number], *poles[number + 1 :]])
        share = gain * math.prod(abs(pole - zero) for zero in zeros) / math.prod(others)
        size = abs(pole)
        if share and size:
            terms.append((math.log(share / (size * (1 - size))), math.log(size)))
    longest = max(((math.log(SILENT / len(terms)) - start) / fall for start, fall in terms), default=0.0)
    return max(0, math.ceil(longest))


def _warped(edge: float, rate: float) -> float:
    """The analogue frequency that the bilinear transform, for a rate of one half, brings to an edge."""
    return math.tan(math.pi * min(edge / rate, 0.5 - 1e-9))


def _digital(pole: complex) -> complex:
    return (1 + pole) / (1 - pole)


def _analogue(corners: int, low: float, high: float) -> list[complex]:
    circle = [cmath.exp(0.5j * math.pi * (1 + (2 * k + 1) / corners)) for k in range(corners)]
    if low == 0:
        return [high * pole for pole in circle]
    if high == math.inf:
        return [low / pole for pole in circle]
    halves = [(high - low) * pole / 2 for pole in circle]
    roots = [cmath.sqrt(half * half - low * high) for half in halves]
    return [half + sign * root for half, root in zip(halves, roots, strict=True) for sign in (1, -1)]
