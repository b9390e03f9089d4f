"""Weights of a network in a safetensors file, with what must be known to use them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.data.origin import made
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor

SHIPPED = Path(__file__).resolve().parent.parent / "weights"
_KEY = "seisdsl weights 1"
_LARGEST = 4 * 2**30


@dataclass(frozen=True, eq=False)
class Weights:
    """The tensors of a network, and what they were made for and from.

    `about` is what the method asks to be the same (step, frequencies, components, length of a
    window); `temperature` and `bias` (by class) are of the calibration; `trained` tells the seed, the
    number of examples and how well the network did.
    """

    method: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]  # of one row of the network's input
    tensors: Mapping[str, Tensor]
    parameters: Mapping[str, Any] = field(default_factory=dict)  # of the method, as JSON holds them
    about: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 1.0
    bias: tuple[float, ...] = ()
    trained: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False

    @cached_property
    def digest(self) -> str:
        """Of the tensors and of all that is said of them."""
        digest = hashlib.blake2b(json.dumps(self._said(), sort_keys=True).encode(), digest_size=16)
        for name in sorted(self.tensors):
            digest.update(name.encode())
            digest.update(self.tensors[name].detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def _said(self) -> dict[str, Any]:
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name != "tensors"}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def shipped_weights(name: str) -> Weights:
    """Those that come with seisdsl."""
    return read_weights(str(SHIPPED / f"{name}.safetensors"))


def read_weights(path: str) -> Weights:
    """The weights of a file; refuses one that is not whole, or that another program wrote."""
    try:
        stat = Path(path).stat()
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from None
    if stat.st_size > _LARGEST:
        raise _unreadable(path, "it is larger than any network of seisdsl")
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read(path: str, changed: int, size: int) -> Weights:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            said = (file.metadata() or {}).get(_KEY)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise _unreadable(path, f"it is no safetensors file, or not whole ({error})") from None
    if said is None:
        raise _unreadable(path, "another program wrote it, and it does not say what the weights are for")
    try:
        known = json.loads(said)
        digest = known.pop("digest")
        for name in ("classes", "shape", "bias"):
            known[name] = tuple(known[name])
        known.pop("made", None)
        weights = Weights(tensors=tensors, **known)
    except (ValueError, KeyError, TypeError):
        raise _unreadable(path, "what it says of its weights cannot be understood") from None
    if weights.digest != digest:
        raise _unreadable(path, "its weights are not those that were written: it was changed or damaged")
    return weights


def _unreadable(path: str, why: str) -> Unsuitable:
    return Unsuitable(
        f"cannot read weights from {path}: {why}",
        parameter="weights",
        notes=['weights are written by `model | save "NAME.safetensors"`'],
    )


def write_weights(weights: Weights, path: Path) -> None:
    """Write a safetensors file whose metadata say all that is known of the weights."""
    from safetensors.torch import save

    said = json.dumps({**weights._said(), "digest": weights.digest, **made()}, sort_keys=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.tensors.items()}
    path.write_bytes(save(tensors, {_KEY: said}))
