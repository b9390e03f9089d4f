"""Calibration of a model, and models from files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel
from seisdsl.data.weights import Weights, read_weights, write_weights
from seisdsl.operator import Method, Unsuitable
from seisdsl.operators.learn.calibrate import Calibrate
from seisdsl.operators.learn.read_model import ReadModel
from seisdsl.operators.learn.score import Score
from seisdsl.operators.signal.bandpass import Bandpass
from seisdsl.operators.tremor.diet import DiET
from seisdsl.operators.tremor.spectral_features import SpectralFeatures

CLASSES = ("noise", "tremor")
STEP, FRAMES = 2.56, 16


def example(number: int) -> tuple[str, Spectrogram]:
    """More power below 8 Hz is likelier tremor, and is not always."""
    chance = torch.Generator().manual_seed(number)
    strength = float(torch.randn((), generator=chance))
    tremor = bool(torch.rand((), generator=chance) < torch.sigmoid(torch.tensor(3.0 * strength)))
    power = torch.rand(1, 65, FRAMES, generator=chance) + 0.5
    power[:, :41] *= 10.0**strength
    frequencies = torch.arange(65, dtype=torch.float64) / 5.12
    channel = (Channel("XX", f"S{number % 8}", "", "EHZ"),)
    mask = torch.ones(1, FRAMES, dtype=torch.bool)
    return CLASSES[tremor], Spectrogram(power, mask, frequencies, STEP, 0, channel)


def examples(count: int, first: int = 0) -> Examples[Spectrogram]:
    labels, values = zip(*(example(first + number) for number in range(count)), strict=True)
    station = tuple(f"XX.S{number % 8}" for number in range(count))
    return Examples(values, labels, groups={"station": station}, classes=CLASSES)


def model(sharper: float = 1.0) -> Model:
    """A logistic regression on the ratio of the bands alone: right by itself, then made too sure of it."""
    method = SpectralFeatures(duration=FRAMES * STEP)
    weight = torch.tensor([[0.0, 0.0, 0.0], [0.0, 3.0, 0.0]]) * sharper
    network = method.network((3,), 2)
    state = {**network.state_dict(), "1.weight": weight, "1.bias": torch.zeros(2)}
    return Model(method, Weights(method.word, CLASSES, (3,), state, method.said(), trained={"seed": 1}))


def scored(of: Model, given: Examples[Spectrogram]) -> Examples:
    return replace(given, values=tuple(of.each(given.values)))


def test_a_model_that_is_too_sure_is_cooled_and_names_the_same():
    sure = model(sharper=5.0)
    mild = Calibrate(balance=False).apply(sure, data=examples(400))
    assert mild.weights.temperature == pytest.approx(5.0, rel=0.25)
    others = examples(400, 10_000)
    before, after = (Score(balance=False).apply(scored(of, others)) for of in (sure, mild))
    assert before["calibration_error"] > 0.08
    assert after["calibration_error"] < 0.05
    assert after["accuracy"] == before["accuracy"]
    assert after["nll"] < before["nll"]


def test_it_says_by_what_it_was_calibrated_and_takes_nothing_away():
    sure = model(sharper=5.0)
    mild = Calibrate().apply(sure, data=examples(100))
    said = mild.weights.trained["calibration"]
    assert (said["examples"], mild.weights.trained["seed"]) == (100, 1)
    assert said["nll_after"] < said["nll_before"]
    assert mild.weights.tensors is sure.weights.tensors
    assert mild.weights.digest != sure.weights.digest


def test_calibrating_again_gives_the_same():
    once = Calibrate(bias=True).apply(model(3.0), data=examples(100))
    again = Calibrate(bias=True).apply(once, data=examples(100))
    assert again.weights.digest == once.weights.digest


def test_a_bias_mends_a_class_that_is_named_too_often():
    of = model()
    moved = {**of.weights.tensors, "1.bias": torch.tensor([0.0, 4.0])}
    wrong = replace(of, weights=replace(of.weights, tensors=moved))
    data, others = examples(400), examples(400, 10_000)
    mended = Calibrate(bias=True).apply(wrong, data=data)
    first, last = (Score().apply(scored(one, others))["balanced_accuracy"] for one in (wrong, mended))
    assert last > first + 0.1
    assert sum(mended.weights.bias) == pytest.approx(0, abs=1e-9)


def test_a_prior_moves_the_odds_by_its_own():
    data = examples(60)
    even, rare = (Calibrate(prior=prior).apply(model(), data=data) for prior in (None, [0.99, 0.01]))
    one, other = (of.each(data.values[:1])[0].logits[0, :, 0] for of in (even, rare))
    moved = (other[1] - other[0]) - (one[1] - one[0])
    assert float(moved) == pytest.approx(float(torch.tensor(0.01 / 0.99).log()), abs=1e-4)


def test_what_cannot_be_calibrated_by_is_refused():
    given = examples(20)
    noise = given.chosen([n for n, label in enumerate(given.labels) if label == "noise"])
    with pytest.raises(Unsuitable, match="no example of tremor"):
        Calibrate().apply(model(), data=noise)
    with pytest.raises(Unsuitable, match="no example to judge by"):
        Calibrate().apply(model(), data=given.chosen([]))
    with pytest.raises(Unsuitable, match="3 probabilities are given"):
        Calibrate(prior=[0.5, 0.3, 0.2]).apply(model(), data=given)
    with pytest.raises(Unsuitable, match="add up to one"):
        Calibrate(prior=[0.5, 0.3]).facts(None)


def test_a_method_that_knows_how_rare_events_are_takes_no_prior():
    diet = DiET(frames=FRAMES, width=2)
    weights = Weights("DiET", CLASSES, (6, 64, FRAMES), diet.network((6, 64, FRAMES), 2).state_dict())
    with pytest.raises(Unsuitable, match="itself takes into account") as told:
        Calibrate(prior=[0.98, 0.02]).apply(Model(diet, weights), data=examples(20))
    assert "DiET quiet=98%" in told.value.repair


# From a file ---------------------------------------------------------------------------------------


def saved(of: Model, folder: Path) -> str:
    path = folder / "own.safetensors"
    write_weights(of.weights, path)
    return str(path)


def test_a_model_comes_back_from_its_file(tmp_path):
    of = Calibrate(bias=True).apply(model(2.0), data=examples(60))
    path = saved(of, tmp_path)
    read = ReadModel(method=Method(SpectralFeatures, {"weights": path}))
    back = read.apply()
    value = examples(1).values
    assert torch.equal(back.each(value)[0].logits, of.each(value)[0].logits)
    assert back.operator.duration == of.operator.duration  # of the file, though another is the default
    assert read.files().found == (path,)
    assert read.fingerprint() == {"weights": read_weights(path).digest}


def test_a_file_of_another_method_or_none_is_refused(tmp_path):
    path = saved(model(), tmp_path)
    with pytest.raises(Unsuitable, match="holds weights of `spectral-features`, not of `DiET`"):
        ReadModel(method=Method(DiET, {"weights": path})).apply()
    with pytest.raises(Unsuitable, match="`bandpass` has no weights to read"):
        ReadModel(method=Method(Bandpass, {})).files()
    gone = ReadModel(method=Method(DiET, {"weights": str(tmp_path / "gone.safetensors")}))
    assert gone.files().missing == (str(tmp_path / "gone.safetensors"),)
    with pytest.raises(Unsuitable, match="no weights of `spectral-features` come with"):
        ReadModel(method=Method(SpectralFeatures, {})).apply()
