"""Values as xarray data sets, and saved through xarray as NetCDF and Zarr."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seisdsl.data.arrays import Arrays, station_arrays
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Lateness, Waves
from seisdsl.language.values import iso
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from seisdsl.data.save import Write


def refuse_absent(*modules: str) -> None:
    """Refuse where an optional package is not installed."""
    lacking = [module for module in modules if find_spec(module) is None]
    if lacking:
        raise Unsuitable(
            f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed",
            parameter="file",
            repair="pip install seisdsl[xarray]",
        )


def to_xarray(value: Waves | Spectrogram) -> Any:
    """A data set with the mask beside the values, and times as numpy's nanoseconds."""
    return dataset(wave_arrays(value) if isinstance(value, Waves) else spectrogram_arrays(value))


def wave_arrays(waves: Waves) -> Arrays:
    import numpy as np

    times = np.asarray(waves.start + np.rint(np.arange(waves.length) * (NS / waves.rate)).astype(np.int64))
    return Arrays(
        {
            "samples": (("trace", "time"), waves.samples.detach().cpu().numpy()),
            "mask": (("trace", "time"), waves.mask.cpu().numpy()),
            "time": (("time",), times),
            **_late(waves.lateness, waves.length),
            **station_arrays(waves.channels, "trace"),
        },
        {"kind": "Waves", "rate": waves.rate, "unit": waves.unit, "simulated": waves.simulated},
    )


def spectrogram_arrays(of: Spectrogram) -> Arrays:
    import numpy as np

    steps = np.rint(np.arange(of.windows) * of.step * NS).astype(np.int64)
    return Arrays(
        {
            "power": (("trace", "frequency", "time"), of.power.detach().cpu().numpy()),
            "mask": (("trace", "time"), of.mask.cpu().numpy()),
            "frequency": (("frequency",), of.frequencies.cpu().numpy()),
            "time": (("time",), of.start + steps),
            **_late(of.lateness, of.windows),
            **station_arrays(of.channels, "trace"),
        },
        {"kind": "Spectrogram", "step": of.step, "unit": of.unit, "simulated": of.simulated},
    )


def _late(lateness: Sequence[Lateness], length: int) -> dict[str, tuple[tuple[str, str], Any]]:
    """By how many seconds true times come after those of the grid, where they do."""
    import numpy as np

    late = np.zeros((len(lateness), length))
    for row, changes in zip(late, lateness, strict=True):
        for sample, by in changes:
            row[sample:] = by / NS
    return {"late": (("trace", "time"), late)} if late.any() else {}


def dataset(arrays: Arrays) -> Any:
    """One-dimensional arrays are coordinates; times are UTC."""
    refuse_absent("xarray")
    import xarray

    named = {name: (axes, values) for name, (axes, values) in arrays.variables.items()}
    if "time" in named:
        axes, values = named["time"]
        named["time"] = (axes, values.astype("datetime64[ns]"))
    about = {name: int(v) if isinstance(v, bool) else v for name, v in arrays.attributes.items()}
    if "start" in about:
        about["start"] = iso(about["start"])
    flat = {name: held for name, held in named.items() if len(held[0]) == 1 and name != "mask"}
    data = {name: held for name, held in named.items() if name not in flat}
    return xarray.Dataset(data, flat, about)


def write_netcdf(arrays: Arrays, path: Path) -> None:
    """Times are seconds since the first; NetCDF 3 where nothing that writes NetCDF 4 is installed."""
    engine = next((name for name in ("h5netcdf", "netcdf4") if find_spec(_MODULES[name])), "scipy")
    held = dataset(arrays)
    since = {}
    if "time" in held:
        first = iso(int(arrays["time"][0]) // NS * NS if len(arrays["time"]) else 0).removesuffix("Z")
        since = {"time": {"units": f"seconds since {first}", "dtype": "float64"}}
    held.to_netcdf(path, engine=engine, encoding=since)


_MODULES = {"h5netcdf": "h5netcdf", "netcdf4": "netCDF4"}


def zarr_files(arrays: Arrays, name: str) -> Iterator[tuple[str, Write]]:
    """The files of a Zarr store, a folder of the name given."""
    refuse_absent("xarray", "zarr")
    import zarr

    files: dict[str, Any] = {}
    held = dataset(arrays)
    exact = {"time": {"units": "nanoseconds since 1970-01-01", "dtype": "int64"}} if "time" in held else {}
    held.to_zarr(zarr.storage.MemoryStore(files), zarr_format=2, consolidated=True, encoding=exact)
    for key in sorted(files):
        yield f"{name}/{key}", _writer(files[key].to_bytes())


def _writer(content: bytes) -> Write:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write
