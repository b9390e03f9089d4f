"""SRSpec-CNN and waveform-cnn in use: what they read, what they refuse, and that chunks do not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.data.weights import Weights
from seisdsl.engine.chunks import chunks, widened
from seisdsl.language.types import Range
from seisdsl.learning import Learned
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.signal.spectrogram import Spectrograms
from seisdsl.operators.tremor.srspec_cnn import SRSpecCNN
from seisdsl.operators.tremor.waveform_cnn import WaveformCNN

BEGIN = 1_471_219_200 * NS
CLASSES = ("noise", "earthquake", "tremor")
IMAGES = SRSpecCNN(size=32, duration=60.0, channels=2, hidden=8, hop=10.0)
TRACES = WaveformCNN(length=1024, filters=2, kernel=17, hop=10.0)


def waves(
    seconds: float = 400.0,
    rate: float = 25.0,
    codes: tuple[str, ...] = ("A.HHZ", "A.HHN", "A.HHE", "B.HHZ"),
    start: int = BEGIN + 7 * NS,
) -> Waves:
    samples = torch.from_numpy(
        np.random.default_rng(8).normal(size=(len(codes), round(seconds * rate)))
    ).float()
    channels = tuple(Channel("XX", code[0], "", code[2:]) for code in codes)
    return Waves(samples, torch.ones(samples.shape, dtype=torch.bool), rate, start, channels)


def with_gaps(of: Waves, *gaps: tuple[int, int, int]) -> Waves:
    mask = of.mask.clone()
    for trace, start, end in gaps:
        mask[trace, start:end] = False
    return of.with_samples(of.samples, mask=mask)


def untrained(method: Learned, components: int = 1, **more: Any) -> Weights:
    torch.manual_seed(4)
    shape = (components, 32, 32) if isinstance(method, SRSpecCNN) else (components, 1024)
    network = method.network(shape, 3)
    return Weights(method.word, CLASSES, shape, network.state_dict(), method.said(), **more)


def spectrogram(of: Waves, **more: Any) -> Spectrogram:
    return Spectrograms(**{"window": 4.0, **more}).apply(of)


def piped(method: Learned, of: Waves) -> Any:
    return spectrogram(of) if isinstance(method, SRSpecCNN) else of


both = pytest.mark.parametrize("method", [IMAGES, TRACES], ids=lambda method: method.word)


@both
@pytest.mark.parametrize("components", ["vertical", "three"])
@pytest.mark.parametrize("length", [30, 97, 300])
def test_the_scores_do_not_depend_on_the_chunks(method, components, length):
    method = method.model_copy(update={"components": components})
    weights = untrained(method, 3 if components == "three" else 1)
    value = piped(method, with_gaps(waves(), (0, 4100, 4130), (3, 0, 2000), (1, 7000, 9000)))
    whole = method.judged(value, weights)
    assert 0 < int(whole.mask.sum()) < whole.mask.numel()
    context = method.context(Facts(rate=25.0))
    parts = []
    for time in chunks([value.span], length * NS):
        wide = widened(time, context.before + 0.1, context.after + 0.1, value.span)
        parts.append(method.judged(value.within(wide), weights).within(time))
    found = Scores.joined(parts)
    assert (found.start, found.step, found.channels) == (whole.start, whole.step, whole.channels)
    assert torch.equal(found.mask, whole.mask)
    torch.testing.assert_close(found.logits, whole.logits, atol=1e-5, rtol=0)


@both
def test_windows_stand_where_the_clock_puts_them(method):
    weights = untrained(method)
    one = method.judged(piped(method, waves()), weights)
    other = method.judged(piped(method, waves().cut(333, 9000)), weights)
    shared = other.within(type(other.span)(BEGIN + 120 * NS, BEGIN + 240 * NS))
    expected = one.within(shared.span)
    assert shared.start == expected.start
    assert bool(shared.mask.all())
    torch.testing.assert_close(shared.logits, expected.logits, atol=1e-5, rtol=0)


@both
def test_each_example_is_judged_whatever_its_time(method):
    weights = untrained(method, temperature=2.0, bias=(0.5, 0.0, -1.0))
    parts = [waves(seconds=64, codes=("A.HHZ",), start=BEGIN + at) for at in (0, 3 * NS, 11 * NS)]
    values = [piped(method, part) for part in parts]
    found = method.judged_each(values, weights)
    network = method.loaded(weights, "cpu")
    with torch.no_grad():
        plain = network(method.inputs(values))
    for value, own, logits in zip(values, found, plain, strict=True):
        expected = logits / 2.0 + torch.tensor(weights.bias)
        torch.testing.assert_close(own.logits[0, :, 0], expected)
        assert (own.windows, own.classes, bool(own.mask.all())) == (1, CLASSES, True)
        span = value.span
        assert span.start < own.start < span.end


@both
def test_an_example_is_read_as_the_same_stretch_of_a_long_record(method):
    weights = untrained(method)
    long = piped(method, waves())
    scores = method.judged(long, weights)
    number = 12
    half = round(method.context(Facts()).before * NS)
    centre = scores.time_of(number)
    example = long.within(type(long.span)(centre - half, centre + half)).__class__.joined(
        [long.within(type(long.span)(centre - half, centre + half))]
    )
    example = _of_one_station(example)
    logits = method.logits(method.inputs([example]), weights, method.loaded(weights, "cpu"))
    torch.testing.assert_close(logits[0], scores.logits[0, :, number], atol=2e-2, rtol=0)


def _of_one_station(value: Any) -> Any:
    if isinstance(value, Waves):
        return value.select([0])
    return replace(value, power=value.power[:1], mask=value.mask[:1], channels=value.channels[:1])


@both
def test_a_dead_channel_and_a_missing_component_are_not_judged(method):
    weights = untrained(method)
    of = waves()
    samples = of.samples.clone()
    samples[3] = 0
    scores = method.judged(piped(method, of.with_samples(samples)), weights)
    assert bool(scores.mask[0].any())
    assert not scores.mask[1].any()
    assert not scores.logits[1].any()
    horizontal = of.select([1, 2])
    assert not method.judged(piped(method, horizontal), weights).mask.any()
    with pytest.raises(Unsuitable, match="no vertical component"):
        method.inputs([piped(method, horizontal.cut(0, 1600))])


@both
def test_no_trace_and_no_length_give_no_score(method):
    weights = untrained(method)
    assert method.judged(piped(method, waves().select([])), weights).mask.shape[0] == 0
    assert method.judged(piped(method, waves().cut(0, 20)), weights).windows == 0


@both
def test_it_says_so_when_no_weights_are_named(method):
    with pytest.raises(Unsuitable, match="no weights"):
        method.apply(piped(method, waves()))


def test_gain_does_not_change_a_score():
    weights = untrained(IMAGES)
    one, other = (
        IMAGES.judged(spectrogram(replace(w, samples=w.samples * gain)), weights)
        for w, gain in ((waves(), 1.0), (waves(), 1e-9))
    )
    torch.testing.assert_close(one.logits, other.logits, atol=1e-4, rtol=0)


def test_a_window_that_touches_a_gap_is_not_judged():
    of = with_gaps(waves(), (0, 5000, 5001))
    scores = TRACES.judged(of, untrained(TRACES))
    gap = of.time_of(5000)
    half = round(TRACES.length / 25 / 2 * NS)
    expected = [not scores.time_of(n) - half <= gap < scores.time_of(n) + half for n in range(scores.windows)]
    assert scores.mask[0].tolist() == expected


def test_an_image_may_lack_a_quarter_of_its_columns():
    of = with_gaps(waves(seconds=64), (0, 0, 500))  # 20 s of 64
    scores = IMAGES.judged(spectrogram(of), untrained(IMAGES))
    middle = scores.mask[0, scores.windows // 2]
    full = IMAGES.judged(spectrogram(waves(seconds=64)), untrained(IMAGES)).mask[0, scores.windows // 2]
    assert bool(full)
    assert not middle


def test_the_columns_do_not_depend_on_the_overlap_of_the_spectrogram():
    """A smooth change of power is read alike from windows 2 s and 1 s apart."""
    of = waves(seconds=70, codes=("A.HHZ",))
    time = torch.arange(of.length) / 25
    tone = torch.sin(2 * np.pi * 5 * time) * (1 + 0.9 * torch.sin(2 * np.pi * time / 40))
    of = of.with_samples(tone[None] + 1e-3 * of.samples)
    row = round((5.0 - 2.0) / 0.25)
    one, other = (IMAGES.inputs([spectrogram(of, overlap=overlap)])[0, 0, row] for overlap in (0.5, 0.75))
    assert float(one.max() - one.min()) > 0.05
    torch.testing.assert_close(one, other, atol=0.03, rtol=0)


@pytest.mark.parametrize(
    ("change", "message", "repair"),
    [
        ({"window": 8.0}, "0.125 Hz apart", "window=4s overlap=50%"),
        ({"overlap": 0.0}, "windows 4 s", "window=4s overlap=50%"),
    ],
)
def test_other_spectrograms_are_refused_with_the_repair(change, message, repair):
    with pytest.raises(Unsuitable, match=message) as told:
        IMAGES.judged(spectrogram(waves(), **change), untrained(IMAGES))
    assert repair in told.value.repair


def test_what_an_image_cannot_hold_is_refused():
    with pytest.raises(Unsuitable, match="reaches 10 Hz"):
        IMAGES.judged(spectrogram(waves(rate=16.0)), untrained(IMAGES))
    with pytest.raises(Unsuitable, match="no row begins at"):
        SRSpecCNN(size=32, band=Range(2.1, 10.1)).judged(spectrogram(waves()), untrained(IMAGES))
    with pytest.raises(Unsuitable, match="takes 60 s") as told:
        IMAGES.inputs([spectrogram(waves(seconds=40, codes=("A.HHZ",)))])
    assert "window=60s" in told.value.repair


def test_other_rates_are_refused_with_the_repair():
    with pytest.raises(Unsuitable, match="these have 100 Hz") as told:
        TRACES.facts(Facts(rate=100.0))
    assert told.value.repair == "write `resample 25Hz` before it"
    with pytest.raises(Unsuitable, match="has no middle"):
        WaveformCNN(kernel=64).facts(Facts(rate=25.0))
    with pytest.raises(Unsuitable, match="an example holds"):
        TRACES.inputs([waves(seconds=20, codes=("A.HHZ",))])


def test_a_seed_says_how_examples_are_varied():
    rows = torch.randn(16, 1, 32, 32)
    one, again, other = (IMAGES.varied(rows, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    torch.testing.assert_close(one.sort(-1).values, rows.sort(-1).values)
    traces = torch.randn(16, 1, 1024)
    varied = TRACES.varied(traces, torch.Generator().manual_seed(1))
    torch.testing.assert_close(varied.abs().sort(-1).values, traces.abs().sort(-1).values)
