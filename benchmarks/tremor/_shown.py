"""What figures rest on."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import numpy
import torch


def about() -> dict[str, Any]:
    return {
        "machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "threads": 1,
        "python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__,
    }  # fmt: skip


def tell(figures: dict[str, Any], out: Path | None) -> None:
    """Print them, and write them to a file where one is named."""
    text = json.dumps(figures, indent=1)
    print(text)
    if out:
        out.write_text(text + "\n", encoding="utf-8")
