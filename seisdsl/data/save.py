"""Values to files: which formats each kind of value has, chosen by the ending of the name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import Value
from seisdsl.operator import Unsuitable

Write = Callable[[Path], None]
_WAVES = (".mseed", ".sac")
_TABLE = (".csv", ".parquet", ".json")
_CATALOG = (".quakeml", ".xml")
_SPECTROGRAM = (".npz",)
_NUMBER = (".json",)
ENDINGS = tuple(dict.fromkeys((*_WAVES, *_TABLE, *_CATALOG, *_SPECTROGRAM)))


def endings(kind: type) -> tuple[str, ...]:
    """Those of the formats that values of a kind can be saved in."""
    if issubclass(kind, Waves):
        return _WAVES
    if issubclass(kind, Catalog):
        return _TABLE + _CATALOG
    if issubclass(kind, Table):
        return _TABLE
    if issubclass(kind, Spectrogram):
        return _SPECTROGRAM
    return _NUMBER if issubclass(kind, int | float) else ()


def refuse_unfit(name: str, kind: str) -> None:
    """Refuse, before anything runs, an ending that a value of this type will not fit."""
    known: type | None = {"Integer": int, "Number": float}.get(kind) or Value.kinds.get(kind)
    if known is None:
        refuse_ending(name)
    else:
        refuse_ending(name, endings(known), kind)


def refuse_ending(name: str, fitting: tuple[str, ...] = ENDINGS, what: str = "") -> str:
    """The ending of a name, refused where it is none of those that fit."""
    ending = PurePath(name).suffix.lower()
    if ending in fitting:
        return ending
    whose = f" for {what}" if what else ""
    raise Unsuitable(
        f'the ending of "{name}" tells no format{whose}'
        if ending not in ENDINGS
        else f"{ending} is no format{whose}",
        parameter="file",
        notes=[f"{what or 'results'} can be saved as " + ", ".join(fitting)],
    )


def files(value: Any, name: str) -> Iterator[tuple[str, Write]]:
    """The files that a value is saved as: each one's name, and what writes it to a path."""
    fitting = endings(type(value))
    if not fitting:
        raise Unsuitable(f"{type(value).__name__} cannot be saved to a file")
    ending = refuse_ending(name, fitting, type(value).__name__)
    if isinstance(value, Waves):
        from seisdsl.data.save_waves import wave_files

        yield from wave_files(value, name, ending)
    elif ending in _CATALOG:
        from seisdsl.data.quakeml import write_quakeml

        yield name, lambda path: write_quakeml(value, path)
    elif isinstance(value, Table):
        from seisdsl.data.save_tables import WRITERS

        yield name, lambda path: WRITERS[ending](value, path)
    elif isinstance(value, Spectrogram):
        yield name, lambda path: _write_npz(value, path)
    else:
        yield name, lambda path: _write_number(value, path)


def _write_number(value: float, path: Path) -> None:
    path.write_text(json.dumps(value, allow_nan=False) + "\n", encoding="utf-8")


def _write_npz(spectrogram: Spectrogram, path: Path) -> None:
    """Arrays for numpy; times are nanoseconds since 1970, one for each trace and window."""
    import numpy as np

    steps = np.rint(np.arange(spectrogram.power.shape[-1]) * spectrogram.step * 1e9).astype(np.int64)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            power=spectrogram.power.cpu().numpy(),
            mask=spectrogram.mask.cpu().numpy(),
            frequencies=spectrogram.frequencies.cpu().numpy(),
            times=spectrogram.start + np.array(spectrogram.offsets)[:, None] + steps,
            channels=np.array([channel.id for channel in spectrogram.channels]),
            unit=np.array(spectrogram.unit),
            simulated=np.array(spectrogram.simulated),
        )
