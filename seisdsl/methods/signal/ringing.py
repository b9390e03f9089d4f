"""How long a Butterworth filter goes on after its input ends. Pure Python: plans ask for it."""

from __future__ import annotations

import cmath
import math

SILENT = 1e-9  # of the input: so little that a raw record's offset does not show either


def ringing(corners: int, low: float = 0.0, high: float = math.inf) -> float:
    """Seconds until the response of a filter that passes `low` to `high` (Hz) is silent.

    From the poles of the analogue filter: near the Nyquist frequency a digital one may go on longer.
    """
    decay = min(-pole.real for pole in _poles(corners, 2 * math.pi * low, 2 * math.pi * high))
    return (math.log(1 / SILENT) + corners / 2) / decay


def _poles(corners: int, low: float, high: float) -> list[complex]:
    circle = [cmath.exp(0.5j * math.pi * (1 + (2 * k + 1) / corners)) for k in range(corners)]
    if low == 0:
        return [high * pole for pole in circle]
    if high == math.inf:
        return [low / pole for pole in circle]
    halves = [(high - low) * pole / 2 for pole in circle]
    roots = [cmath.sqrt(half * half - low * high) for half in halves]
    return [half + sign * root for half, root in zip(halves, roots, strict=True) for sign in (1, -1)]
