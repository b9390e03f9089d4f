"""What DiET says of real records, as shipped and after a little training on a part of them.

    SEISDSL_TEST_DATA=... python benchmarks/tremor/real.py [--seeds 3] [--out FILE]

Earthquakes are windows of Northern California with an analyst's P (`ncedc-picks`); noise is what
those stations recorded before P, drawn out to 166 s by noise of the same spectrum; tremor is a swarm
of stacked low-frequency events of Cascadia (`lfe-cascadia`), one a second, buried in that same noise.
All are low-passed at 8 Hz, below the Nyquist frequency of the stacks, and sampled at 50 Hz. The
training part and the test part have no station and no family in common. The swarms are put together
here, so they are no records of tremor; the stacks are cleaner than any single event. Windows of
`volcano-chile`, 82 s of one component, are only looked at. Needs h5py.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
import torch
from _shown import about, tell
from scipy.signal import butter, resample_poly, sosfiltfilt, welch

from seisdsl.data.examples import Examples
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel, Waves
from seisdsl.learning import Learned
from seisdsl.methods.learn.training import Rows, Settings, fit
from seisdsl.operators.signal.spectrogram import Spectrograms
from seisdsl.operators.tremor.diet import DiET

CLASSES = ("noise", "earthquake", "tremor")
RATE, LENGTH = 50.0, 8320
FADE = 100  # samples
RATIOS = (0.5, 1.0, 2.0, 4.0)
LOW = butter(8, 8, fs=RATE, output="sos")
BAND = butter(4, (2, 8), "bandpass", fs=RATE, output="sos")


@dataclass(frozen=True)
class Quake:
    station: str
    samples: np.ndarray  # [component, time], 90 s
    onset: int


def quakes(folder: Path) -> list[Quake]:
    found = []
    with h5py.File(folder / "ncedc-picks" / "windows.h5") as file:
        for one in file["data"].values():
            samples = resample_poly(one[:].astype(float), 1, 2, axis=-1)
            if (np.ptp(samples, axis=-1) > 0).all():
                samples = sosfiltfilt(LOW, samples - samples[:, :1000].mean(-1, keepdims=True))
                found.append(Quake(str(one.attrs["station"]), samples, int(one.attrs["p_sample"]) // 2))
    return found


def stacks(folder: Path) -> dict[tuple[str, str], np.ndarray]:
    """Stacks [component, time] of three components by family and station."""
    found = {}
    with h5py.File(folder / "lfe-cascadia" / "templates.h5") as file:
        for family, group in file.items():
            stations: dict[str, list[np.ndarray]] = {}
            for name in sorted(group):
                stations.setdefault(name.rsplit(".", 1)[0], []).append(group[name][:].astype(float))
            for station, own in stations.items():
                if len(own) == 3 and all(np.ptp(c) > 0 and np.isfinite(c).all() for c in own):
                    found[family, station] = sosfiltfilt(LOW, resample_poly(np.stack(own), 5, 2, axis=-1))
    return found


def drawn_out(noise: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Noise of the same spectrum, as long as a window, with the real piece somewhere in it."""
    frequencies, density = welch(noise, RATE, nperseg=min(512, noise.shape[-1]))
    wanted = np.fft.rfftfreq(LENGTH, 1 / RATE)
    shape = np.stack([np.interp(wanted, frequencies, np.sqrt(own)) for own in density])
    white = np.fft.rfft(chance.normal(size=(len(noise), LENGTH))) * np.sqrt(RATE / 2)
    out = np.fft.irfft(white * shape, LENGTH)
    return placed(out, noise, int(chance.integers(0, LENGTH - noise.shape[-1])))


def placed(ground: np.ndarray, piece: np.ndarray, at: int) -> np.ndarray:
    """A piece of record in the midst of another, faded in and out with powers that add up."""
    fade = np.ones(piece.shape[-1])
    fade[:FADE] = np.sin(np.linspace(0, np.pi / 2, FADE)) ** 2
    fade[-FADE:] = fade[:FADE][::-1]
    out = ground.copy()
    here = slice(at, at + piece.shape[-1])
    out[:, here] = out[:, here] * np.sqrt(1 - fade**2) + piece * fade
    return out


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt((sosfiltfilt(BAND, samples) ** 2).mean()))


