"""What figures rest on, and intervals of means."""

from __future__ import annotations

import os
import platform
from typing import Any

import numpy
import torch


def about() -> dict[str, Any]:
    return {
        "machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "threads": 1,
        "python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__,
    }  # fmt: skip


def interval(values: list[float], draws: int = 2000) -> dict[str, float]:
    """The mean with its 95 % interval by bootstrap."""
    held = numpy.asarray(values, float)
    drawn = numpy.random.default_rng(1).choice(held, (draws, len(held))).mean(1)
    low, high = numpy.quantile(drawn, [0.025, 0.975])
    return {"mean": round(float(held.mean()), 4), "low": round(float(low), 4), "high": round(float(high), 4)}
