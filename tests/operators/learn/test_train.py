"""Training: what is learnt, what is kept, and that a stop loses nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import Channel
from seisdsl.data.weights import read_weights, write_weights
from seisdsl.language.check import check
from seisdsl.methods.learn import training
from seisdsl.methods.learn.training import Rows, Settings, fit, rise_and_fall
from seisdsl.operator import Method, Unsuitable
from seisdsl.operators.learn.train import Train
from seisdsl.operators.tremor.diet import DiET
from seisdsl.source import SourceText

CLASSES = ("noise", "low", "high")
CHANNELS = tuple(Channel("XX", "A", "", f"EH{code}") for code in "ZNE")


def example(label: str, number: int) -> Spectrogram:
    """Noise, with a burst at 2 or at 8 Hz in half of its frames."""
    chance = torch.Generator().manual_seed(number)
    power = torch.rand(3, 65, 16, generator=chance) + 0.1
    bins = {"low": slice(8, 14), "high": slice(38, 46)}.get(label)
    if bins:
        power[:, bins, 4:12] *= 30
    frequencies = torch.arange(65, dtype=torch.float64) / 5.12
    return Spectrogram(power, torch.ones(3, 16, dtype=torch.bool), frequencies, 2.56, 0, CHANNELS)


def examples(count: int, first: int = 0) -> Examples[Spectrogram]:
    labels = tuple(CLASSES[n % 3] for n in range(count))
    values = tuple(example(label, first + n) for n, label in enumerate(labels))
    return Examples(values, labels, classes=CLASSES)


def train(**more: object) -> Train:
    method = Method(DiET, {"frames": 16, "width": 4, "dropout": 0.0})
    return Train(**{"method": method, "epochs": 8, "batch": 12, "rate": 1e-2, **more})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEISDSL_CACHE", str(tmp_path_factory.mktemp("cache")))
        return train().apply(examples(60), valid=examples(30, 1000))


def test_what_was_learnt_holds_for_others(model):
    others = examples(30, 5000)
    said = [model(value) for value in others.values]
    named = [scores.classes[int(scores.logits[0, :, 0].argmax())] for scores in said]
    assert sum(a == b for a, b in zip(named, others.labels, strict=True)) >= 27


def test_the_history_has_a_row_for_each_pass(model):
    frame = model.history.frame
    assert frame["epoch"].to_list() == list(range(1, len(frame) + 1))
    assert frame["loss"][-1] < frame["loss"][0]
    assert frame["balanced_accuracy"].max() > 0.9


def test_equal_seeds_give_equal_weights(model, monkeypatch, tmp_path):
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path))
    again = train().apply(examples(60), valid=examples(30, 1000))
    assert again.weights.digest == model.weights.digest
    other = train(seed=2).apply(examples(60), valid=examples(30, 1000))
    assert other.weights.digest != model.weights.digest


def test_a_training_that_was_stopped_goes_on_and_ends_alike(model, monkeypatch, tmp_path):
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path))
    kept, passes = training.kept, []

    def stops(place, state):
        kept(place, state)
        passes.append(len(state.history))
        if len(passes) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(training, "kept", stops)
    with pytest.raises(KeyboardInterrupt):
        train().apply(examples(60), valid=examples(30, 1000))
    again = train().apply(examples(60), valid=examples(30, 1000))
    assert passes[:5] == [1, 2, 3, 4, 5]
    assert again.weights.digest == model.weights.digest
    assert not list((tmp_path / "training").iterdir()), "what was kept of it is let go"


def test_weights_come_back_from_a_file_and_say_the_same(model, tmp_path):
    write_weights(model.weights, tmp_path / "w.safetensors")
    back = Model.of_weights(read_weights(str(tmp_path / "w.safetensors")))
    value = example("low", 7)
    assert torch.equal(back(value).logits, model(value).logits)
    assert back.operator == model.operator
    assert DiET(weights=str(tmp_path / "w.safetensors"), frames=64).apply(value).logits.shape == (1, 3, 1)


def test_a_changed_file_of_weights_is_refused(model, tmp_path):
    path = tmp_path / "w.safetensors"
    write_weights(model.weights, path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(Unsuitable, match="changed or damaged"):
        read_weights(str(path))


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "not whole"), (b"\xff" * 64, "not whole"), (b"<html></html>" * 9, "not whole")],
)
def test_what_is_no_file_of_weights_is_refused(tmp_path, content, why):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(Unsuitable, match=why):
        read_weights(str(tmp_path / "w.safetensors"))


def test_weights_of_another_program_are_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(2)}, tmp_path / "w.safetensors")
    with pytest.raises(Unsuitable, match="another program"):
        read_weights(str(tmp_path / "w.safetensors"))


def test_rare_classes_are_drawn_as_often_as_others(monkeypatch, tmp_path):
    """Of 5 in 100, a balanced training finds the rare class where a plain one does not."""
    torch.manual_seed(0)
    targets = torch.tensor([0] * 95 + [1] * 5)
    inputs = torch.randn(100, 1) * 0.3 + targets[:, None]
    state = {}
    for balance in (True, False):
        found = fit(
            torch.nn.Linear(1, 2), Rows(inputs, targets), None, Settings(epochs=30, rate=0.1, balance=balance),
            loss=torch.nn.functional.cross_entropy, varied=lambda rows, chance: rows, classes=2,
        )  # fmt: skip
        logits = inputs @ found.best["weight"].T + found.best["bias"]
        state[balance] = (logits.argmax(1) == targets)[targets == 1].double().mean()
    assert state[True] > state[False]


def test_shares_of_classes_are_learnt_and_drawn_as_their_likeliest_class():
    kind = torch.tensor([0] * 90 + [1] * 10)
    inputs = torch.nn.functional.one_hot(kind, 2).float()
    shares = torch.where(inputs > 0, 0.8, 0.2)
    state = fit(
        torch.nn.Linear(2, 2), Rows(inputs, shares), Rows(inputs, shares),
        Settings(epochs=150, batch=50, rate=0.1), loss=torch.nn.functional.cross_entropy,
        varied=lambda rows, chance: rows, classes=2,
    )  # fmt: skip
    net = torch.nn.Linear(2, 2)
    net.load_state_dict(state.best)
    assert net(torch.eye(2)).softmax(1).diagonal().tolist() == pytest.approx([0.8, 0.8], abs=0.03)
    assert state.history[-1]["balanced_accuracy"] == 1.0


def test_it_ends_when_patience_does():
    inputs, targets = torch.randn(8, 2), torch.tensor([0, 1] * 4)
    wrong = Rows(inputs, 1 - targets)  # what is learnt makes validation worse from the first pass on
    found = fit(
        torch.nn.Linear(2, 2), Rows(inputs, targets), wrong, Settings(epochs=50, rate=0.1, patience=3),
        loss=torch.nn.functional.cross_entropy, varied=lambda rows, chance: rows, classes=2,
    )  # fmt: skip
    assert len(found.history) < 50
    assert found.since_best == 3


def test_the_rate_rises_and_falls():
    assert rise_and_fall(0.0) == pytest.approx(0.05)
    assert rise_and_fall(0.1) == pytest.approx(1.0)
    assert rise_and_fall(0.55) == pytest.approx(0.5)
    assert rise_and_fall(1.0) == pytest.approx(0.0)


def test_a_training_can_begin_with_weights(model, monkeypatch, tmp_path):
    monkeypatch.setenv("SEISDSL_CACHE", str(tmp_path))
    write_weights(model.weights, tmp_path / "w.safetensors")
    more = train(start=str(tmp_path / "w.safetensors"), epochs=1, rate=1e-6).apply(examples(12))
    drift = max((more.weights.tensors[n] - t).abs().max().item() for n, t in model.weights.tensors.items()
                if t.is_floating_point() and "running" not in n)  # fmt: skip
    assert drift < 1e-4


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Examples((), ()), "no example"),
        (replace(examples(3), labels=()), "no labels"),
        (replace(examples(3), labels=("noise",) * 3, classes=("noise",)), "all examples are of one class"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(given, why):
    with pytest.raises(Unsuitable, match=why):
        train().apply(given)


@pytest.mark.parametrize(("name", "own"), [("rate", True), ("balance", False)])
def test_what_a_method_of_rows_does_not_listen_to_is_refused(name, own):
    text = f"simulate-ground-motion | train (motion-model target=pga) {name}={'0.1' if own else 'true'}"
    (told,) = check(SourceText.of(text, "a.seis")).diagnostics
    assert f"`motion-model` learns in its own way, and does not listen to `{name}`" in told.message
    assert told.labels[0].place.text == ("0.1" if own else "true")
    assert (told.fix is not None) == own
