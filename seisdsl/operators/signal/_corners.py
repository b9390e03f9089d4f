"""What the Butterworth filters share: whether their corners suit the waves, and the filtering."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from seisdsl.operator import WHOLE, Context, Unsuitable

if TYPE_CHECKING:
    from seisdsl.data.waves import Waves
    from seisdsl.methods.signal.filters import Kind

Phase = Literal["causal", "zero"]
LOWEST = 1e-6  # of the sampling rate: below it a double holds the filter's coefficients too coarsely


def check_corner(corner: float, rate: float | None, parameter: str, repair: str = "") -> None:
    """Refuse a corner that a sampling rate cannot hold."""
    if corner <= 0:
        raise Unsuitable(f"a corner lies above 0 Hz, found {corner:g} Hz", parameter=parameter, repair=repair)
    if rate is None:
        return
    nyquist = rate / 2
    if corner >= nyquist * (1 - 1e-6):
        raise Unsuitable(
            f"a corner at {corner:g} Hz is not below the Nyquist frequency, {nyquist:g} Hz",
            parameter=parameter,
            notes=[f"the waves are sampled at {rate:g} Hz"],
            repair=repair or f"write {parameter}={0.9 * nyquist:g}Hz",
        )
    if corner < LOWEST * rate:
        raise Unsuitable(
            f"a corner at {corner:g} Hz is too low for waves sampled at {rate:g} Hz",
            parameter=parameter,
            notes=["`decimate` or `resample` them first"],
        )


def filtered(waves: Waves, kind: Kind, edges: tuple[float, ...], corners: int, phase: Phase) -> Waves:
    from seisdsl.methods.signal import filters

    sections = filters.butterworth(kind, edges, waves.rate, corners)
    samples = filters.filtered(waves.samples, waves.mask, sections, zero_phase=phase == "zero")
    return replace(waves, samples=samples)


def ringing_context(rate: float | None, corners: int, low: float, high: float, phase: Phase) -> Context:
    from seisdsl.methods.signal.ringing import ringing

    if rate is None:
        return WHOLE
    time = ringing(rate, corners, low, high)
    return Context(before=time, after=time if phase == "zero" else 0.0)
