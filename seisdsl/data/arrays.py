"""Values as named arrays with named axes: what .npz, NetCDF, Zarr and xarray hold alike."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.data.origin import made
from seisdsl.data.waves import Channel
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    import numpy as np

    from seisdsl.data.field import Field
    from seisdsl.data.scores import Scores

    Array = np.ndarray[Any, Any]

_CODES = ("network", "station", "location", "code")
_PLACE = ("latitude", "longitude", "elevation")


@dataclass(frozen=True)
class Arrays:
    """Each variable's axes and values; an array `time` holds nanoseconds since 1970."""

    variables: Mapping[str, tuple[tuple[str, ...], Array]]
    attributes: Mapping[str, Any]

    def __getitem__(self, name: str) -> Array:
        return self.variables[name][1]


def station_arrays(
    channels: Sequence[Channel], axis: str = "station"
) -> dict[str, tuple[tuple[str, ...], Array]]:
    """The ids and the places of stations or traces; NaN where a place is not known."""
    import numpy as np

    places = {name: [getattr(channel, name) for channel in channels] for name in _PLACE}
    return {
        "id": ((axis,), np.array([channel.id for channel in channels], dtype=str)),
        **{name: ((axis,), np.array(place, dtype=np.float64)) for name, place in places.items()},
    }


def channels_of(arrays: Arrays) -> tuple[Channel, ...]:
    rows = zip(arrays["id"].tolist(), *(arrays[name].tolist() for name in _PLACE), strict=True)
    return tuple(
        Channel(*name.split("."), *(None if value != value else value for value in place))
        for name, *place in rows
    )


def write_npz(arrays: Arrays, path: Path) -> None:
    import numpy as np

    axes = {name: list(axes) for name, (axes, _) in arrays.variables.items()}
    about = json.dumps({**arrays.attributes, "axes": axes, **made()}, ensure_ascii=False)
    held: dict[str, Any] = {name: values for name, (_, values) in arrays.variables.items()}
    with path.open("wb") as file:
        np.savez_compressed(file, about=np.array(about), **held)


def read_npz(path: str | Path) -> Scores | Field:
    """What `save` wrote as .npz."""
    import numpy as np

    from seisdsl.data.field import Field
    from seisdsl.data.scores import Scores

    try:
        with np.load(path, allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
        about = json.loads(str(held["about"]))
        arrays = Arrays({name: (tuple(on), held[name]) for name, on in about["axes"].items()}, about)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Unsuitable(f"{path} cannot be read as .npz", notes=[reason]) from None
    if about["kind"] == "Scores":
        return Scores.of_arrays(arrays)
    if about["kind"] == "Field":
        return Field.of_arrays(arrays)
    raise Unsuitable(f"{path} holds {about['kind']}, which is not read back")
