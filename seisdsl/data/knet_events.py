"""The events that K-NET and KiK-net records are of, as their headers tell them."""

from __future__ import annotations

from seisdsl.data.knet import header_of, is_knet
from seisdsl.data.knet_archive import texts
from seisdsl.data.table import Catalog

HEAD = 2048  # bytes that hold a header


def holds_events(path: str, head: bytes) -> bool:
    """Whether a file is a record, or an archive of records, by how it begins."""
    from seisdsl.data.knet_archive import holds_knet

    if is_knet(head):
        return True
    return (head.startswith(b"\x1f\x8b") or head[257:262] == b"ustar") and holds_knet(path)


def read_events(path: str) -> Catalog:
    """Each event once, in order of time."""
    headers = (header_of(text[:HEAD].decode("ascii", "replace"), path) for _, text in texts(path))
    found = sorted({header.origin for header in headers}, key=lambda one: (one.time, one.latitude))
    return Catalog.of(
        {
            "time": [one.time for one in found],
            "latitude": [one.latitude for one in found],
            "longitude": [one.longitude for one in found],
            "depth": [one.depth for one in found],
            "magnitude": [one.magnitude for one in found],
            "kind": ["earthquake"] * len(found),
        }
    )
