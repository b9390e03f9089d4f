"""The signal operators beside obspy and scipy: in one process, turn by turn, the quickest of several.

    python benchmarks/signals.py [--repeats 15] [--out FILE]

A ratio above one says that seisdsl is faster. Records are noise in single precision, 1 h at 100 Hz
where nothing else is said; the operator takes and gives waves, the peer an array or an obspy stream
(which it works on in place, so that it is given a copy).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import obspy
import scipy.signal
import torch
from obspy.signal.trigger import classic_sta_lta, recursive_sta_lta
from timing import Case, Work, about, table

from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import Range
from seisdsl.operator import Operator
from seisdsl.operators.pick.energy_ratio import EnergyRatio
from seisdsl.operators.signal.bandpass import Bandpass
from seisdsl.operators.signal.decimate import Decimate
from seisdsl.operators.signal.detrend import Detrend
from seisdsl.operators.signal.envelope import Envelope
from seisdsl.operators.signal.highpass import Highpass
from seisdsl.operators.signal.lowpass import Lowpass
from seisdsl.operators.signal.resample import Resample
from seisdsl.operators.signal.spectrogram import Spectrograms

RATE, HOUR = 100.0, 360_000


def noise(channels: int, length: int = HOUR, gaps: int = 0) -> Waves:
    generator = torch.Generator().manual_seed(0)
    samples = torch.randn(channels, length, generator=generator)
    mask = torch.ones_like(samples, dtype=torch.bool)
    for gap in torch.randint(length, (channels, gaps), generator=generator).T:
        mask[torch.arange(channels), gap] = False
    names = tuple(Channel("XX", f"S{number}", "", "HHZ") for number in range(channels))
    return Waves(samples, mask, RATE, 0, names).with_samples(samples)


def cases() -> Iterator[Case]:
    yield from filters()
    yield from spectra()
    yield from rates()
    yield from energies()


def ours(operator: Operator, waves: Waves) -> Work:
    return lambda: operator.apply(waves)


def by_obspy(stream: obspy.Stream, method: str, *args: object, **kwargs: object) -> Work:
    return lambda: getattr(stream.copy(), method)(*args, **kwargs)


def filters() -> Iterator[Case]:
    band = Bandpass(band=Range(2.0, 8.0))
    sos = scipy.signal.butter(4, (2, 8), "bandpass", output="sos", fs=RATE)
    corners = {"freqmin": 2, "freqmax": 8, "corners": 4}
    one = noise(1)
    yield Case(
        "bandpass", HOUR, ours(band, one), "obspy", by_obspy(one.to_obspy(), "filter", "bandpass", **corners)
    )
    for name, channels, length in (
        ("", 1, HOUR),
        (", 10 channels", 10, HOUR),
        (", 100 channels of 90 s", 100, 9000),
        (", a day", 1, 24 * HOUR),
    ):
        waves = noise(channels, length)
        array = waves.samples.numpy()
        yield Case(
            "bandpass" + name,
            array.size,
            ours(band, waves),
            "scipy",
            lambda array=array: scipy.signal.sosfilt(sos, array),
        )
    for name, length, gaps in (("an hour, 100 gaps", HOUR, 100), ("a day, 2000 gaps", 24 * HOUR, 2000)):
        holed = noise(1, length, gaps)
        peer = by_obspy(holed.to_obspy(), "filter", "bandpass", **corners)
        yield Case(f"bandpass, {name}", length, ours(band, holed), "obspy", peer)
    yield from zero_phase(one)


def forth_and_back(sos: np.ndarray, samples: np.ndarray) -> np.ndarray:
    return scipy.signal.sosfilt(sos, scipy.signal.sosfilt(sos, samples)[:, ::-1])[:, ::-1]


def zero_phase(one: Waves) -> Iterator[Case]:
    stream, array = one.to_obspy(), one.samples.numpy()
    for name, operator, corner, kwargs in (
        ("bandpass", Bandpass(band=Range(2.0, 8.0), phase="zero"), (2, 8), {"freqmin": 2, "freqmax": 8}),
        ("lowpass", Lowpass(below=5.0, phase="zero"), 5, {"freq": 5}),
        ("highpass", Highpass(above=1.0, phase="zero"), 1, {"freq": 1}),
    ):
        sos = scipy.signal.butter(4, corner, name, output="sos", fs=RATE)
        both_ways = partial(forth_and_back, sos, array)
        peer = by_obspy(stream, "filter", name, corners=4, zerophase=True, **kwargs)
        yield Case(f"{name}, zero phase", HOUR, ours(operator, one), "obspy", peer)
        yield Case(f"{name}, zero phase", HOUR, ours(operator, one), "scipy", both_ways)


def spectra() -> Iterator[Case]:
    for channels in (1, 10):
        waves = noise(channels)
        array = waves.samples.numpy()
        for window in (256, 500, 512):
            peer = lambda array=array, window=window: scipy.signal.spectrogram(  # noqa: E731
                array, RATE, "hann", window, window // 2
            )
            name = f"spectrogram {window}, {channels} channel{'s' * (channels > 1)}"
            yield Case(name, array.size, ours(Spectrograms(window=window / RATE), waves), "scipy", peer)


def rates() -> Iterator[Case]:
    one = noise(1)
    stream, single = one.to_obspy(), one.samples[0].numpy()
    double = single.astype(float)
    yield Case("detrend", HOUR, ours(Detrend(), one), "obspy", by_obspy(stream, "detrend", "linear"))
    yield Case("detrend", HOUR, ours(Detrend(), one), "scipy", lambda: scipy.signal.detrend(single))
    envelope = lambda: abs(scipy.signal.hilbert(double))  # noqa: E731
    yield Case("envelope", HOUR, ours(Envelope(), one), "scipy", envelope)
    yield Case("decimate 5", HOUR, ours(Decimate(factor=5), one), "obspy", by_obspy(stream, "decimate", 5))
    half = Resample(rate=50.0)
    yield Case("resample 50 Hz", HOUR, ours(half, one), "obspy", by_obspy(stream, "resample", 50.0))
    window = scipy.signal.firwin(161, 0.45, window=("kaiser", 12.265))  # as long and as steep as ours
    for name, given in (("scipy", ("kaiser", 5.0)), ("same taps", window)):
        polyphase = lambda given=given: scipy.signal.resample_poly(single, 1, 2, window=given)  # noqa: E731
        yield Case("resample 50 Hz", HOUR, ours(half, one), name, polyphase)


def energies() -> Iterator[Case]:
    for channels, length in ((1, HOUR), (10, HOUR), (100, 9000)):
        waves = noise(channels, length)
        given = {"float32": waves.samples.numpy(), "float64": waves.samples.double().numpy()}
        for method, function in (("classic", classic_sta_lta), ("recursive", recursive_sta_lta)):
            operator = EnergyRatio(method=method)
            for kind, array in given.items():
                peer = lambda array=array, function=function: [function(trace, 100, 3000) for trace in array]  # noqa: E731
                name = f"STA/LTA {method}, {channels} x {length / RATE:g} s"
                yield Case(name, channels * length, ours(operator, waves), f"obspy {kind[-2:]}", peer)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--out", type=Path, help="write the figures here, as JSON")
    options = parser.parse_args()
    results = {**about(options.repeats), **table(cases, options.repeats)}
    if options.out:
        options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
