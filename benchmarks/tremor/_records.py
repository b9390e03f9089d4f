"""Simulated records of single stations at 25 Hz: tremor, earthquakes and noise, for the experiments here.

Tremor is a swarm of low-frequency events with corners at 1 to 3 Hz, its rate modulated; earthquakes
are P, S and coda with corners at 4 to 25 Hz; both are attenuated along the path and scattered. What
disturbs (ships, airguns, teleseisms, spikes) is in every class. The site of a station amplifies the
events and the noise alike, each station at a frequency of its own. All comes from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

CLASSES = ("noise", "earthquake", "tremor")
RATE = 25.0
BATCH = 256
STEEP = 6  # power of the frequency by which spectra that cross part
SNR = (1.0, 10.0)  # root mean square from 2 to 8 Hz of an event while it lasts, over that of the noise


@dataclass(frozen=True)
class Records:
    """`samples` [record, time]; `label` is the number of the class, `station` that of the site."""

    samples: Tensor
    label: Tensor
    station: Tensor
    snr: Tensor

    def chosen(self, which: Tensor) -> Records:
        return Records(self.samples[which], self.label[which], self.station[which], self.snr[which])


def records(
    counts: tuple[int, ...],
    length: int,
    seed: int,
    stations: int = 18,
    snr: tuple[float, float] = SNR,
    crossing: float | None = None,
    only: tuple[int, ...] = (),
    octaves: float | None = None,
) -> Records:
    """So many of each class, in an order of chance.

    With a `crossing` earthquakes and tremor are both swarms and differ in their spectra alone, which
    part at that frequency; the noise is nearly white then, and has no disturbances. Of so many
    `octaves`, one standard deviation, they lie on either side of it, else up to the highest frequency.
    """
    rng = np.random.default_rng([seed, 4711])
    label = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    station = rng.choice(only or stations, len(label))
    level = np.exp(rng.uniform(*np.log(snr), len(label)))
    level[label == 0] = 0
    made = []
    for at in range(0, len(label), BATCH):
        part = slice(at, at + BATCH)
        made.append(_batch(label[part], station[part], level[part], length, rng, crossing, octaves))
    return Records(
        torch.from_numpy(np.concatenate(made)),
        torch.from_numpy(label),
        torch.from_numpy(station),
        torch.from_numpy(level).float(),
    )


def bursts(number: int, length: int, seed: int, centres: tuple[float, ...]) -> tuple[Tensor, Tensor]:
    """So many swarms around each frequency, alike in all else, in noise; and which frequency it is."""
    rng = np.random.default_rng([seed, 815])
    label = rng.permutation(np.repeat(np.arange(len(centres)), number))
    total = 2 ** int(np.ceil(np.log2(length + 60 * RATE)))
    f = np.fft.rfftfreq(total, 1 / RATE)
    made = []
    for part in np.array_split(label, -(-len(label) // BATCH)):
        n = len(part)
        centre = np.array(centres)[part] + rng.uniform(-0.3, 0.3, n)
        swarm = np.fft.rfft(_swarm(n, length, total, rng)) * np.exp(-(((f - centre[:, None]) / 0.4) ** 2))
        event = np.fft.irfft(swarm, total)[:, :length]
        event *= rng.uniform(2, 10, n)[:, None] / np.maximum(event.std(1, keepdims=True), 1e-30)
        made.append(event + rng.normal(size=(n, length)))
    return torch.from_numpy(np.concatenate(made).astype(np.float32)), torch.from_numpy(label)


def _batch(label, station, level, length, rng, crossing, octaves):  # type: ignore[no-untyped-def]
    total = 2 ** int(np.ceil(np.log2(length + 60 * RATE)))
    f = np.fft.rfftfreq(total, 1 / RATE)
    n = len(label)
    noise = _noise(n, total, f, rng, fall=(0.5, 2.0) if crossing is None else (0.0, 0.5))
    if crossing is None:
        noise += _disturbances(n, total, f, rng)
    source = np.where(
        ((label == 1) & (crossing is None))[:, None],
        _double(n, length, total, rng),
        _swarm(n, length, total, rng),
    )
    corner = np.where(label == 1, rng.uniform(4, 25, n), rng.uniform(1, 3, n))[:, None]
    travel = rng.uniform(0.02, 0.10, n)[:, None]
    pulse = f / (1 + (f / corner) ** 2) * np.exp(-np.pi * f * travel)
    if crossing is not None:
        shape = f**4 / (1 + f**4)
        if octaves is not None:
            shape = np.exp(-((np.log2(np.maximum(f, 1e-3) / crossing) / octaves) ** 2) / 2)
        pulse = np.broadcast_to(shape, pulse.shape)
    tau = np.where(label == 1, rng.uniform(3, 15, n), rng.uniform(2, 5, n))[:, None]
    coda = rng.normal(size=(n, total)) * np.exp(-np.arange(total) / RATE / tau) * 0.15
    coda[:, 0] += 1
    event = np.fft.rfft(source) * pulse * np.fft.rfft(coda)
    site = _site(station, f)
    event, noise = (np.fft.irfft(one * site, total)[:, :length] for one in (event, np.fft.rfft(noise)))
    loud = _band(event)
    lasts = np.abs(loud) > 0.02 * np.abs(loud).max(1, keepdims=True)
    strength = np.sqrt((loud**2).sum(1) / lasts.sum(1))
    gain = level * np.sqrt((_band(noise) ** 2).mean(1)) / strength
    if crossing is not None:
        event = _parted(event, label, crossing)
    return (noise + gain[:, None] * event).astype(np.float32)


def _band(waves, low=2.0, high=8.0):  # type: ignore[no-untyped-def]
    f = np.fft.rfftfreq(waves.shape[1], 1 / RATE)
    return np.fft.irfft(np.fft.rfft(waves) * ((f >= low) & (f <= high)), waves.shape[1])


def _parted(event, label, crossing):  # type: ignore[no-untyped-def]
    """What lies below a frequency for tremor and above it for earthquakes: half the power each at it."""
    f = np.fft.rfftfreq(event.shape[1], 1 / RATE)
    above = 1 / (1 + (crossing / np.maximum(f, 1e-3)) ** STEEP)
    share = np.where((label == 1)[:, None], above, 1 - above)
    return np.fft.irfft(np.fft.rfft(event) * np.sqrt(share), event.shape[1])


def _site(station, f):  # type: ignore[no-untyped-def]
    """Amplification at one frequency of each station's own, the same in every call."""
    own = [np.random.default_rng([99, int(number)]) for number in station]
    peak = np.array([np.exp(rng.uniform(np.log(0.5), np.log(10))) for rng in own])[:, None]
    most = np.array([rng.uniform(1, 5) for rng in own])[:, None]
    return 1 + most / (1 + ((f - peak) / (0.2 * peak)) ** 2)


