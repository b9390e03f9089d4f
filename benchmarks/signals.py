"""Filters, spectrograms and rates against obspy and scipy: one thread, in one run, turn by turn.

    python benchmarks/signals.py [--repeats 15] [--out FILE]

Times are of the processor. A ratio above one says that seisdsl is faster. Records are noise, 1 h at
100 Hz, single precision.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import obspy
import scipy.signal
import torch

from seisdsl.data.waves import Channel, Waves
from seisdsl.language.types import Range
from seisdsl.operator import Operator
from seisdsl.operators.signal.bandpass import Bandpass
from seisdsl.operators.signal.decimate import Decimate
from seisdsl.operators.signal.detrend import Detrend
from seisdsl.operators.signal.envelope import Envelope
from seisdsl.operators.signal.resample import Resample
from seisdsl.operators.signal.spectrogram import Spectrograms

RATE, LENGTH = 100.0, 360_000
Work = Callable[[], object]


def noise(channels: int, gaps: int = 0) -> Waves:
    generator = torch.Generator().manual_seed(0)
    samples = torch.randn(channels, LENGTH, generator=generator)
    mask = torch.ones_like(samples, dtype=torch.bool)
    for gap in torch.randint(LENGTH, (channels, gaps), generator=generator).T:
        mask[torch.arange(channels), gap] = False
    names = tuple(Channel("XX", f"S{number}", "", "HHZ") for number in range(channels))
    return Waves(samples, mask, RATE, 0, names).with_samples(samples)


def cases() -> Iterator[tuple[str, int, Work, str, Work]]:
    """Name, samples, ours, whose the other is, the other."""
    one, ten, holed = noise(1), noise(10), noise(1, gaps=100)
    single, many = one.samples[0].numpy(), ten.samples.numpy()
    stream, runs = one.to_obspy(), holed.to_obspy()
    sos = scipy.signal.butter(4, (2, 8), "bandpass", output="sos", fs=RATE)
    corners = {"freqmin": 2, "freqmax": 8, "corners": 4}

    def ours(operator: Operator, waves: Waves = one) -> Work:
        return lambda: operator.apply(waves)

    def theirs(method: str, *args: object, record: obspy.Stream = stream, **kwargs: object) -> Work:
        return lambda: getattr(record.copy(), method)(*args, **kwargs)

    def scipy_spectrogram(samples: np.ndarray) -> Work:
        return lambda: scipy.signal.spectrogram(samples, RATE, "hann", 256, 128)

    band = Bandpass(band=Range(2.0, 8.0))
    both = Bandpass(band=Range(2.0, 8.0), phase="zero")
    filtered = theirs("filter", "bandpass", **corners)
    yield "bandpass, 1 channel", LENGTH, ours(band), "obspy", filtered
    yield "bandpass, 1 channel", LENGTH, ours(band), "scipy", lambda: scipy.signal.sosfilt(sos, single)
    yield (
        "bandpass, 10 channels",
        10 * LENGTH,
        ours(band, ten),
        "scipy",
        lambda: scipy.signal.sosfilt(sos, many),
    )
    filtered = theirs("filter", "bandpass", record=runs, **corners)
    yield "bandpass, 100 gaps", LENGTH, ours(band, holed), "obspy", filtered
    filtered = theirs("filter", "bandpass", zerophase=True, **corners)
    yield "bandpass, zero phase", LENGTH, ours(both), "obspy", filtered
    power = Spectrograms(window=2.56)
    yield "spectrogram, 1 channel", LENGTH, ours(power), "scipy", scipy_spectrogram(single)
    yield "spectrogram, 10 channels", 10 * LENGTH, ours(power, ten), "scipy", scipy_spectrogram(many)
    yield "detrend", LENGTH, ours(Detrend()), "obspy", theirs("detrend", "linear")
    double = single.astype(float)
    yield "envelope", LENGTH, ours(Envelope()), "scipy", lambda: abs(scipy.signal.hilbert(double))
    yield "decimate 5", LENGTH, ours(Decimate(factor=5)), "obspy", theirs("decimate", 5)
    yield "resample 50 Hz", LENGTH, ours(Resample(rate=50.0)), "obspy", theirs("resample", 50.0)
    polyphase = lambda: scipy.signal.resample_poly(single, 1, 2)  # noqa: E731
    yield "resample 50 Hz", LENGTH, ours(Resample(rate=50.0)), "scipy", polyphase


def seconds(work: Work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--out", type=Path, help="write the figures here, as JSON")
    options = parser.parse_args()
    torch.set_num_threads(1)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    figures = []
    print(f"{'':26}{'seisdsl':>16}{'other':>22}{'ratio':>9}{'middle half':>16}")
    for name, samples, ours, other, theirs in cases():
        seconds(ours), seconds(theirs)
        pairs = [(seconds(ours), seconds(theirs)) for _ in range(options.repeats)]
        own, others = (statistics.median(times) for times in zip(*pairs, strict=True))
        low, ratio, high = statistics.quantiles((b / a for a, b in pairs), n=4)
        print(
            f"{name:26}{samples / own / 1e6:8.0f} M/s    {other:>8}{samples / others / 1e6:10.0f} M/s"
            f"{ratio:9.2f}{low:9.2f}..{high:.2f}"
        )
        figures.append(
            {"case": name, "other": other, "samples_per_s": samples / own,
             "others_samples_per_s": samples / others, "ratio": ratio, "quartiles": [low, high]}
        )  # fmt: skip
    if options.out:
        about = {
            "machine": platform.processor() or platform.machine(), "python": platform.python_version(),
            "torch": torch.__version__, "scipy": scipy.__version__, "obspy": obspy.__version__,
            "threads": 1, "load_before": load, "repeats": options.repeats,
        }  # fmt: skip
        options.out.write_text(json.dumps({**about, "figures": figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
