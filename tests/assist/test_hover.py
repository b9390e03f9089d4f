"""What is said of a word."""

from __future__ import annotations

import pytest

from seisdsl.assist.hover import hover

PROGRAM = """\
let band = 2..8Hz
let waves = stream two-events | detrend | bandpass band
## Picks of sorts.
def mine(window: Time = 3s): Waves -> Picks = sta-lta short=window
waves | mine window=2s | where score > 3
stream S-net | spectrogram
"""


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("band = ", "band: a range of Frequency = 2Hz..8Hz"),
        ("waves = ", "100 Hz, simulated"),
        ("detrend |", "detrend: Waves -> Waves"),
        ("detrend |", "here gives `Waves`, 100 Hz"),
        ("two-events", "source two-events"),
        ("mine window=2s", "Picks of sorts."),
        ("mine window=2s", "here gives `Picks`"),
        ("window=2s", "window: Time = 3s"),
        ("short=window", "window of the short-term mean"),
        ("score > 3", "score: Number"),
        ("2s | where", "2s = 2 s"),
        ("spectrogram", "spectrogram: Waves -> Spectrogram"),
    ],
)
def test_what_is_said(at: str, said: str) -> None:
    found = hover(PROGRAM, PROGRAM.index(at) + 1)
    assert found is not None
    assert said in found.markdown
    assert found.start <= PROGRAM.index(at) < found.end


def test_nothing_is_said_of_signs_and_remarks() -> None:
    assert hover("# stream two-events", 4) is None
    assert hover("let x = 3", 6) is None


def test_nowhere_does_it_fail() -> None:
    for at in range(len(PROGRAM) + 1):
        hover(PROGRAM, at)
        hover(PROGRAM[:at], at)
