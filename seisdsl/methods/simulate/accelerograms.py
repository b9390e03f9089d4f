"""Accelerograms of point sources, by filtered and windowed noise (Boore 1983), as a network triggers them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
SPEED_P, SPEED_S = 6.2, 3.6  # km/s
DENSITY = 2.8e3  # kg/m^3
STRESS = 5e6  # Pa
RADIATION = 0.55 * 2 * math.sqrt(0.5)  # mean of S waves, free surface, shared by two components
P_OVER_S = 0.2  # of the spectrum
Q, Q_GROWS = 150.0, 0.7
KAPPA = 0.04  # s
NOISE = 0.005  # gal, root mean square


def spectrum(frequency: Values, magnitude: float, distance: float, gain: float) -> Values:
    """Of S acceleration in gal s: an omega-square source, spreading, Q and kappa."""
    moment, corner = _moment_and_corner(magnitude)
    source = moment * (2 * math.pi * frequency) ** 2 / (1 + (frequency / corner) ** 2)
    level = RADIATION / (4 * math.pi * DENSITY * (SPEED_S * 1e3) ** 3 * distance * 1e3)
    travel = distance / SPEED_S
    damped = np.exp(-math.pi * frequency ** (1 - Q_GROWS) * travel / Q - math.pi * KAPPA * frequency)
    found: Values = 100 * gain * level * source * damped
    return found


def duration(magnitude: float, distance: float) -> float:
    """Seconds in which S waves come: that of the source, and what the path adds."""
    return 1 / _moment_and_corner(magnitude)[1] + 0.05 * distance + 2.0


def _moment_and_corner(magnitude: float) -> tuple[float, float]:
    """The moment in N m, and Brune's corner frequency in Hz."""
    moment = float(10 ** (1.5 * magnitude + 9.1))
    return moment, 0.49 * SPEED_S * 1e3 * float((STRESS / moment) ** (1 / 3))


def accelerogram(
    magnitude: float,
    distance: float,
    gain: float,
    before: float,
    seconds: float,
    rate: float,
    chance: np.random.Generator,
) -> Values:
    """Three components [component, sample] that begin `before` seconds before the P wave."""
    count = round(seconds * rate)
    time = np.arange(count) / rate
    lasts = duration(magnitude, distance)
    arrival_s = before + distance / SPEED_S - distance / SPEED_P
    out = chance.normal(0, NOISE, (3, count))
    frequency = np.fft.rfftfreq(count, 1 / rate)
    level = spectrum(np.maximum(frequency, 1 / seconds), magnitude, distance, gain)
    for arrival, share in ((before, P_OVER_S), (arrival_s, 1.0)):
        moved = np.fft.rfft(chance.normal(size=(3, count)) * _window(time - arrival, lasts))
        moved /= np.sqrt(np.mean(np.abs(moved) ** 2, axis=1, keepdims=True))
        up = np.array([1.0, 1.0, 0.6 if share == 1.0 else 1.5])[:, None]
        out += share * up * np.fft.irfft(moved * level * rate, n=count)
    return out


def _window(time: Values, lasts: float) -> Values:
    """Rises in a fifth of the duration and has fallen to a twentieth at twice of it."""
    at = np.maximum(time, 0) / lasts
    power = 0.2 * math.log(20) / (1 + 0.2 * (math.log(0.2) - 1))
    found: Values = np.where(time > 0, (at / 0.2) ** power * np.exp(-power * (at / 0.2 - 1)), 0.0)
    return found
