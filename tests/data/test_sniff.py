"""The format of a file from its content: as obspy itself tells it, but never a pickle."""

from __future__ import annotations

import gzip
import io
import pickle
import shutil
import tarfile
import warnings
import zipfile
from pathlib import Path

import obspy
import pytest
from obspy.core.util.base import ENTRY_POINTS
from obspy.core.util.misc import buffered_load_entry_point

from seisdsl.data.sniff import sniff
from seisdsl.operator import Unsuitable

SAMPLES = Path(obspy.__file__).parent
FILES = sorted(path for path in SAMPLES.glob("io/*/tests/data/*") if path.is_file())


def as_obspy_says(path):
    for name, point in ENTRY_POINTS["waveform"].items():
        if name != "PICKLE":
            test = buffered_load_entry_point(point.dist.name, f"obspy.plugin.waveform.{name}", "isFormat")
            try:
                if test(str(path)):
                    return name
            except Exception:
                continue
    return None


def told(path):
    try:
        return sniff(path)
    except Unsuitable:
        return None


def test_every_sample_file_of_obspy_is_told_as_obspy_tells_it():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {path: as_obspy_says(path) for path in FILES}
    assert {path: told(path) for path in FILES} == expected
    assert sum(name is not None for name in expected.values()) > 150
    assert len(set(expected.values())) > 25


def test_the_name_means_nothing(tmp_path):
    shutil.copy(SAMPLES / "io/sac/tests/data/test.sac", tmp_path / "wrong.mseed")
    assert sniff(tmp_path / "wrong.mseed") == "SAC"


def test_miniseed_3_is_told_by_its_header(tmp_path):
    noon = b"MS\x03\x00" + (0).to_bytes(4, "little") + (2016).to_bytes(2, "little") + b"\xe4\x00\x0c\x00\x00"
    (tmp_path / "x").write_bytes(noon + bytes(60))
    assert sniff(tmp_path / "x") == "MSEED3"
    (tmp_path / "x").write_bytes(noon[:12] + b"\x63" + bytes(60))
    with pytest.raises(Unsuitable, match="no format that is known"):  # there is no hour 99
        sniff(tmp_path / "x")


def refusal(path, content):
    path.write_bytes(content)
    with pytest.raises(Unsuitable) as caught:
        sniff(path)
    return " ".join([caught.value.message.replace(str(path), "FILE"), *caught.value.notes])


def miniseed():
    content = io.BytesIO()
    obspy.read().write(content, format="MSEED")
    return content.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused(tmp_path, protocol):
    words = refusal(tmp_path / "stream.mseed", pickle.dumps(obspy.read(), protocol))
    assert words.startswith("FILE is a Python pickle")


def test_a_pickled_payload_never_runs(tmp_path):
    class Payload:
        def __reduce__(self):
            return (Path(tmp_path / "it-ran").touch, ())

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        refusal(tmp_path / "x", pickle.dumps(["obspy.core.stream", Payload()], protocol))
    assert not (tmp_path / "it-ran").exists()


def zipped():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.mseed", miniseed())
    return content.getvalue()


def tarred():
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        info = tarfile.TarInfo("a.mseed")
        info.size = 512
        archive.addfile(info, io.BytesIO(miniseed()[:512]))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "FILE is empty"),
        (bytes(100_000), "FILE holds nothing but zeros (100,000 bytes)"),
        (miniseed()[:100], "FILE is a miniSEED record that breaks off after 100 bytes"),
        (
            b"<!DOCTYPE html>\n<html><head><title>503 Service\n Unavailable</title></head></html>",
            "FILE is an HTML page, it looks like a saved web page: 503 Service Unavailable",
        ),
        (b'\n<?xml version="1.0"?><FDSNStationXML/>', "FILE is a StationXML file"),
        (b'<?xml version="1.0"?><q:quakeml/>', "FILE is a QuakeML catalogue"),
        (gzip.compress(miniseed()), "FILE is compressed (gzip) unpack it first: gunzip x"),
        (zipped(), "FILE is compressed (zip)"),
        (tarred(), "FILE is a tar archive"),
        (b"\x89HDF\r\n\x1a\n" + bytes(90), "FILE is an HDF5 file"),
        (
            b"network,station\nN,S1N01\n",
            'is in no format that is known here: it begins with the text "network',
        ),
        (b"\xde\xad\xbe\xef" * 50, "it begins with the bytes de ad be ef"),
        (b"\x1b[2Jhello there, this is no seismogram", "it begins with the bytes 1b 5b"),
    ],
)
def test_what_holds_no_waves_is_called_by_its_name(tmp_path, content, words):
    assert words in refusal(tmp_path / "x", content)


def test_what_cannot_be_opened_is_told(tmp_path):
    for path, words in [(tmp_path / "none", "does not exist"), (tmp_path, "is a folder")]:
        with pytest.raises(Unsuitable, match=words):
            sniff(path)
