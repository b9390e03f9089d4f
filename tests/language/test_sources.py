"""A source of one's own under the name of one of the library's."""

from __future__ import annotations

from seisdsl.language import uses
from seisdsl.language.check import check
from seisdsl.language.values import shown
from seisdsl.source import SourceText


def settings(program: str) -> dict[str, str]:
    """What S-net says once a program has said something of it."""
    found = uses.find_source("S-net", check(SourceText.of(program)).scope)
    assert found is not None
    return {name: shown(value) for name, value in found.settings.fields}


def test_what_it_leaves_out_comes_from_the_library() -> None:
    assert settings("source S-net { seed = 5 }\n") == {
        "seed": "5", "network": '"S-net"', "rate": "100Hz", "earthquakes": "60", "tremors": "12",
    }  # fmt: skip


def test_an_archive_keeps_its_own_rate() -> None:
    """The library's rate is of its simulated waves: records are not resampled to it unasked."""
    assert settings('source S-net { archive = "a/{doy}/*.mseed" }\n') == {
        "archive": '"a/{{doy}}/*.mseed"',
        "network": '"S-net"',
    }
