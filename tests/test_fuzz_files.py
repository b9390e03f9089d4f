"""Damaged records, station lists and programs: a plain word, never a crash, a hang or a traceback.

What is read is accounted for whatever the damage.
"""

from __future__ import annotations

import io
import json
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace, UTCDateTime

from seisdsl.cli import DONE, FAILED, FAULTY, MISUSED, main

PATIENCE = 60  # seconds for one file: what takes longer hangs
FEW, MANY = 20, 700
PROGRAM = 'read "a.mseed" stations="s.xml" | detrend | bandpass 1..8Hz | sta-lta long=10s | count\n'


def records() -> bytes:
    """Two channels of Steim2, one of floats, with a gap and an overlap; records of two lengths."""
    rng, out = np.random.default_rng(5), io.BytesIO()
    start = UTCDateTime(2016, 8, 15)
    for channel, kind, encoding, length in (("EHZ", np.int32, "STEIM2", 512), ("EHN", np.int32, "STEIM1", 256),
                                            ("HHZ", np.float32, "FLOAT32", 512)):  # fmt: skip
        for first in (0, 70, 110):
            data = np.cumsum(rng.normal(0, 50, 5000)).astype(kind)
            header = {"network": "XX", "station": "FUZZ", "channel": channel, "sampling_rate": 100,
                      "starttime": start + first}  # fmt: skip
            Stream([Trace(data, header)]).write(out, format="MSEED", encoding=encoding, reclen=length)
    return out.getvalue()


def station_list() -> bytes:
    out = io.BytesIO()
    inventory = obspy.read_inventory()
    inventory[0].code = "XX"
    inventory[0][0].code = "FUZZ"
    inventory.write(out, format="STATIONXML")
    return out.getvalue()


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few changes of the kinds that disks, networks and people make."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(data)), chance.choice((1, 2, 4, 64, 300))
        match chance.randrange(7):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at : at + length] = chance.randbytes(length)
            case 2:
                data[at : at + length] = bytes(length)
            case 3:
                del data[at : at + length]
            case 4:
                data[at:at] = chance.randbytes(length)
            case 5:
                data = data[: max(1, at)]
            case 6:
                data[at:at] = data[at : at + 512]
        data = data or bytearray(1)
    return bytes(data)


class Hangs(Exception):
    pass


@pytest.fixture
def seis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Any]]:
    def alarm(*_: Any) -> None:
        raise Hangs

    def run(*words: str) -> tuple[int, str, str]:
        signal.alarm(PATIENCE)
        code = main([*words])
        signal.alarm(0)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return code, out, err

    before = signal.signal(signal.SIGALRM, alarm)
    monkeypatch.chdir(tmp_path)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def held(seis: Callable[..., Any], number: int) -> None:
    """A run over files as they lie there ends well or in words, and its account holds."""
    Path("p.seis").write_text(PROGRAM, encoding="utf-8")
    code, out, err = seis("run", "p.seis", "--json", "--chunk", ("whole", "1min", "10s")[number % 3])
    assert code in (DONE, FAULTY, FAILED), err
    said = json.loads(out)
    if code != DONE:
        assert said["diagnostics"]
        assert not any("failed" in diagnostic["message"] for diagnostic in said["diagnostics"]), err
        return
    account = said["accounting"]
    assert account["read"] == account["used"] + account["rejected"]
    assert account["rejected"] == sum(account["by_reason"].values())
    rows = Path("rejected.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) - 1 == account["rows"]


def numbers(of: str) -> list[Any]:
    return [
        *range(FEW),
        *(pytest.param(number, marks=pytest.mark.slow, id=f"{of}-{number}") for number in range(FEW, MANY)),
    ]


@pytest.mark.parametrize("number", numbers("records"))
def test_damaged_records(seis: Callable[..., Any], number: int) -> None:
    Path("a.mseed").write_bytes(mutated(records(), random.Random(number)))
    Path("s.xml").write_bytes(station_list())
    held(seis, number)


@pytest.mark.parametrize("number", numbers("stations"))
def test_damaged_station_lists(seis: Callable[..., Any], number: int) -> None:
    Path("a.mseed").write_bytes(records())
    Path("s.xml").write_bytes(mutated(station_list(), random.Random(number)))
    held(seis, number)


@pytest.mark.parametrize("number", numbers("programs"))
def test_damaged_programs(seis: Callable[..., Any], number: int) -> None:
    Path("a.mseed").write_bytes(records())
    Path("s.xml").write_bytes(station_list())
    Path("p.seis").write_bytes(mutated(PROGRAM.encode(), random.Random(number)))
    code, *_ = seis("run", "p.seis", "--quiet")
    assert code in (DONE, FAULTY, MISUSED, FAILED)
    assert {path.name for path in Path().iterdir()} <= {"a.mseed", "s.xml", "p.seis", "rejected.csv"}


def test_the_account_is_the_same_whatever_the_chunks(seis: Callable[..., Any]) -> None:
    Path("a.mseed").write_bytes(records())
    text = 'read "a.mseed" | bandpass 1..8Hz | sta-lta long=10s | count\n'  # read once, with context
    Path("p.seis").write_text(text, encoding="utf-8")
    told = []
    for chunk in ("whole", "1min", "10s"):
        _, out, _ = seis("run", "p.seis", "--json", "--chunk", chunk)
        told.append((json.loads(out)["accounting"], Path("rejected.csv").read_text(encoding="utf-8")))
    promised = sum(trace.stats.npts for trace in obspy.read("a.mseed", format="MSEED", headonly=True))
    assert told[0] == told[1] == told[2]
    assert told[0][0]["read"] == promised
