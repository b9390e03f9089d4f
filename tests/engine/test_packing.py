"""Values to bytes and back, and what is refused on the way."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seisdsl.data.examples import Examples
from seisdsl.data.segments import Account, Tally
from seisdsl.data.table import Picks, Table
from seisdsl.data.waves import Channel, Waves
from seisdsl.engine.packing import MAGIC, Unpackable, packed, unpacked
from seisdsl.language.types import NUMBER, ColumnOf, Record, TimeRange

plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    plain, lambda of: st.lists(of) | st.lists(of).map(tuple) | st.dictionaries(st.text(), of)
)


@given(values)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    assert unpacked(packed(value)) == value


def test_odd_numbers_come_back() -> None:
    assert math.isnan(unpacked(packed(math.nan)))
    assert unpacked(packed((math.inf, -0.0))) == (math.inf, -0.0)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bool, torch.int64])
@pytest.mark.parametrize("shape", [(0,), (2, 3), (0, 5), ()])
def test_tensors_come_back_bit_for_bit(kind: torch.dtype, shape: tuple[int, ...]) -> None:
    tensor = (torch.randn(shape) * 3).to(kind)
    back = unpacked(packed(tensor))
    assert back.dtype == tensor.dtype
    assert torch.equal(back, tensor)


def test_waves_come_back() -> None:
    waves = Waves(
        torch.arange(6.0).reshape(2, 3),
        torch.tensor([[True, True, False], [True, True, True]]),
        rate=100.0,
        start=1_471_219_200_000_000_001,
        channels=(Channel("N", "A", "", "EHZ", 38.5, 142.0, -1500.0), Channel("N", "B", "10", "EHZ")),
        lateness=(((0, 4_000_000),), ()),
        unit="m/s",
    )
    back = unpacked(packed(waves))
    assert torch.equal(back.samples, waves.samples)
    assert torch.equal(back.mask, waves.mask)
    assert (back.start, back.channels, back.lateness, back.unit) == (
        waves.start, waves.channels, waves.lateness, "m/s",
    )  # fmt: skip
    assert back.canonical == waves.canonical


def test_tables_come_back_with_their_columns() -> None:
    table = Picks.of({"time": [1, 2], "station": ["A", "="], "score": [1.5, None]}, simulated=True)
    back = unpacked(packed(table))
    assert type(back) is Picks
    assert back.frame.equals(table.frame)
    assert back.simulated
    other = Table.of({"x": [1.0]}, extra={"x": ColumnOf(NUMBER, "km", "how far")})
    assert unpacked(packed(other)).columns == other.columns


def test_accounts_records_and_times_come_back() -> None:
    account = Account(read=(Tally("a.mseed", "N.A..EHZ", 5, 100.0, 7),))
    assert unpacked(packed(account)) == account
    assert dict(unpacked(packed(Record({"a": 1, "b": TimeRange(1, 2)})))) == {"a": 1, "b": TimeRange(1, 2)}
    assert unpacked(packed(Examples((1, 2), ("a", "b")))).labels == ("a", "b")


@pytest.mark.parametrize("value", [object(), lambda: 1, np.array([object()])])
def test_what_no_file_holds_is_refused(value: object) -> None:
    with pytest.raises(Unpackable):
        packed(value)


@given(st.data())
def test_no_change_of_a_byte_goes_unseen(data: st.DataObject) -> None:
    content = bytearray(packed({"a": torch.arange(4), "b": "text"}))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match="not a whole value"):
        unpacked(bytes(content))


@pytest.mark.parametrize("named", [["os", "system"], ["seisdsl.data.save", "files"], ["builtins", "eval"],
                                   ["seisdsl.data.waves", "Waves.of"], ["seisdsl.cli", "Ended"]])  # fmt: skip
def test_a_file_cannot_name_code(named: list[str]) -> None:
    import hashlib

    said = json.dumps({"value": {"is": named, "fields": {}}, "sizes": []}).encode()
    body = len(said).to_bytes(8, "little") + said
    with pytest.raises((ValueError, AttributeError)):
        unpacked(MAGIC + hashlib.blake2b(body, digest_size=16).digest() + body)
