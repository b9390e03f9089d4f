"""The operator `simulate-accelerograms`."""

from __future__ import annotations

from typing import Any, Literal

from seisdsl.data.table import Catalog
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import Frequency, Time
from seisdsl.operator import Facts, Operator, param
from seisdsl.operators.sources.truth import COLUMNS

BEGIN = 1_460_678_400 * NS  # 2016-04-15
APART = 300  # seconds from one event to the next
NETWORK = "SY"
FAINT = 0.01  # gal: noise between the events of a continuous record
_CODES = ("HNN", "HNE", "HNZ")


class SimulateAccelerograms(Operator, name="simulate-accelerograms"):
    """Make accelerograms as a triggered network records them: some earthquakes at some stations.

    Filtered noise in windows for P and S waves of point sources with an omega-square spectrum, in gal,
    three components from 15 s before the P wave; what lies between records was not recorded, or with
    `recording=continuous` holds faint noise. The earthquakes are what `truth` tells. No site effects
    but a gain, no surface waves, no finite faults.
    """

    cite = "Boore 1983, doi:10.1785/BSSA07306A1865"
    example = "simulate-accelerograms events=1 stations=3 | ground-motion periods=[0.3s, 1s] | show"
    tags = ("source", "synthetic", "strong motion")

    events: int = param(3, "earthquakes, one every five minutes", at_least=1, at_most=200)
    stations: int = param(12, "stations, at random within 60 km", at_least=1, at_most=500)
    lasts: Time = param("100s", "each record", at_least="40s", at_most="240s")
    rate: Frequency = param("100Hz", "sampling rate", at_least="50Hz", at_most="500Hz")
    recording: Literal["triggered", "continuous"] = param("triggered", "an event each, or without end")
    seed: int = param(1, "the same seed gives the same waves", at_least=0)

    def facts(self, piped: Facts) -> Facts:
        return Facts(rate=self.rate, simulated=True)

    def apply(self) -> Waves:
        import numpy as np
        import torch

        from seisdsl.engine.device import device
        from seisdsl.methods.motion.geometry import epicentral, hypocentral
        from seisdsl.methods.simulate.accelerograms import SPEED_P, accelerogram

        chance = np.random.default_rng(self.seed)
        places = chance.uniform((35.2, 139.2), (36.2, 140.4), (self.stations, 2))
        gains = np.exp(chance.normal(0, 0.3, self.stations))
        sources = chance.uniform((35.2, 139.2, 8.0), (36.2, 140.4, 60.0), (self.events, 3))
        magnitudes = np.minimum(4.5 + chance.exponential(0.6, self.events), 7.0)
        count = round((self.events * APART + self.lasts) * self.rate)
        samples = np.zeros((self.stations, 3, count), np.float32)
        mask = np.zeros((self.stations, 3, count), bool)
        for event, (latitude, longitude, depth) in enumerate(sources):
            far = hypocentral(epicentral(places[:, 0], places[:, 1], latitude, longitude), depth)
            for station, distance in enumerate(far.tolist()):
                record = accelerogram(
                    magnitudes[event], distance, gains[station], 15.0, self.lasts, self.rate, chance
                )
                at = round((event * APART + 30 + distance / SPEED_P - 15) * self.rate)
                samples[station, :, at : at + record.shape[1]] = record
                mask[station, :, at : at + record.shape[1]] = True
        if self.recording == "continuous":
            faint = np.random.default_rng((self.seed, 1))
            samples += FAINT * faint.standard_normal(samples.shape, dtype=np.float32)
            mask[:] = True
        channels = tuple(
            Channel(NETWORK, f"A{number + 1:03d}", "", code, latitude, longitude, 0.0)
            for number, (latitude, longitude) in enumerate(places.tolist())
            for code in _CODES
        )
        catalog = _catalog(sources, magnitudes, self.stations)
        return Waves(
            torch.from_numpy(samples).flatten(0, 1).to(device()),
            torch.from_numpy(mask).flatten(0, 1).to(device()),
            self.rate, BEGIN, channels, unit="gal", simulated=True,
            scene=catalog.within,
        )  # fmt: skip


def _catalog(sources: Any, magnitudes: Any, stations: int) -> Catalog:
    from seisdsl.methods.simulate.accelerograms import STRESS

    count = len(sources)
    return Catalog.of(
        {
            "time": [BEGIN + (number * APART + 30) * NS for number in range(count)],
            "latitude": sources[:, 0].tolist(),
            "longitude": sources[:, 1].tolist(),
            "depth": sources[:, 2].tolist(),
            "magnitude": magnitudes.tolist(),
            "kind": ["earthquake"] * count,
            "stations": [stations] * count,
            "event": [f"simulated {number + 1}" for number in range(count)],
            "stress_drop": [STRESS] * count,
        },
        extra={name: column for name, column in COLUMNS.items() if name not in Catalog.COLUMNS},
        simulated=True,
    )
