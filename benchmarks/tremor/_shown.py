"""What figures rest on."""

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
