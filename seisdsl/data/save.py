"""Values to files: which formats each kind of value has, chosen by the ending of the name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

from seisdsl.data.describe import as_data
from seisdsl.data.examples import Examples
from seisdsl.data.field import Field
from seisdsl.data.figure import Figure
from seisdsl.data.metrics import Metrics
from seisdsl.data.model import Model
from seisdsl.data.origin import beside, made, note
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Catalog, Table
from seisdsl.data.waves import Waves
from seisdsl.language.types import Value
from seisdsl.operator import Unsuitable

Write = Callable[[Path], None]
_TABLE = (".csv", ".parquet", ".json")
_ARRAYS = (".npz", ".nc", ".zarr")
_KINDS: dict[type, tuple[str, ...]] = {
    Waves: (".mseed", ".sac"),
    Catalog: (*_TABLE, ".quakeml", ".xml"),
    Table: _TABLE,
    Spectrogram: _ARRAYS,
    Scores: _ARRAYS,
    Field: _ARRAYS,
    Series: (".csv", ".parquet"),
    Examples: (".npz",),
    Metrics: (".json", ".csv"),
    Figure: (".png", ".svg", ".pdf"),
    Model: (".safetensors",),
    int: (".json",),
    float: (".json",),
}
_NOTELESS = (".mseed", ".sac", ".csv", ".nc", ".zarr", ".png", ".svg", ".pdf")  # tell nothing of their making
ENDINGS = tuple(dict.fromkeys(ending for endings in _KINDS.values() for ending in endings))


def endings(kind: type) -> tuple[str, ...]:
    """Those of the formats that values of a kind can be saved in."""
    return next((fitting for of, fitting in _KINDS.items() if issubclass(kind, of)), ())


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
    yield from _written(value, name, ending)
    yield from notes(value, name)


def notes(value: Any, name: str) -> Iterator[tuple[str, Write]]:
    """The note beside a file, where its format has no place for one and there is something to say."""
    simulated = isinstance(value, Waves) and value.simulated
    if PurePath(name).suffix.lower() in _NOTELESS and (simulated or made()):
        yield beside(name), lambda path: _write_note(value, path)


def _written(value: Any, name: str, ending: str) -> Iterator[tuple[str, Write]]:
    match value:
        case Waves():
            from seisdsl.data.save_waves import wave_files

            yield from wave_files(value, name, ending)
        case Catalog() if ending in (".quakeml", ".xml"):
            from seisdsl.data.quakeml import write_quakeml

            yield name, lambda path: write_quakeml(value, path)
        case Table():
            from seisdsl.data.save_tables import WRITERS

            yield name, lambda path: WRITERS[ending](value, path)
        case Series():
            from seisdsl.data.save_tables import write_series

            yield name, lambda path: write_series(value, path, ending)
        case Spectrogram() | Scores() | Field():
            yield from _array_files(value, name, ending)
        case Examples():
            from seisdsl.data.arrays import write_npz
            from seisdsl.data.save_examples import example_arrays

            yield name, lambda path: write_npz(example_arrays(value), path)
        case Figure():
            yield name, lambda path: value.write(path, ending)
        case Model():
            from seisdsl.data.weights import write_weights

            yield name, lambda path: write_weights(value.weights, path)
        case Metrics() if ending == ".csv":
            from seisdsl.data.save_tables import write_csv

            yield name, lambda path: write_csv(value.to_table(), path)
        case Metrics():
            yield name, lambda path: _write_json({**as_data(value), **made()}, path)
        case _:
            yield name, lambda path: _write_json(value, path)


def _array_files(value: Spectrogram | Scores | Field, name: str, ending: str) -> Iterator[tuple[str, Write]]:
    from seisdsl.data.arrays import write_npz
    from seisdsl.data.xarrays import spectrogram_arrays, write_netcdf, zarr_files

    arrays = spectrogram_arrays(value) if isinstance(value, Spectrogram) else value.to_arrays()
    if ending == ".zarr":
        yield from zarr_files(arrays, name)
    elif ending == ".nc":
        yield name, lambda path: write_netcdf(arrays, path)
    else:
        yield name, lambda path: write_npz(arrays, path)


def _write_note(value: Any, path: Path) -> None:
    from seisdsl.data.save_waves import about_simulated

    simulated = isinstance(value, Waves) and value.simulated
    path.write_text(note(about_simulated(value) if simulated else {}), encoding="utf-8")


def _write_json(value: Any, path: Path) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
