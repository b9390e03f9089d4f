"""Which traces a network reads of each station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from seisdsl.data.waves import Channel
from seisdsl.operator import Unsuitable

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.data.spectrogram import Spectrogram
    from seisdsl.data.waves import Waves

Components = Literal["vertical", "three"]
VERTICAL, EAST, NORTH = "ZU", "E2X", "N1Y"


def instruments(channels: Sequence[Channel], components: Components) -> dict[Channel, tuple[int | None, ...]]:
    """For each instrument its traces: up, east, north; None for a component that it lacks."""
    found: dict[str, list[int]] = {}
    for number, channel in enumerate(channels):
        found.setdefault(channel.instrument, []).append(number)
    read: dict[Channel, tuple[int | None, ...]] = {}
    for numbers in found.values():
        upright = next((n for n in numbers if channels[n].code[-1:] in VERTICAL), None)
        others = [n for n in numbers if n != upright]
        east = next((n for n in others if channels[n].code[-1:] in EAST), None)
        north = next((n for n in others if channels[n].code[-1:] in NORTH), None)
        left = [n for n in others if n not in (east, north)]
        taken = (upright, *(n if n is not None else left.pop(0) if left else None for n in (east, north)))
        taken = taken[: 1 if components == "vertical" else 3]
        first = channels[numbers[0]]
        read[replace(first, code=first.code[:-1])] = taken
    return read


def one_instrument(value: Waves | Spectrogram, components: Components, word: str) -> tuple[int | None, ...]:
    """The traces of an example, which is of one instrument."""
    found = list(instruments(value.channels, components).values())
    if len(found) != 1:
        raise Unsuitable(f"an example of `{word}` is of one station, and this one of {len(found)}")
    if all(number is None for number in found[0]):
        codes = ", ".join(channel.code for channel in value.channels)
        raise Unsuitable(
            f"an example holds no vertical component, only {codes}",
            parameter="components",
            notes=["horizontal and sloping axes are told apart by `rotate`"],
        )
    return found[0]


def stacked(values: Tensor, rows: Sequence[Sequence[int | None]]) -> Tensor:
    """The traces of each instrument together, [instrument, component, ...]; zero for those it lacks."""
    import torch

    at = [[-1 if number is None else number for number in own] for own in rows]
    taken = torch.tensor(at, dtype=torch.long, device=values.device).view(len(rows), -1)
    found = values[taken.clamp(min=0)]
    lacking = taken < 0
    return (
        found.masked_fill(lacking.view(*taken.shape, *[1] * (values.dim() - 1)), 0)
        if lacking.any()
        else found
    )
