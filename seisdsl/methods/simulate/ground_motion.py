"""A made-up flat-file: ground motion of many earthquakes at many sites, its terms known.

Amplitudes follow the form of Morikawa and Fujiwara (2013) with terms of deep and shallow ground, a
term of azimuth, and normal deviations of log10 between events and within them. The coefficients are
those of no published model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seisdsl.methods.motion.geometry import azimuth, epicentral, hypocentral

Values = NDArray[np.float64]
BETWEEN, WITHIN = 0.12, 0.15  # standard deviations of log10 amplitude
BETWEEN_DURATION, WITHIN_DURATION = 0.06, 0.09
AZIMUTHAL, TOWARDS = (
    0.15,
    40.0,
)  # of the term of azimuth: log10, and the direction where it rises through zero
FEWEST_GAL = 1.0  # records that are weaker are not kept
REGION = (35.0, 36.6, 138.9, 140.7)  # latitudes and longitudes of sites


@dataclass(frozen=True)
class Drawn:
    """Of each row the number of its event and site, geometry, and measures by name."""

    event: NDArray[np.int64]
    site: NDArray[np.int64]
    events: dict[str, Values]
    sites: dict[str, Values]
    distance: Values
    epicentral: Values
    azimuth: Values
    measures: dict[str, Values]


def median(
    magnitude: Values, distance: Values, azimuth: Values, vs30: Values, d1400: Values, period: float
) -> Values:
    """log10 of PGA in gal (period 0), or of the velocity response in cm/s."""
    if period == 0:
        source, path, level, deep, shallow = -0.032, -0.0052, 7.3, 0.0, -0.45
    else:
        turn = np.log10(period)
        source, path, level = -0.036 - 0.008 * turn, -0.0042 + 0.0022 * turn, 7.15 + 0.75 * turn
        deep = 0.35 * np.clip(turn + 0.5, 0, 1)
        shallow = -0.7 * np.exp(-((turn / 0.7) ** 2))
    near = distance + 0.0116 * 10 ** (0.5 * np.minimum(magnitude, 8.2))
    value = source * (magnitude - 16) ** 2 + path * distance + level - np.log10(near)
    value = value + deep * np.log10(d1400 / 300) + shallow * np.log10(vs30 / 350)
    found: Values = value + AZIMUTHAL * np.sin(np.radians(azimuth - TOWARDS))
    return found


def duration(magnitude: Values, distance: Values, azimuth: Values, d1400: Values, period: float) -> Values:
    """log10 of the duration of the velocity response in seconds."""
    value = 0.25 + 0.18 * (magnitude - 5) + 0.45 * np.log10(distance)
    value = value + 0.15 * np.log10(d1400 / 300) * (period >= 1)
    found: Values = value + 0.04 * np.sin(np.radians(azimuth - TOWARDS))
    return found


def drawn(events: int, sites: int, rows: int, seed: int, periods: tuple[float, ...]) -> Drawn:
    """The strongest `rows` records of some events at some sites."""
    chance = np.random.default_rng(seed)
    of_site = {
        "latitude": chance.uniform(*REGION[:2], sites),
        "longitude": chance.uniform(*REGION[2:], sites),
        "vs30": np.exp(chance.normal(np.log(320), 0.4, sites)),
    }
    basin = np.exp(
        -((of_site["latitude"] - 35.8) ** 2 + (of_site["longitude"] - 139.9) ** 2) / 0.5
        + chance.normal(0, 0.25, sites)
    )
    of_site["d1400"] = 100 + 1500 * basin
    of_event = {
        "latitude": chance.uniform(34.0, 38.0, events),
        "longitude": chance.uniform(138.5, 142.5, events),
        "depth": chance.gamma(3.0, 18.0, events) + 5,
        "magnitude": np.minimum(5.0 + chance.exponential(0.45, events), 7.4),
    }
    event, site = (v.ravel() for v in np.meshgrid(np.arange(events), np.arange(sites), indexing="ij"))
    place = (of_event["latitude"][event], of_event["longitude"][event])
    own = (of_site["latitude"][site], of_site["longitude"][site])
    along, towards = epicentral(*own, *place), azimuth(*own, *place)
    distance = hypocentral(along, of_event["depth"][event])
    ground = (of_site["vs30"][site], of_site["d1400"][site])
    magnitude = of_event["magnitude"][event]
    measures = {}
    for period in (0.0, *periods):
        name = "pga" if period == 0 else f"psv_{period:g}".replace(".", "_")
        middle = median(magnitude, distance, towards, *ground, period)
        measures[name] = 10 ** (middle + _deviation(chance, event, events, BETWEEN, WITHIN))
    for period in periods:
        middle = duration(magnitude, distance, towards, ground[1], period)
        spread = _deviation(chance, event, events, BETWEEN_DURATION, WITHIN_DURATION)
        measures[f"tsv_{period:g}".replace(".", "_")] = 10 ** (middle + spread)
    order = np.argsort(-measures["pga"], kind="stable")[:rows]
    kept = np.sort(order[measures["pga"][order] >= FEWEST_GAL])
    return Drawn(
        event[kept], site[kept], of_event, of_site, distance[kept], along[kept], towards[kept],
        {name: values[kept] for name, values in measures.items()},
    )  # fmt: skip


def _deviation(
    chance: np.random.Generator, event: NDArray[np.int64], events: int, between: float, within: float
) -> Values:
    found: Values = chance.normal(0, between, events)[event] + chance.normal(0, within, len(event))
    return found
