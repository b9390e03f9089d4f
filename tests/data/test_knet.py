"""K-NET and KiK-net records: what their headers say, and the archives that they come in."""

from __future__ import annotations

import gzip
import io
import os
import re
import tarfile
from pathlib import Path

import numpy as np
import obspy
import pytest

from seisdsl.data.catalogues import read_catalog
from seisdsl.data.formats import read_file
from seisdsl.data.knet import header_of, record, scale
from seisdsl.operator import Unsuitable

SAMPLE = Path(obspy.__file__).parent / "io/nied/tests/data/test.knet"
TEXT = SAMPLE.read_text()
NS = 1_000_000_000


def with_line(label: str, value: str) -> str:
    """The sample with another value in a line of its header."""
    lines = TEXT.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(label))
    lines[at] = f"{label:<18}{value}"
    return "\n".join(lines)


def tar_of(members: dict[str, bytes], mode: str = "w") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return held.getvalue()


THREE = {f"AKT013.{d[0]}{d[-1]}": with_line("Dir.", d).encode() for d in ("E-W", "N-S", "U-D")}


def test_samples_and_times_are_those_that_obspy_reads():
    raw = obspy.read(str(SAMPLE), format="KNET")[0]
    (own,) = record(TEXT, "sample").segments
    np.testing.assert_allclose(own.samples, 100 * raw.data * raw.stats.calib, rtol=1e-12)
    assert own.unit == "gal"
    assert own.start == raw.stats.starttime.ns  # which obspy has moved by 15 s and 9 h already
    assert own.channel.id == "BO.AKT013..HNE"
    assert (own.channel.latitude, own.channel.longitude, own.channel.elevation) == (39.6069, 140.3213, 34.0)


def test_the_scale_is_a_fraction_and_may_be_a_broken_one():
    assert scale("2000(gal)/8388608") == 2000 / 8388608
    assert scale("7845.5(gal)/8223790") == pytest.approx(7845.5 / 8223790, rel=1e-15)
    with pytest.raises(ValueError, match="2000"):
        scale("2000/8388608")


def test_the_header_tells_the_event():
    origin = header_of(TEXT, "sample").origin
    assert origin.time == obspy.UTCDateTime("1996-08-10T18:12:00").ns  # Japan is nine hours ahead
    assert (origin.latitude, origin.longitude, origin.depth, origin.magnitude) == (38.92, 140.63, 7, 5.9)


@pytest.mark.parametrize(
    ("direction", "location", "code"),
    [("N-S", "", "HNN"), ("U-D", "", "HNZ"), ("1", "01", "HNN"), ("3", "01", "HNZ"), ("5", "02", "HNE")],
)
def test_components_of_a_sensor_belong_together(direction, location, code):
    channel = header_of(with_line("Dir.", direction), "sample").channel
    assert (channel.location, channel.code) == (location, code)


def test_a_record_that_is_not_as_its_header_says_is_told_of():
    with pytest.warns(UserWarning, match=r"largest acceleration is 4\.383 gal, and its header says 4\.4"):
        reading = record(with_line("Max. Acc. (gal)", "4.4"), "sample")
    assert [tally.reason for tally in reading.flagged] == ["differs from header"]
    short = "\n".join(TEXT.split("\n")[:300])
    with pytest.warns(UserWarning, match="and its header says 59 s"):
        record(short, "sample")


@pytest.mark.parametrize(
    ("label", "value", "said"),
    [("Scale Factor", "none", "Scale Factor"), ("Dir.", "up", "Dir."), ("Record Time", "11 Aug", "Record Time"),
     ("Station Code", "../etc", "Station Code"), ("Sampling Freq(Hz)", "0Hz", "Sampling Freq(Hz)"),
     ("Station Lat.", "nan", "Station Lat.")],
)  # fmt: skip
def test_a_broken_header_says_which_line(label, value, said):
    with pytest.raises(Unsuitable, match=re.escape(f"line `{said}` cannot be read, found `{value}`")):
        record(with_line(label, value), "sample")


def test_a_sample_that_is_no_number_is_told():
    with pytest.raises(Unsuitable, match="a sample is no whole number"):
        record(TEXT.replace("-17995", "-179x5"), "sample")


