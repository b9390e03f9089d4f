"""Files with one thing wrong, and how a program reads them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace, UTCDateTime

from seisdsl.data.accounts import totals
from seisdsl.data.waves import Waves
from seisdsl.operators.sources.read import Read

BEGIN = UTCDateTime(2016, 8, 15)


@dataclass(frozen=True)
class Told:
    """Waves that were read, and the words said on the way."""

    waves: Waves
    words: tuple[str, ...]

    @property
    def totals(self):
        return totals(self.waves.account)

    @property
    def reasons(self) -> dict[str, int]:
        return self.totals["by_reason"]

    @property
    def balanced(self) -> bool:
        return self.totals["read"] == self.totals["used"] + self.totals["rejected"]

    def samples(self, trace: int = 0) -> np.ndarray:
        """Of a trace, NaN where nothing was recorded."""
        return self.waves.to_numpy()[trace]


@pytest.fixture
def read() -> Callable[..., Told]:
    """Read a file, a folder or a pattern as a program does."""

    def reading(path: Path, **options) -> Told:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            waves = Read(file=str(path), **options).apply()
        return Told(waves, tuple(str(w.message) for w in caught))

    return reading


@pytest.fixture
def trace() -> Callable[..., Trace]:
    """A trace of a station, so many seconds after midnight."""

    def made(data, after=0.0, rate=100.0, channel="EHZ", station="AAA", quality="D") -> Trace:
        header = {"network": "XX", "station": station, "channel": channel, "sampling_rate": rate}
        mseed = {"dataquality": quality}
        return Trace(np.asarray(data), {**header, "starttime": BEGIN + after, "mseed": mseed})

    return made


@pytest.fixture
def miniseed(tmp_path) -> Callable[..., Path]:
    """Write traces as miniSEED, each with records of its own."""

    def written(*traces: Trace, name: str = "x.mseed", **options) -> Path:
        content = b"".join(_packed(one, options) for one in traces)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return written


def _packed(trace: Trace, options: dict) -> bytes:
    buffer = io.BytesIO()
    Stream([trace]).write(buffer, format="MSEED", **{"reclen": 512, **options})
    return buffer.getvalue()


@pytest.fixture
def counts() -> np.ndarray:
    """A minute and a half of a real-looking record, in whole counts."""
    random = np.random.default_rng(1)
    return np.cumsum(random.normal(scale=20, size=9000)).astype(np.int32)


@pytest.fixture
def records(counts, trace, miniseed) -> tuple[Path, np.ndarray]:
    """A file of Steim2 records of 512 bytes, and where the samples of each begin."""
    path = miniseed(trace(counts), encoding="STEIM2")
    content = path.read_bytes()
    held = [int.from_bytes(content[at + 30 : at + 32], "big") for at in range(0, len(content), 512)]
    return path, np.concatenate([[0], np.cumsum(held)])


@pytest.fixture
def changed() -> Callable[..., None]:
    """Change some bytes of a file."""

    def change(path: Path, at: int, value: bytes) -> None:
        content = bytearray(path.read_bytes())
        content[at : at + len(value)] = value
        path.write_bytes(content)

    return change


@pytest.fixture
def earthquake() -> obspy.Stream:
    return obspy.read()
