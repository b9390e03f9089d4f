"""Did you mean: what a person would have meant, and nothing where nothing is near."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seisdsl.language import suggest
from seisdsl.language.suggest import listing, nearest
from seisdsl.operator import registry

WORDS = [
    "bandpass",
    "highpass",
    "lowpass",
    "sta-lta",
    "ar-aic",
    "detrend",
    "S-net",
    "DiET",
    "GrASP",
    "s",
    "Hz",
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bandpas", "bandpass"), ("band-pass", "bandpass"), ("Bandpass", "bandpass"), ("bnadpass", "bandpass"),
        ("sta_lta", "sta-lta"), ("STALTA", "sta-lta"), ("stalta", "sta-lta"), ("diet", "DiET"),
        ("snet", "S-net"), ("S-Net", "S-net"), ("grasp", "GrASP"), ("hz", "Hz"), ("dtrend", "detrend"),
        ("Hx", None), ("q", None), ("spectrogram", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_what_was_meant(written: str, meant: str | None) -> None:
    assert nearest(written, WORDS) == meant


def edits(a: str, b: str) -> int:
    """Optimal string alignment, by recursion: an independent reference for short words."""
    if not a or not b:
        return len(a) + len(b)
    least = min(edits(a[1:], b) + 1, edits(a, b[1:]) + 1, edits(a[1:], b[1:]) + (a[0] != b[0]))
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        least = min(least, edits(a[2:], b[2:]) + 1)
    return least


short = st.text("abc", max_size=5)


@given(a=short, b=short, most=st.integers(0, 4))
def test_the_distance_counts_edits_until_it_gives_up(a: str, b: str, most: int) -> None:
    expected = edits(a, b)
    found = suggest._distance(a, b, most)
    assert found == expected if expected <= most else found > most


@given(word=st.text(max_size=12), known=st.lists(st.sampled_from(WORDS), unique=True))
def test_the_answer_is_a_known_word_and_the_order_does_not_matter(word: str, known: list[str]) -> None:
    meant = nearest(word, known)
    assert meant is None or meant in known
    assert nearest(word, reversed(known)) == meant


@pytest.mark.parametrize("word", sorted(registry()))
def test_every_operator_is_its_own_nearest_in_any_case(word: str) -> None:
    for spelt in (word, word.upper(), word.replace("-", "_"), word.replace("-", "")):
        assert nearest(spelt, registry()) == word


def test_ties_go_by_name() -> None:
    for order in itertools.permutations(["had", "ham", "has"]):
        assert nearest("hat", order) == "had"


def test_a_listing_says_how_many_more() -> None:
    assert listing(["a", "b"]) == "a, b"
    assert listing("abcdefgh") == "a, b, c, d, e, f, g, h"
    assert listing("abcdefghij") == "a, b, c, d, e, f, g, h and 2 more"
    assert listing("abc", most=1) == "a and 2 more"
