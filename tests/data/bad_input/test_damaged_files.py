"""Files that are cut short, overwritten, or no records at all: what is sound in them is used."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from seisdsl.operator import Unsuitable


def test_of_a_file_cut_within_a_record_the_whole_records_count(read, records, counts):
    path, starts = records
    path.write_bytes(path.read_bytes()[: 10 * 512 + 300])
    told = read(path)
    np.testing.assert_array_equal(told.samples()[: starts[10]], counts[: starts[10]])
    assert not told.waves.mask[0, starts[10] :].any()
    (row,) = told.waves.account.rejected
    assert (row.file, row.reason) == (str(path), "truncated")
    assert row.samples == starts[11] - starts[10], "as many as its header promises"
    assert row.start == told.waves.time_of(int(starts[10]))
    assert "5120" in row.detail.replace(",", "")
    (words,) = told.words
    assert words.startswith(f"{path}: ")
    assert "truncated" in words
    assert told.balanced


@pytest.mark.parametrize("size", [0, 100])
def test_an_empty_or_tiny_file_is_passed_over_with_its_reason(read, records, tmp_path, size):
    path, _ = records
    (tmp_path / "tiny.mseed").write_bytes(path.read_bytes()[:size])
    told = read(tmp_path)
    assert told.waves.mask.all()
    (row,) = told.waves.account.rejected
    assert (row.file, row.samples) == (str(tmp_path / "tiny.mseed"), 0)
    assert row.detail
    (words,) = told.words
    assert words.startswith(f"left out: {tmp_path / 'tiny.mseed'} is ")
    with pytest.raises(Unsuitable, match=r"tiny\.mseed"):
        read(tmp_path / "tiny.mseed")


def test_zeros_inside_a_file_are_skipped_in_one_line(read, records, counts):
    path, _ = records
    content = path.read_bytes()
    path.write_bytes(content[:2048] + bytes(1024) + content[2048:])
    told = read(path)
    np.testing.assert_array_equal(told.samples(), counts)
    (row,) = told.waves.account.rejected
    assert (row.reason, row.samples) == ("not a record", 0)
    assert len(told.words) == 1


def test_a_corrupt_frame_costs_one_record(read, records, counts, changed):
    path, starts = records
    changed(path, 5 * 512 + 64, bytes([0xA5]) * 448)
    told = read(path)
    lost = np.arange(9000)[starts[5] : starts[6]]
    assert (~told.waves.mask[0]).nonzero()[:, 0].tolist() == lost.tolist()
    np.testing.assert_array_equal(np.delete(told.samples(), lost), np.delete(counts, lost))
    assert sum(told.reasons.values()) == len(lost)
    assert set(told.reasons) <= {"damaged record", "integrity"}
    assert told.balanced


def test_a_record_whose_last_sample_is_not_the_promised_one_is_left_out(read, records, changed):
    path, starts = records
    changed(path, 7 * 512 + 64 + 8, (12345).to_bytes(4, "big"))  # the reverse integration constant
    told = read(path)
    (row,) = told.waves.account.rejected
    assert (row.id, row.reason, row.samples) == ("XX.AAA..EHZ", "integrity", starts[8] - starts[7])
    assert row.start == told.waves.start + int(starts[7]) * 10_000_000
    assert row.detail
    assert told.balanced


def test_a_saved_error_page_is_called_what_it_is(tmp_path, read, records):
    page = tmp_path / "page.mseed"
    page.write_text("<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>")
    with pytest.raises(Unsuitable, match=r"page\.mseed is an HTML page, it looks like a saved web page: 503"):
        read(page)
    told = read(tmp_path)
    assert told.waves.mask.all()
    assert any("503" in words for words in told.words)


def test_the_other_byte_order_is_read(read, miniseed, trace, counts):
    for order in (0, 1):
        path = miniseed(trace(counts), name=f"{order}.mseed", byteorder=order, encoding="STEIM2")
        np.testing.assert_array_equal(read(path).samples(), counts)


def test_a_pickled_stream_is_refused_and_does_not_run(tmp_path, read):
    class Payload:
        def __reduce__(self):
            return (Path(tmp_path / "it-ran").touch, ())

    path = tmp_path / "x.mseed"
    path.write_bytes(pickle.dumps(["obspy.core.stream", Payload()], 2))
    with pytest.raises(Unsuitable, match="Python pickle"):
        read(path)
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize("name", ["[a] b*c?.mseed", "宮城県沖 2016.mseed", "100% {year}.mseed"])
def test_a_path_is_taken_as_it_is(read, miniseed, trace, counts, name):
    path = miniseed(trace(counts), name=f"データ [1]/{name}")
    miniseed(trace(counts, station="BBB"), name="データ [1]/a b*cd.mseed")
    told = read(path)
    assert [channel.station for channel in told.waves.channels] == ["AAA"]
