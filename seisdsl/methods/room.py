"""Room for large results, whose first use on a processor may cost more than what is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

LARGE = 2**22  # bytes from which numpy asks the system for large pages; torch does not unless told


def zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """As torch.zeros, and several times as quick to be filled where it is large."""
    return _room(shape, dtype, device, torch.zeros, np.zeros)


def empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """The same for torch.empty."""
    return _room(shape, dtype, device, torch.empty, np.empty)


def _room(
    shape: tuple[int, ...], dtype: torch.dtype, device: torch.device, small: Callable[..., Tensor], large: Any
) -> Tensor:
    if device.type != "cpu" or math.prod(shape) * dtype.itemsize < LARGE:
        return small(shape, dtype=dtype, device=device)
    return torch.from_numpy(large(shape, torch.empty(0, dtype=dtype).numpy().dtype))
