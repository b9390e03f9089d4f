"""How well DiET tells tremor, earthquakes and noise apart, and what it gains over simpler ways.

    python benchmarks/tremor/diet.py [--seeds 3] [--hours 12] [--later 3] [--epochs 20] [--out FILE]

Each seed simulates its own S-net with rough noise, trains on the first hours at 130 stations as
`examples/21-train-diet.seis` does, and is judged on the hours after them, at those stations and at
twenty that were never trained on: windows of one class alone, and of events that an analyst would see,
with an amplitude of twice the noise or more (from 1 on beside it, and by strength). Beside it: the same
network trained on one station over ten times as long, and a logistic regression on spectral features.
All see the same test windows; the single station's threshold is set to as many false tremors as DiET
gives. Spearman's coefficient is over all stations at which a tremor has a tenth of the noise's amplitude.
"""

from __future__ import annotations

import argparse
import itertools
import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from _shown import about, tell
from scipy.stats import spearmanr

import seisdsl
from seisdsl.data.examples import Examples
from seisdsl.data.scenes import BEGIN
from seisdsl.data.stations import network
from seisdsl.learning import Learned
from seisdsl.methods.learn.calibration import calibrated as fitted_to
from seisdsl.methods.learn.calibration import counted_alike
from seisdsl.methods.learn.training import Rows, Settings, fit
from seisdsl.operators.tremor.diet import DiET
from seisdsl.operators.tremor.spectral_features import SpectralFeatures

CLASSES = ("noise", "earthquake", "tremor")
HELD = '["N.S?N05", "N.S?N12", "N.S?N18", "N.S2N24", "N.S4N24"]'
SCENE = "rate=50Hz seed={seed} tremors=150 earthquakes=40 noise=rough"
DATA = f"""\
let data = simulate S-net duration={{hours}}h {SCENE}
  | spectrogram
  | examples window=164s hop=82s heard=0.5 keep=[12%, 12%, 80%] mixed=stronger
  | split by=time train=85% valid=15% test=0% held={{held}}
"""
LATER = f"""\
let record = simulate S-net time={{time}} {SCENE} | spectrogram
let test = record | examples window=164s hop=82s heard=1 keep=[12%, 12%, 100%]
let anywhere = record | examples window=164s hop=82s heard=0.11 silent=0.1 keep=[0%, 0%, 5%]
"""
ONE = """\
source one: Waves {{ stations = "{file}", rate = 50Hz }}
let data = simulate one duration={hours}h seed={seed} tremors=6 earthquakes=6 noise=rough
  | spectrogram
  | examples window=164s hop=82s heard=0.5 keep=[5%, 30%, 100%] mixed=stronger
  | split by=time train=85% valid=15% test=0%
"""
ALONE = "N.S4N21"  # off Sanriku
SEEN = 2.0  # amplitude over the noise from which an analyst would see an event
TILE = 256


def rows_of(method: Learned, examples: Examples) -> Rows:
    values = examples.values
    parts = [method.inputs(values[at : at + TILE]) for at in range(0, len(values), TILE)]
    return Rows(torch.cat(parts), method.targets(examples, CLASSES))


def trained(method: Learned, train: Rows, valid: Rows, epochs: int, seed: int) -> torch.nn.Module:
    torch.manual_seed(seed)
    net = method.network(tuple(train.inputs.shape[1:]), len(CLASSES))
    state = fit(
        net, train, valid, Settings(epochs=epochs, seed=seed), loss=method.loss, varied=method.varied,
        classes=len(CLASSES), tell=lambda line: print("   ", line, flush=True),
    )  # fmt: skip
    net.load_state_dict(state.best)
    return net.eval()


def logits_of(net: torch.nn.Module, rows: Rows) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([net(part) for part in rows.inputs.split(TILE)])


