"""Random numbers that depend on what they are for, not on what was drawn before.

Any stretch of time, and any choice of stations, therefore meets the same noise and earthquakes.
They are drawn on the CPU so that every device sees the same.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np


def draws(seed: int, *purpose: str | int) -> np.random.Generator:
    """A generator of its own for a purpose: `draws(7, "noise", "N.S1N01", 24512)`."""
    words = [crc32(part.encode()) if isinstance(part, str) else part % 2**63 for part in purpose]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed % 2**63, *words])))
