"""filter-response, notch-test and error-agreement, on networks whose answers are known beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from scipy import signal

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.scores import Scores
from seisdsl.data.waves import Channel, Waves
from seisdsl.data.weights import Weights
from seisdsl.operator import Unsuitable
from seisdsl.operators.tremor.error_agreement import ErrorAgreement
from seisdsl.operators.tremor.filter_response import FilterResponse
from seisdsl.operators.tremor.notch_test import NotchTest
from seisdsl.operators.tremor.srspec_cnn import SRSpecCNN
from seisdsl.operators.tremor.waveform_cnn import WaveformCNN

RATE = 25.0
CLASSES = ("noise", "low", "high")
METHOD = WaveformCNN(length=1024, filters=3, kernel=65)
CHANNELS = (Channel("XX", "A", "", "HHZ"),)


def of_band(low: float, high: float, seed: int) -> Waves:
    """Noise between two frequencies."""
    white = np.random.default_rng(seed).normal(size=1024)
    sos = signal.butter(6, [low, high], "bandpass", fs=RATE, output="sos")
    samples = torch.from_numpy(signal.sosfilt(sos, white)).float()[None]
    return Waves(samples, torch.ones_like(samples, dtype=torch.bool), RATE, 0, CHANNELS)


def examples(number: int = 20) -> Examples[Waves]:
    """Two classes whose spectra are those of bands that meet at 6 Hz."""
    values = [of_band(2.0, 6.0, seed) for seed in range(number)]
    values += [of_band(6.0, 10.0, 100 + seed) for seed in range(number)]
    labels = ("low",) * number + ("high",) * number
    return Examples(tuple(values), labels, classes=CLASSES)


def weights(*filters: np.ndarray[Any, Any]) -> Weights:
    torch.manual_seed(0)
    tensors = METHOD.network((1, 1024), 3).state_dict()
    tensors["first.weight"] = torch.tensor(np.stack(filters), dtype=torch.float32)[:, None]
    return Weights(METHOD.word, CLASSES, (1, 1024), tensors, METHOD.said())


LOW = signal.firwin(65, 5.0, fs=RATE)
HIGH = signal.firwin(65, 5.0, fs=RATE, pass_zero=False)
MODEL: Model[Waves, Scores] = Model(METHOD, weights(0.1 * LOW, HIGH, -2 * LOW))


def test_the_filters_are_those_of_the_network_and_the_strongest_comes_first():
    read = FilterResponse(smooth=0.0).apply(MODEL)
    bands = read["bands"].frame
    norms = [2 * np.linalg.norm(LOW), np.linalg.norm(HIGH), 0.1 * np.linalg.norm(LOW)]
    order = np.argsort(norms)[::-1]
    np.testing.assert_allclose(bands["norm"].to_numpy(), np.array(norms)[order], rtol=1e-6)
    assert bands["group"].to_list() == [1, 2, 1]
    gains = read["gains"].frame.filter(read["gains"].frame["filter"] == 3)
    _, expected = signal.freqz(LOW, worN=gains["frequency"].to_numpy(), fs=RATE)
    expected = 20 * np.log10(np.maximum(abs(expected) / abs(expected).max(), 1e-6))
    np.testing.assert_allclose(gains["gain"].to_numpy(), expected, atol=0.1)


def test_two_filters_cross_where_they_were_cut():
    crossing = FilterResponse().apply(MODEL)["crossings"].frame.row(0, named=True)
    assert crossing["one"] == "filters of group 1"
    assert crossing["frequency"] == pytest.approx(5.0, abs=0.15)
    assert crossing["weight"] > 1


def test_the_mean_spectra_of_classes_cross_where_they_were_parted():
    found = FilterResponse().apply(MODEL, examples=examples())["crossings"].frame
    classes = found.filter(found["one"] == "low").row(0, named=True)
    assert (classes["one"], classes["other"]) == ("low", "high")
    assert classes["frequency"] == pytest.approx(6.0, abs=0.2)


def test_filters_of_one_kind_do_not_cross():
    model = Model(METHOD, weights(LOW, LOW, LOW))
    read = FilterResponse().apply(model)
    assert len(read["crossings"]) == 0
    assert set(read["bands"].frame["group"]) == {1}


def test_a_network_without_such_filters_is_refused():
    method = SRSpecCNN()
    with pytest.raises(Unsuitable, match="no filters on waveforms"):
        FilterResponse().apply(Model(method, replace(MODEL.weights, method=method.word)))


def test_leaning_turns_where_a_network_turns():
    """One that goes by the power below 6 Hz for `low` and by that above for `high`."""
    model = Model(ByPower(length=1024), replace(MODEL.weights, shape=(1, 1024)))
    read = FilterResponse(smooth=0.2).apply(model, examples=examples())
    leaning = read["leaning"].frame.filter(pl.col("one") == "low", pl.col("other") == "high")
    assert bool((leaning.filter(pl.col("frequency") < 5.8)["leaning"] >= 0).all())
    assert bool((leaning.filter(pl.col("frequency") > 6.2)["leaning"] <= 0).all())
    turn = read["crossings"].frame.filter(pl.col("one") == "leaning to low").row(0, named=True)
    assert turn["other"] == "leaning to high"
    assert turn["frequency"] == pytest.approx(6.0, abs=0.2)


def test_without_examples_nothing_is_said_of_leaning():
    assert len(FilterResponse().apply(MODEL)["leaning"]) == 0


# notch-test


class LoudBelow(torch.nn.Module):
    """Names `low` where most power is below 6 Hz, and `high` where not; `noise` of nothing at all."""

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        power = torch.fft.rfft(rows[:, 0]).abs().square()
        at = torch.fft.rfftfreq(rows.shape[-1], 1 / RATE) < 6
        below, above = power[:, at].sum(1), power[:, ~at].sum(1)
        return torch.stack([torch.full_like(below, 1e-9), below, above], 1)


class ByPower(WaveformCNN):
    """Stands in for a trained network."""

    def network(self, shape: tuple[int, ...], classes: int) -> torch.nn.Module:
        return LoudBelow()

    def loaded(self, weights: Weights, device: Any) -> torch.nn.Module:
        return LoudBelow()


def test_only_the_band_that_a_network_goes_by_costs_accuracy():
    method = ByPower(length=1024)
    model = Model(method, Weights("waveform-cnn", CLASSES, (1, 1024), {}))
    values = []
    for seed in range(15):
        low, high = of_band(2.2, 2.8, seed), of_band(8.2, 8.8, 50 + seed)
        values += [low.with_samples(low.samples + 0.3 * high.samples)]
    values += [of_band(8.2, 8.8, 200 + seed) for seed in range(15)]
    data = Examples(tuple(values), ("low",) * 15 + ("high",) * 15, classes=CLASSES)
    rows = NotchTest().apply(model, examples=data).frame
    assert rows["low"].to_list() == list(range(12))
    costly = rows.filter(rows["drop"] > 0.01)
    assert costly["low"].to_list() == [2.0]  # without it, what is left of `low` lies at 8 Hz
    assert costly["drop"][0] == pytest.approx(0.5)
    assert costly["drop_low"][0] > 0.3
    assert set(rows.filter(rows["low"] != 2)["drop"]) == {0.0}


def test_each_recorded_run_is_notched_on_its_own():
    """What lies across a gap is not carried into it, nor past it."""
    seen: list[Waves] = []

    class Watching(ByPower):
        def inputs(self, values: Any) -> torch.Tensor:
            seen.extend(values)
            return super().inputs(values)

    value = of_band(2.0, 10.0, 1)
    mask = value.mask.clone()
    mask[0, 500:520] = False
    value = value.with_samples(value.samples, mask=mask)
    data = Examples((value,), ("low",), classes=CLASSES)
    model = Model(Watching(length=1024), Weights("waveform-cnn", CLASSES, (1, 1024), {}))
    NotchTest().apply(model, examples=data)
    apart = [value.cut(0, 500), value.cut(520, 1024)]
    for part, at in zip(apart, (slice(0, 500), slice(520, 1024)), strict=True):
        alone = Examples((part,), ("low",), classes=CLASSES)
        watched = len(seen)
        short = Watching(length=256)
        NotchTest().apply(Model(short, replace(model.weights, shape=(1, 256))), examples=alone)
        ours, theirs = seen[1 + 3].samples[:, at], seen[watched + 1 + 3].samples
        torch.testing.assert_close(ours, theirs)
    assert not seen[4].samples[0, 500:520].any()


def test_examples_it_cannot_judge_are_refused():
    data = examples(2)
    with pytest.raises(Unsuitable, match="some examples are eruption"):
        NotchTest().apply(MODEL, examples=replace(data, labels=("eruption",) * 4))
    with pytest.raises(Unsuitable, match="no labels"):
        NotchTest().apply(MODEL, examples=replace(data, labels=()))


# error-agreement


def scored(said: list[str | None], truth: list[str]) -> Examples[Scores]:
    values = []
    for name in said:
        logits = torch.tensor([[[5.0 if one == name else 0.0] for one in CLASSES]])
        mask = torch.tensor([[name is not None]])
        values.append(Scores(logits, mask, CLASSES, 0, 1.0, 1.0, CHANNELS))
    return Examples(tuple(values), tuple(truth), classes=CLASSES)


def test_the_overlap_is_that_of_the_same_wrong_label():
    truth = ["noise"] * 4 + ["low"] * 4
    one = ["noise", "low", "low", "high", "low", "low", "high", "low"]
    other = ["noise", "low", "high", "noise", "low", "low", "high", None]
    table = ErrorAgreement().apply({"one": scored(one, truth), "other": scored(other, truth)})
    row = table.frame.row(0, named=True)
    assert (row["method"], row["against"]) == ("one", "other")
    assert (row["examples"], row["wrong"], row["same"]) == (7, 4, 2)
    assert row["overlap"] == pytest.approx(0.5)
    # noise: (1/4, 2/4, 1/4) and (2/4, 1/4, 1/4); low: (0, 2/3, 1/3) twice
    same = 4 * (1 / 2 * 1 / 4 + 1 / 4 * 1 / 4) + 3 * (1 / 3 * 1 / 3)
    wrong = 4 * (1 - 1 / 4 * 2 / 4) + 3 * (1 - 2 / 3 * 2 / 3)
    assert row["chance"] == pytest.approx(same / wrong)


def test_classes_in_another_order_are_the_same_classes():
    truth = ["noise", "low", "high", "low"]
    one = scored(["noise", "high", "high", "low"], truth)
    turned = tuple(replace(value, classes=CLASSES[::-1], logits=value.logits.flip(1)) for value in one.values)
    row = ErrorAgreement().apply({"a": one, "b": replace(one, values=turned)}).frame.row(0, named=True)
    assert (row["wrong"], row["same"]) == (1, 1)


def test_three_methods_are_compared_two_by_two_and_perfect_ones_have_no_share():
    truth = ["noise", "low"]
    right = scored(list(truth), truth)
    frame = ErrorAgreement().apply({"a": right, "b": right, "c": scored(["low", "low"], truth)}).frame
    assert frame["method"].to_list() == ["a", "a", "b"]
    assert frame["overlap"].to_list() == [None, 0.0, 0.0]
    assert frame["chance"][0] is None


def test_other_examples_are_refused():
    one, other = scored(["noise"], ["noise"]), scored(["low"], ["low"])
    with pytest.raises(Unsuitable, match="other examples"):
        ErrorAgreement().apply({"one": one, "other": other})