def figures_of(logits: torch.Tensor, target: torch.Tensor) -> dict[str, object]:
    said = logits.argmax(1)
    recall = {
        name: round(float((said[target == n] == n).float().mean()), 4) for n, name in enumerate(CLASSES)
    }
    return {
        "examples": torch.bincount(target, minlength=3).tolist(),
        "accuracy": round(float((said == target).float().mean()), 4),
        "balanced_accuracy": round(float(np.nanmean(list(recall.values()))), 4),
        "recall": recall,
    }


def by_strength(logits: torch.Tensor, examples: Examples, name: str) -> dict[str, object]:
    """Share of a class's windows that are named so, by amplitude over the noise."""
    said = logits.argmax(1).tolist()
    found = {}
    edges = (1, 1.5, 2, 3, 5, math.inf)
    for low, high in itertools.pairwise(edges):
        own = [
            said[n] == CLASSES.index(name)
            for n, (label, truth) in enumerate(zip(examples.labels, examples.truth, strict=True))
            if label == name and low <= truth["score"] < high
        ]
        found[f"{low:g} to {high:g}"] = [round(float(np.mean(own)), 3) if own else None, len(own)]
    return found


def recall_at(odds: torch.Tensor, target: torch.Tensor, false: float) -> float:
    """Recall of tremor with the threshold that lets this share of the others pass."""
    threshold = torch.quantile(odds[target != 2], 1 - false)
    return float((odds[target == 2] > threshold).float().mean())


def calibration_error(logits: torch.Tensor, target: torch.Tensor, bins: int = 15) -> float:
    """How far the probability of what is said is from how often it is right, every class counting alike."""
    p, said = logits.softmax(1).max(1)
    right = (said == target).double()
    weight = counted_alike(target, len(CLASSES))
    place = (p * bins).long().clamp(max=bins - 1)
    return sum(
        abs(float((weight * (right - p))[place == n].sum())) for n in range(bins) if bool((place == n).any())
    )


def odds_of(logits: torch.Tensor) -> torch.Tensor:
    return logits[:, 2] - logits[:, :2].logsumexp(1)


def station_list(folder: Path) -> str:
    own = next(s for s in network("S-net") if s.id == ALONE)
    path = folder / "one.csv"
    path.write_text(
        "network,station,latitude,longitude,elevation\n"
        f"{own.network},{own.station},{own.latitude},{own.longitude},{own.elevation}\n"
    )
    return str(path)


def later(hours: float, more: float) -> str:
    begin, end = (np.datetime64(BEGIN + round(at * 3.6e12), "ns") for at in (hours, hours + more))
    return f"{begin.astype('datetime64[s]')}Z..{end.astype('datetime64[s]')}Z"