def _noise(n, total, f, rng, fall):  # type: ignore[no-untyped-def]
    colour = np.maximum(f, 0.2) ** (-rng.uniform(*fall, n)[:, None] / 2)
    waves = np.fft.irfft(np.fft.rfft(rng.normal(size=(n, total))) * colour, total)
    return waves / np.sqrt((_band(waves) ** 2).mean(1, keepdims=True))


def _swarm(n, length, total, rng, slow=(5.0, 50.0)):  # type: ignore[no-untyped-def]
    """Pulses at random, 1 to 3 a second for 40 to 300 s, their rate and size modulated."""
    time = np.arange(total) / RATE
    window = length / RATE
    lasts = rng.uniform(40, 300, n)
    middle = rng.uniform(0.15, 0.85, n) * window
    inside = np.abs(time - middle[:, None]) < lasts[:, None] / 2
    f = np.fft.rfftfreq(total, 1 / RATE)
    scale = rng.uniform(*slow, n)[:, None]
    walk = np.fft.irfft(np.fft.rfft(rng.normal(size=(n, total))) / (1 + (2 * np.pi * f * scale) ** 2), total)
    modulation = np.exp(0.6 * walk / walk.std(1, keepdims=True))
    rate = rng.uniform(1.0, 3.0, n)[:, None] * modulation * inside
    size = rng.normal(size=(n, total)) * np.exp(rng.normal(size=(n, total)) * 0.5)
    source = (rng.random((n, total)) < rate / RATE) * size * modulation
    source[np.arange(n), (middle * RATE).astype(int)] += 1  # at least one
    return source


def _double(n, length, total, rng):  # type: ignore[no-untyped-def]
    """P and S of one earthquake; of one in five, those of two."""
    source = np.zeros((n, total))
    rows = np.arange(n)
    for number in range(2):
        there = np.ones(n, bool) if number == 0 else rng.random(n) < 0.2
        p = (rng.uniform(0.1, 0.75, n) * length).astype(int)
        s = p + (rng.uniform(2, 25, n) * RATE).astype(int)
        size = np.exp(rng.normal(size=n) * 0.5 * number) * there
        source[rows, p] += size
        source[rows, s] += size * rng.uniform(3, 6, n)
    return source


def _disturbances(n, total, f, rng):  # type: ignore[no-untyped-def]
    """Each is there in one record of four or five: ship, airgun, teleseism, spikes."""
    time = np.arange(total) / RATE
    found = np.zeros((n, total))
    row = np.arange(n)[:, None]
    ship = rng.random(n) < 0.25  # bursts of broad noise from the screw, above tremor's frequencies
    middle, lasts = rng.uniform(0, 225, n)[:, None], rng.uniform(20, 120, n)[:, None]
    centre, width = rng.uniform(6.5, 10, n)[:, None], rng.uniform(1, 2, n)[:, None]
    beat = np.exp(
        0.6 * np.sin(2 * np.pi * time / rng.uniform(5, 30, n)[:, None] + rng.uniform(0, 6, n)[:, None])
    )
    hum = np.fft.rfft(rng.normal(size=(n, total))) * np.exp(-(((f - centre) / width) ** 2))
    hum = _scaled(np.fft.irfft(hum, total)) * beat * np.exp(-(((time - middle) / lasts) ** 2))
    found += hum * (ship * rng.uniform(1, 5, n))[:, None]
    gun = rng.random(n) < 0.15
    every, first = rng.uniform(10, 60, n)[:, None], rng.uniform(0, 60, n)[:, None]
    since = np.maximum((time - first) % every, 0)
    shot = np.exp(-since / 1.0) * np.sin(2 * np.pi * rng.uniform(3, 6, n)[:, None] * since) * (time > first)
    found += shot * (gun * rng.uniform(1, 6, n))[:, None]
    far = rng.random(n) < 0.2  # a teleseism's P coda, below tremor's frequencies
    begin, tau = rng.uniform(-60, 150, n)[:, None], rng.uniform(20, 80, n)[:, None]
    after = np.maximum(time - begin, 0)
    low = np.fft.rfft(rng.normal(size=(n, total))) * np.exp(-((f / rng.uniform(1.2, 2.5, n)[:, None]) ** 2))
    coda = _scaled(np.fft.irfft(low, total)) * (after / tau) * np.exp(1 - after / tau)
    found += coda * (far * rng.uniform(1, 5, n))[:, None]
    spike = rng.random(n) < 0.05
    found[row[spike, 0], rng.integers(0, total, spike.sum())] += rng.uniform(10, 50, spike.sum())
    return found


def _scaled(waves):  # type: ignore[no-untyped-def]
    return waves / waves.std(1, keepdims=True)
