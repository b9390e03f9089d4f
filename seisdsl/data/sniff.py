"""What format a file of waveforms is in, told from its content, never from its name.

`obspy.read` without a format unpickles whatever looks like a pickled stream, which runs code that
a file brings along. So the format is found here, pickles are refused, and obspy is told.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from seisdsl.data.knet import is_knet
from seisdsl.data.knet_archive import holds_knet
from seisdsl.operator import Unsuitable

KNET_ARCHIVE = "KNET in an archive"
_GROUP = "obspy.plugin.waveform."
_ARCHIVES = {
    b"\x1f\x8b": ("gzip", "gunzip"),
    b"PK\x03\x04": ("zip", "unzip"),
    b"BZh": ("bzip2", "bunzip2"),
    b"\xfd7zXZ\x00": ("xz", "unxz"),
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
}
_NOT_WAVES = {
    b"\x89HDF": "an HDF5 file (ASDF, perhaps): read it in Python and give its stream to the program",
    b"\x93NUMPY": "a numpy array without times or station names: build an obspy stream from it in Python",
    b"PAR1": "a Parquet table, not waveforms",
    b"%PDF": "a PDF document",
}
_XML = {
    b"FDSNStationXML": "a StationXML file: it tells where stations are, give it as stations=",
    b"quakeml": "a QuakeML catalogue, not waveforms",
}
_MINISEED_3 = re.compile(rb"MS\x03[\s\S]{5}[\s\S]{2}[\s\S]{2}[\x00-\x17][\x00-\x3b][\x00-\x3c]")
_FIXED_SEED_HEADER = re.compile(rb"[0-9 ]{6}[DRQM][ \x00]")


def sniff(path: str | Path) -> str:
    """The name by which obspy knows the format; refuses what holds no waveforms, saying what it is."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            size = path.stat().st_size
            if not any(head) and not any(any(block) for block in iter(lambda: file.read(1 << 20), b"")):
                raise _refused(path, f"holds nothing but zeros ({size:,} bytes)" if head else "is empty")
    except FileNotFoundError:
        raise _refused(path, "does not exist") from None
    except IsADirectoryError:
        raise _refused(path, "is a folder") from None
    except OSError as error:
        raise _refused(path, f"cannot be opened: {error.strerror}") from None
    if is_knet(head):
        return "KNET"
    if (head.startswith(b"\x1f\x8b") or head[257:262] == b"ustar") and holds_knet(path):
        return KNET_ARCHIVE
    _refuse_known(path, head)
    if _FIXED_SEED_HEADER.match(head) and size < 128:
        raise _refused(path, f"is a miniSEED record that breaks off after {size} bytes")
    if _MINISEED_3.match(head):
        return "MSEED3"
    for test in _formats():
        if _matches(test.load(), path):
            return test.group.removeprefix(_GROUP)
    if head[6:8] == b"V ":
        raise _refused(path, "is a SEED volume without waveforms (dataless)")
    raise _refused(path, f"is in no format that is known here: it begins with {_beginning(head)}")


def _refused(path: Path, why: str, *notes: str) -> Unsuitable:
    return Unsuitable(f"{path} {why}", notes=notes)


def _refuse_known(path: Path, head: bytes) -> None:
    for magic, (name, tool) in _ARCHIVES.items():
        if head.startswith(magic):
            raise _refused(path, f"is compressed ({name})", f"unpack it first: {tool} {path.name}")
    if head[257:262] == b"ustar":
        raise _refused(path, "is a tar archive", f"unpack it first: tar -xf {path.name}")
    for magic, what in _NOT_WAVES.items():
        if head.startswith(magic):
            raise _refused(path, f"is {what}")
    if _is_pickle(head):
        raise _refused(
            path, "is a Python pickle", "reading one runs whatever code it holds; save it as miniSEED instead"
        )
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"<(!doctype\s+html|html|head|body)\b", text, re.IGNORECASE):
        title = re.search(rb"<title[^>]*>\s*([^<]*)", text, re.IGNORECASE)
        words = f": {_plain(title[1])}" if title else ""
        raise _refused(path, f"is an HTML page, it looks like a saved web page{words}")
    if text.startswith(b"<"):
        what = next((words for mark, words in _XML.items() if mark in text), "an XML file, not waveforms")
        raise _refused(path, f"is {what}")


def _is_pickle(head: bytes) -> bool:
    """A pickle of protocol 2 or later begins with its protocol; an older one names what it loads."""
    modern = head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    framed = modern and (head[2:3] in b"c}](\x95" and head[2:3] != b"")
    return (
        framed or b"obspy.core.stream" in head[:200] or bool(re.match(rb"\(?c[A-Za-z_][\w.]*\n\w+\n", head))
    )


@cache
def _formats() -> tuple[EntryPoint, ...]:
    """obspy's own tests of each format, in obspy's order, without that of pickles; not yet loaded."""
    from obspy.core.util.base import ENTRY_POINTS

    tests = entry_points(name="isFormat")
    known = [name for name in ENTRY_POINTS["waveform"] if name != "PICKLE"]
    return tuple(test for name in known for test in tests.select(group=_GROUP + name))


def _matches(is_format: Callable[[str], Any], path: Path) -> bool:
    """A test that stumbles over a file has said that the file is not in its format."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(is_format(str(path)))
        except Exception:
            return False


def _beginning(head: bytes) -> str:
    start = head[:24]
    if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in start):
        return f'the text "{_plain(start)}"'
    return "the bytes " + start[:12].hex(" ")


def _plain(text: bytes) -> str:
    """One printable line of it."""
    words = " ".join(text.decode("utf-8", "replace").split())
    return "".join(letter if letter.isprintable() else "?" for letter in words)[:60]
