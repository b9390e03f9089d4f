"""Room for results, whose first use on a processor often costs more than what is computed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """As torch.zeros. Numpy asks the system for large pages where it can, torch does not unless told."""
    if device.type != "cpu":
        return torch.zeros(shape, dtype=dtype, device=device)
    kind = torch.empty(0, dtype=dtype).numpy().dtype
    return torch.from_numpy(np.zeros(shape, kind))
