"""Where tensors live during a run."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

Choice = Literal["auto", "cpu", "cuda"]
_choice: ContextVar[Choice] = ContextVar("device", default="auto")


class NoDevice(Exception):
    """The device asked for is not there."""


def device() -> torch.device:
    """The device that sources put their tensors on; operators follow their input's."""
    import torch

    choice = _choice.get()
    if choice == "cuda" and not torch.cuda.is_available():
        raise NoDevice("--device cuda was asked for, but torch finds no CUDA device here; use --device auto")
    if choice == "auto":
        choice = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(choice)


@contextmanager
def on(choice: Choice) -> Iterator[None]:
    token = _choice.set(choice)
    try:
        yield
    finally:
        _choice.reset(token)