def swarm(stack: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, slice]:
    """Low-frequency events one a second, their strength wandering, for 40 to 120 s."""
    lasts = int(chance.uniform(40, 120) * RATE)
    begin = int(chance.integers(0, LENGTH - lasts))
    impulses = np.zeros(LENGTH)
    times = begin + np.sort(chance.integers(0, lasts, chance.poisson(lasts / RATE)))
    walk = np.exp(np.cumsum(chance.normal(0, 0.15, len(times))))
    np.add.at(
        impulses, times, walk * chance.lognormal(0, 0.5, len(times)) * chance.choice((-1, 1), len(times))
    )
    size = LENGTH + stack.shape[-1]
    wave = np.fft.irfft(np.fft.rfft(impulses, size) * np.fft.rfft(stack, size), size)[:, :LENGTH]
    return wave, slice(begin, min(begin + lasts + 300, LENGTH))


def windows(
    events: list[Quake], sources: list[np.ndarray], copies: int, chance: np.random.Generator
) -> Iterator[tuple[str, float, np.ndarray]]:
    """Label, amplitude over the noise, and samples."""
    for quake in events:
        for _ in range(copies):
            noise = quake.samples[:, : quake.onset - 100]
            ground = drawn_out(noise, chance)
            yield "noise", 0.0, ground
            at = int(chance.integers(0, LENGTH - quake.samples.shape[-1]))
            ratio = loudness(quake.samples[:, quake.onset : quake.onset + 1000]) / loudness(noise)
            yield "earthquake", ratio, placed(drawn_out(noise, chance), quake.samples, at)
            wave, when = swarm(sources[int(chance.integers(len(sources)))], chance)
            ratio = float(chance.choice(RATIOS))
            ground = drawn_out(noise, chance)
            yield "tremor", ratio, ground + wave * ratio * loudness(ground) / loudness(wave[:, when])


def spectrogram_of(samples: np.ndarray) -> Spectrogram:
    # the order of components of the files is east, north, up
    channels = tuple(Channel("XX", "A", "", f"SH{code}") for code in "ENZ")
    wave = torch.from_numpy(np.ascontiguousarray(samples)).float()
    return Spectrograms().apply(Waves(wave, torch.ones_like(wave, dtype=torch.bool), RATE, 0, channels))


def examples_of(cases: list[tuple[str, float, np.ndarray]]) -> Examples[Spectrogram]:
    values = tuple(spectrogram_of(samples) for _, _, samples in cases)
    labels = tuple(label for label, _, _ in cases)
    return Examples(values, labels, tuple({"score": ratio} for _, ratio, _ in cases), classes=CLASSES)


def judged(logits: torch.Tensor, examples: Examples[Spectrogram]) -> dict[str, object]:
    said = logits.argmax(1).tolist()
    recall = {}
    for number, name in enumerate(CLASSES):
        own = [s == number for s, label in zip(said, examples.labels, strict=True) if label == name]
        recall[name] = round(float(np.mean(own)), 3)
    strength = {}
    for ratio in RATIOS:
        own = [
            s == 2
            for s, label, truth in zip(said, examples.labels, examples.truth, strict=True)
            if label == "tremor" and truth["score"] == ratio
        ]
        strength[f"{ratio:g}"] = [round(float(np.mean(own)), 3) if own else None, len(own)]
    confusion = [
        [
            sum(s == n and label == name for s, label in zip(said, examples.labels, strict=True))
            for n in range(3)
        ]
        for name in CLASSES
    ]
    return {
        "balanced_accuracy": round(float(np.mean(list(recall.values()))), 3), "recall": recall,
        "tremor recall by amplitude over the noise": strength, "confusion (rows true)": confusion,
    }  # fmt: skip


def rows_of(method: Learned, examples: Examples[Spectrogram]) -> Rows:
    return Rows(method.inputs(examples.values), method.targets(examples, CLASSES))