def one_seed(seed: int, hours: float, more: float, epochs: int, folder: Path) -> dict[str, object]:
    began = time.perf_counter()
    data = seisdsl.run(DATA.format(hours=hours, seed=seed, held=HELD))["data"]
    after = seisdsl.run(LATER.format(time=later(hours, more), seed=seed))
    test, anywhere = after["test"], after["anywhere"]
    simulated = time.perf_counter() - began
    method = DiET()
    parts = {name: rows_of(method, data[name]) for name in ("train", "valid")}
    print(f"seed {seed}: {data['train'].numbers()}, test {test.numbers()}, {simulated:.0f} s", flush=True)
    began = time.perf_counter()
    net = trained(method, parts["train"], parts["valid"], epochs, seed)
    seconds = time.perf_counter() - began
    seen, rows = method.numbered(data["valid"], CLASSES), rows_of(method, test)
    scale = fitted_to(logits_of(net, parts["valid"]), seen, counted_alike(seen, len(CLASSES)), False)[0]
    logits, target = logits_of(net, rows) / scale, method.numbered(test, CLASSES)
    clear = torch.tensor([row.get("score", 0) >= SEEN for row in test.truth]) | (target == 0)
    known = set(data["train"].groups["station"])
    held = torch.tensor([station not in known for station in test.groups["station"]])
    alone = torch.tensor([station == ALONE for station in test.groups["station"]])

    one = seisdsl.run(ONE.format(hours=10 * hours, seed=seed, file=station_list(folder)))["data"]
    print(f"  one station: {one['train'].numbers()}", flush=True)
    single = trained(method, rows_of(method, one["train"]), rows_of(method, one["valid"]), epochs, seed)
    said = logits_of(single, rows)
    other = clear & ~alone
    false = float((logits[other].argmax(1)[target[other] != 2] == 2).float().mean())

    plain = SpectralFeatures()
    features = {name: rows_of(plain, data[name]) for name in ("train", "valid")}
    line = trained(plain, features["train"], features["valid"], epochs, seed)
    baseline = logits_of(line, rows_of(plain, test))
    p = (logits_of(net, rows_of(method, anywhere)) / scale).softmax(1)[:, 2]
    distance = [row["distance"] for row in anywhere.truth]
    return {
        "train": data["train"].numbers(), "valid": data["valid"].numbers(), "test": test.numbers(),
        "simulation_seconds": round(simulated), "training_seconds": round(seconds),
        "known stations": figures_of(logits[clear & ~held], target[clear & ~held]),
        "stations never trained on": figures_of(logits[clear & held], target[clear & held]),
        "known stations, from amplitude 1": figures_of(logits[~held], target[~held]),
        "stations never trained on, from amplitude 1": figures_of(logits[held], target[held]),
        "features": figures_of(baseline[clear & ~held], target[clear & ~held]),
        "one station": {"train": one["train"].numbers(), "elsewhere": figures_of(said[other], target[other])},
        "tremor recall elsewhere at equal false tremor": {
            "DiET": round(recall_at(odds_of(logits[other]), target[other], false), 4),
            "one station": round(recall_at(odds_of(said[other]), target[other], false), 4),
            "false": round(false, 5),
        },
        "calibration error": round(calibration_error(logits[clear], target[clear]), 4),
        "calibration error, from amplitude 1": round(calibration_error(logits, target), 4),
        "Spearman of tremor probability and distance": round(float(spearmanr(p, distance).statistic), 3),
        "by strength": {name: by_strength(logits, test, name) for name in CLASSES[1:]},
    }  # fmt: skip


def mean(runs: Sequence[dict[str, object]], *path: str) -> list[float]:
    values = []
    for run in runs:
        value: object = run
        for name in path:
            value = value[name]  # type: ignore[index]
        values.append(float(value))  # type: ignore[arg-type]
    draws = np.random.default_rng(0).choice(values, (2000, len(values))).mean(1)
    return [round(float(v), 4) for v in (np.mean(values), *np.quantile(draws, [0.025, 0.975]))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--hours", type=float, default=12)
    parser.add_argument("--later", type=float, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        runs = [
            one_seed(11 + seed, given.hours, given.later, given.epochs, Path(name))
            for seed in range(given.seeds)
        ]
    found = {
        "accuracy": mean(runs, "known stations", "accuracy"),
        "accuracy, stations never trained on": mean(runs, "stations never trained on", "accuracy"),
        "accuracy from amplitude 1": mean(runs, "known stations, from amplitude 1", "accuracy"),
        "accuracy, features": mean(runs, "features", "accuracy"),
        **{f"recall, {name}": mean(runs, "known stations", "recall", name) for name in CLASSES},
        "tremor recall elsewhere, DiET": mean(runs, "tremor recall elsewhere at equal false tremor", "DiET"),
        "tremor recall elsewhere, one station": mean(
            runs, "tremor recall elsewhere at equal false tremor", "one station"
        ),
        "calibration error": mean(runs, "calibration error"),
        "Spearman": mean(runs, "Spearman of tremor probability and distance"),
    }
    said = {
        "about": about(),
        "hours": given.hours,
        "epochs": given.epochs,
        "mean of seeds": found,
        "runs": runs,
    }
    tell(said, given.out)


if __name__ == "__main__":
    main()
