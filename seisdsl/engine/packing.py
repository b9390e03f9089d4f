"""Values as bytes and back: JSON for what they say, raw arrays for tensors, Arrow for tables.

A frozen dataclass of `seisdsl.data` is packed field by field, so that a new type needs nothing
here. No code is ever loaded from a file: a name in it is looked up among the project's own types.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import io
import json
from collections.abc import Mapping
from typing import Any

from seisdsl.language.types import ColumnOf, Record, TimeRange, Type
from seisdsl.operator import Operator, registry

MAGIC = b"seisdsl 1\n"
_PLAIN = {cls.__name__: cls for cls in (ColumnOf, TimeRange, Type)}
_OURS = "seisdsl.data."


class Unpackable(Exception):
    """A value of a kind that no file holds."""


def packed(value: Any) -> bytes:
    buffers: list[bytes] = []
    said = json.dumps({"value": _say(value, buffers), "sizes": [len(b) for b in buffers]}).encode()
    body = b"".join([len(said).to_bytes(8, "little"), said, *buffers])
    return MAGIC + hashlib.blake2b(body, digest_size=16).digest() + body


def unpacked(content: bytes | memoryview) -> Any:
    """The value; raises ValueError where the bytes are not whole."""
    view = memoryview(content)
    head = len(MAGIC)
    if bytes(view[:head]) != MAGIC or hashlib.blake2b(view[head + 16 :], digest_size=16).digest() != bytes(
        view[head : head + 16]
    ):
        raise ValueError("not a whole value")
    start = head + 24
    length = int.from_bytes(view[head + 16 : start], "little")
    said = json.loads(bytes(view[start : start + length]))
    buffers, at = [], start + length
    for size in said["sizes"]:
        buffers.append(view[at : at + size])
        at += size
    return _made(said["value"], buffers)


def _say(value: Any, buffers: list[bytes]) -> Any:
    import numpy as np
    import polars
    import torch

    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": value.hex()}
        case torch.Tensor():
            array = value.detach().cpu().contiguous().numpy()
            return {"tensor": [str(array.dtype), list(array.shape), _kept(array.tobytes(), buffers)]}
        case np.ndarray() if value.dtype.kind in "biufM":
            return {"array": [str(value.dtype), list(value.shape), _kept(value.tobytes(), buffers)]}
        case polars.DataFrame():
            beside = io.BytesIO()
            value.write_ipc(beside)
            return {"frame": _kept(beside.getvalue(), buffers)}
        case Record():
            return {"record": {name: _say(part, buffers) for name, part in value.items()}}
        case Mapping() if not dataclasses.is_dataclass(value):
            return {"map": [[_say(k, buffers), _say(v, buffers)] for k, v in value.items()]}
        case tuple() | list():
            return {type(value).__name__: [_say(part, buffers) for part in value]}
    if isinstance(value, Operator) and registry().get(value.word) is type(value):
        return {"operator": [value.word, value.model_dump(mode="json")]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        cls = type(value)
        if cls.__module__.startswith(_OURS) or cls in _PLAIN.values():
            fields = {
                f.name: _say(getattr(value, f.name), buffers) for f in dataclasses.fields(value) if f.init
            }
            return {"is": [cls.__module__, cls.__qualname__], "fields": fields}
    raise Unpackable(type(value).__name__)


def _kept(content: bytes, buffers: list[bytes]) -> int:
    buffers.append(content)
    return len(buffers) - 1


def _made(said: Any, buffers: list[memoryview]) -> Any:
    import numpy as np
    import polars
    import torch

    if not isinstance(said, dict):
        return said
    match said:
        case {"float": text}:
            return float.fromhex(text)
        case {"tensor": [kind, shape, number]}:
            return torch.from_numpy(np.frombuffer(buffers[number], kind).reshape(shape).copy())
        case {"array": [kind, shape, number]}:
            return np.frombuffer(buffers[number], kind).reshape(shape).copy()
        case {"frame": number}:
            return polars.read_ipc(io.BytesIO(buffers[number]))
        case {"record": parts}:
            return Record({name: _made(part, buffers) for name, part in parts.items()})
        case {"map": pairs}:
            return {_made(k, buffers): _made(v, buffers) for k, v in pairs}
        case {"tuple": parts}:
            return tuple(_made(part, buffers) for part in parts)
        case {"list": parts}:
            return [_made(part, buffers) for part in parts]
        case {"operator": [word, parameters]}:
            return registry()[word].model_validate(parameters)
        case {"is": [module, name], "fields": fields}:
            cls = _type(module, name)
            return cls(**{field: _made(part, buffers) for field, part in fields.items()})
    raise ValueError("not a value")


def _type(module: str, name: str) -> Any:
    if name in _PLAIN:
        return _PLAIN[name]
    if not module.startswith(_OURS) or "." in name:
        raise ValueError(f"no type {module}.{name}")
    cls = getattr(importlib.import_module(module), name)
    if not dataclasses.is_dataclass(cls):
        raise ValueError(f"no type {module}.{name}")
    return cls