def logits_of(net: torch.nn.Module, rows: Rows) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([net(part) for part in rows.inputs.split(256)])


def one_seed(events: list[Quake], sources: dict[tuple[str, str], np.ndarray], seed: int) -> dict[str, object]:
    chance = np.random.default_rng(seed)
    stations = sorted({quake.station for quake in events})
    chance.shuffle(stations)
    families, places = (sorted({key[n] for key in sources}) for n in (0, 1))
    chance.shuffle(families)
    chance.shuffle(places)
    first = set(stations[::2]), set(families[::2]), set(places[::2])
    halves = []
    for inside in (True, False):
        own = [quake for quake in events if (quake.station in first[0]) == inside]
        swarms = [
            stack for (family, place), stack in sources.items()
            if (family in first[1]) == inside and (place in first[2]) == inside
        ]  # fmt: skip
        halves.append(examples_of(list(windows(own, swarms, 4, chance))))
    method = DiET()
    weights = method.fitted()
    method = method.like(weights)
    labelled = replace(halves[0], truth=())  # an analyst's labels tell no amplitude
    train, test = rows_of(method, labelled), rows_of(method, halves[1])
    nets = {}
    for name in ("as shipped", "fine-tuned", "from nothing"):
        torch.manual_seed(seed)
        net = method.network(weights.shape, len(CLASSES))
        if name != "from nothing":
            net.load_state_dict(dict(weights.tensors))
        if name != "as shipped":
            settings = Settings(
                epochs=8 if name == "fine-tuned" else 20,
                rate=3e-4 if name == "fine-tuned" else 1e-3,
                seed=seed,
            )
            fit(net, train, None, settings, loss=method.loss, varied=method.varied, classes=3)
        nets[name] = net.eval()
    found: dict[str, object] = {name: judged(logits_of(net, test), halves[1]) for name, net in nets.items()}
    return {"train": halves[0].numbers(), "test": halves[1].numbers(), **found}


def volcano(folder: Path) -> dict[str, list[str]]:
    """What the shipped weights name the windows of a volcano, by their class."""
    method = DiET()
    weights = method.fitted()
    method = method.like(weights)
    net = method.loaded(weights, torch.device("cpu"))
    found: dict[str, list[str]] = {}
    with h5py.File(folder / "volcano-chile" / "windows.h5") as file:
        for name, group in file.items():
            for samples in group["waveform"][:]:
                if np.ptp(samples) > 0:
                    wave = torch.from_numpy(resample_poly(samples.astype(float), 1, 2)).float()[None]
                    known = torch.zeros(1, LENGTH, dtype=torch.bool)
                    known[:, : wave.shape[1]] = True
                    wave = torch.nn.functional.pad(wave, (0, LENGTH - wave.shape[1]))
                    waves = Waves(wave, known, RATE, 0, (Channel("XX", "A", "", "SHZ"),))
                    rows = method.inputs([Spectrograms().apply(waves)])
                    said = CLASSES[int(method.logits(rows, weights, net).argmax())]
                    found.setdefault(name.split("_")[1], []).append(said)
    return {kind: sorted(said) for kind, said in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if "SEISDSL_TEST_DATA" not in os.environ:
        raise SystemExit("SEISDSL_TEST_DATA is not set")
    folder = Path(os.environ["SEISDSL_TEST_DATA"]) / "waveforms"
    events, sources = quakes(folder), stacks(folder)
    print(f"{len(events)} earthquakes, {len(sources)} stacks of three components", flush=True)
    runs = [one_seed(events, sources, seed) for seed in range(given.seeds)]
    mean = {
        name: round(float(np.mean([run[name]["balanced_accuracy"] for run in runs])), 3)  # type: ignore[index]
        for name in ("as shipped", "fine-tuned", "from nothing")
    }
    said = {
        "about": about(), "balanced accuracy, mean of seeds": mean, "runs": runs,
        "volcano-chile, what each class is named": volcano(folder),
    }  # fmt: skip
    tell(said, given.out)


if __name__ == "__main__":
    main()