@pytest.mark.filterwarnings("ignore:sample")
def test_a_file_that_breaks_off_within_a_number_loses_that_number():
    cut = TEXT[: TEXT.index("-17995") + 3]
    (own,) = record(cut, "sample").segments
    whole = record(TEXT, "sample").segments[0].samples
    np.testing.assert_array_equal(own.samples, whole[: len(own.samples)])


@pytest.mark.parametrize(
    "change", [lambda text: b"\xef\xbb\xbf" + text, lambda text: text.replace(b"\n", b"\r\n")]
)
def test_what_an_editor_does_to_a_file_does_no_harm(change, tmp_path):
    (tmp_path / "a.EW").write_bytes(change(SAMPLE.read_bytes()))
    (own,) = read_file(str(tmp_path / "a.EW")).segments
    np.testing.assert_array_equal(own.samples, record(TEXT, "sample").segments[0].samples)


def test_a_broken_record_in_an_archive_costs_no_other(tmp_path):
    broken = with_line("Dir.", "up").encode()
    (tmp_path / "a.tar").write_bytes(tar_of({**THREE, "AKT013.broken": broken}))
    reading = read_file(str(tmp_path / "a.tar"))
    assert len(reading.segments) == 3
    assert [tally.reason for tally in reading.rejected] == ["unreadable"]
    assert "found `up`" in reading.rejected[0].detail


def test_records_come_out_of_the_archives_of_the_nied(tmp_path):
    inner = tar_of(THREE, "w:gz")
    for name, content in {
        "a.tar": tar_of(THREE),
        "a.knt.tar.gz": inner,
        "all.tar": tar_of({"a.knt.tar.gz": inner, "plot.png": b"\x89PNG not a record"}),
        "one.gz": gzip.compress(THREE["AKT013.EW"]),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        ids = sorted(segment.channel.code for segment in read_file(str(path)).segments)
        assert ids == (["HNE"] if name == "one.gz" else ["HNE", "HNN", "HNZ"]), name


def test_names_in_an_archive_lead_nowhere(tmp_path):
    folder = tmp_path / "within"
    folder.mkdir()
    path = folder / "a.tar"
    path.write_bytes(tar_of({"../../escaped.EW": THREE["AKT013.EW"], "/tmp/escaped.NS": THREE["AKT013.NS"]}))
    assert len(read_file(str(path)).segments) == 2
    assert [p.name for p in tmp_path.rglob("*")] == ["within", "a.tar"]


def test_links_in_an_archive_are_passed_over(tmp_path):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        link = tarfile.TarInfo("link.EW")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    (tmp_path / "a.tar").write_bytes(held.getvalue())
    with pytest.raises(Unsuitable, match="is a tar archive"):
        read_file(str(tmp_path / "a.tar"))


def test_an_archive_that_breaks_off_is_told(tmp_path):
    whole = tar_of(THREE, "w:gz")
    (tmp_path / "a.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unsuitable, match=r"no sound archive|compressed"):
        read_file(str(tmp_path / "a.tar.gz"))


def test_an_archive_may_not_swell_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("seisdsl.data.knet_archive.SWELLS", 10_000)
    (tmp_path / "a.tar.gz").write_bytes(tar_of(THREE, "w:gz"))
    with pytest.raises(Unsuitable):
        read_file(str(tmp_path / "a.tar.gz"))


def test_headers_give_a_catalogue_each_event_once(tmp_path):
    for name, content in THREE.items():
        (tmp_path / name).write_bytes(content)
    events = read_catalog(sorted(map(str, tmp_path.iterdir())))
    assert events.frame.select("latitude", "longitude", "depth", "magnitude").rows() == [
        (38.92, 140.63, 7.0, 5.9)
    ]
    (tmp_path / "a.tar").write_bytes(tar_of(THREE))
    assert len(read_catalog([str(tmp_path / "a.tar")])) == 1


@pytest.mark.skipif("SEISDSL_TEST_DATA" not in os.environ, reason="SEISDSL_TEST_DATA is not set")
def test_the_largest_acceleration_is_the_headers(recwarn):
    path = Path(os.environ["SEISDSL_TEST_DATA"]) / "ground-motion/knet/test.knet"
    (own,) = read_file(str(path)).segments
    largest = np.abs(own.samples - own.samples.mean()).max()
    assert largest == pytest.approx(header_of(path.read_text(), "sample").largest, rel=1e-3)
    assert not recwarn.list
