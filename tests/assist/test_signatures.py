"""What the operator at the cursor takes."""

from __future__ import annotations

import pytest

from seisdsl.assist.signatures import signature


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("stream two-events | sta-lta on=", "on: Number = 3.5"),
        ("stream two-events | sta-lta lo", "long: Time = 30s"),
        ("stream two-events | bandpass 2..8", "band: Range<Frequency>"),
        ("stream two-events | bandpass 2..8Hz ", "corners: Integer = 4"),
        ("stream two-events | fork { a = sta-lta short=", "short: Time = 1s"),
        ("def f(a: Time = 3s): Waves -> Waves = detrend\nstream two-events | f a=", "a: Time = 3s"),
    ],
)
def test_the_parameter_at_hand(text: str, active: str) -> None:
    found = signature(text, len(text))
    assert found is not None
    assert found.active is not None
    assert found.parameters[found.active] == active
    assert all(f"[{one}]" in found.label for one in found.parameters)


def test_its_help_stands_below() -> None:
    text = "stream two-events | sta-lta on="
    found = signature(text, len(text))
    assert found is not None
    assert found.line == "on: pick where the ratio rises to this"
    assert found.label.endswith("Waves -> Picks")


@pytest.mark.parametrize("text", ["", "let x = 3", "# sta-lta on=", "let sta = "])
def test_where_nothing_is_called(text: str) -> None:
    assert signature(text, len(text)) is None
