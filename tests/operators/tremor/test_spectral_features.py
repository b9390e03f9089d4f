"""The baseline of three features: what it tells apart, and that chunks and gaps do not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from seisdsl.data.scores import Scores
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.data.weights import Weights
from seisdsl.engine.chunks import chunks, widened
from seisdsl.operator import Facts, Unsuitable
from seisdsl.operators.signal.spectrogram import Spectrograms
from seisdsl.operators.tremor.spectral_features import SpectralFeatures

BEGIN = 1_471_219_200 * NS
CLASSES = ("noise", "earthquake", "tremor")
METHOD = SpectralFeatures(duration=41.0, hop=10.0)


def waves(seconds: float = 400.0, rate: float = 25.0, start: int = BEGIN + 7 * NS) -> Waves:
    codes = ("A.HHZ", "A.HHN", "A.HHE", "B.HHZ")
    samples = torch.from_numpy(np.random.default_rng(8).normal(size=(4, round(seconds * rate)))).float()
    channels = tuple(Channel("XX", code[0], "", code[2:]) for code in codes)
    return Waves(samples, torch.ones(samples.shape, dtype=torch.bool), rate, start, channels)


def with_gaps(of: Waves, *gaps: tuple[int, int, int]) -> Waves:
    mask = of.mask.clone()
    for trace, start, end in gaps:
        mask[trace, start:end] = False
    return of.with_samples(of.samples.masked_fill(~mask, 0), mask=mask)


def weights(**more: Any) -> Weights:
    torch.manual_seed(4)
    return Weights(METHOD.word, CLASSES, (3,), METHOD.network((3,), 3).state_dict(), METHOD.said(), **more)


def spectrogram(of: Waves, **more: Any) -> Spectrogram:
    return Spectrograms(**more).apply(of)


@pytest.mark.parametrize("length", [30, 97, 300])
def test_the_scores_do_not_depend_on_the_chunks(length):
    value = spectrogram(with_gaps(waves(), (0, 4100, 4130), (3, 0, 2000), (3, 7000, 9000)))
    whole = METHOD.judged(value, weights())
    assert 0 < int(whole.mask.sum()) < whole.mask.numel()
    context = METHOD.context(Facts())
    parts = []
    for time in chunks([value.span], length * NS):
        wide = widened(time, context.before + 0.1, context.after + 0.1, value.span)
        parts.append(METHOD.judged(value.within(wide), weights()).within(time))
    found = Scores.joined(parts)
    assert (found.start, found.step, found.channels) == (whole.start, whole.step, whole.channels)
    assert torch.equal(found.mask, whole.mask)
    torch.testing.assert_close(found.logits, whole.logits, atol=1e-5, rtol=0)


def test_windows_stand_where_the_clock_puts_them():
    one, other = (METHOD.judged(spectrogram(of), weights()) for of in (waves(), waves().cut(333, 9000)))
    span = type(one.span)(BEGIN + 120 * NS, BEGIN + 240 * NS)
    one, other = one.within(span), other.within(span)
    assert one.start == other.start
    torch.testing.assert_close(one.logits, other.logits, atol=1e-5, rtol=0)


def test_an_example_is_read_as_the_same_stretch_of_a_long_record():
    long = spectrogram(waves())
    scores = METHOD.judged(long, weights())
    frames = round(METHOD.duration / long.step)
    centre = scores.time_of(5)
    half = round(frames * long.step / 2 * NS)
    example = long.within(type(long.span)(centre - half, centre + half))
    example = Spectrogram(
        example.power[3:], example.mask[3:], example.frequencies, example.step, example.start,
        example.channels[3:],
    )  # fmt: skip
    assert example.windows == frames
    [own] = METHOD.judged_each([example], weights())
    assert own.start == centre
    torch.testing.assert_close(own.logits[0, :, 0], scores.logits[1, :, 5], atol=1e-5, rtol=0)


def test_what_lacks_a_quarter_of_its_frames_is_not_judged():
    scores = METHOD.judged(spectrogram(with_gaps(waves(), (3, 5000, 5400))), weights())
    assert bool(scores.mask[0].all())
    assert 0 < int((~scores.mask[1]).sum()) < scores.windows
    assert not scores.logits[1][:, ~scores.mask[1]].any()


def test_no_length_gives_no_score():
    assert METHOD.judged(spectrogram(waves().cut(0, 20)), weights()).windows == 0


def test_what_it_cannot_read_is_refused():
    with pytest.raises(Unsuitable, match="up to 12 Hz"):
        METHOD.judged(spectrogram(waves(rate=20.0)), weights())
    with pytest.raises(Unsuitable, match="Hz apart"):
        METHOD.judged(spectrogram(waves(), window=0.64), weights())
    with pytest.raises(Unsuitable, match="a window is 41 s") as told:
        METHOD.inputs([spectrogram(waves(seconds=25).select([3]))])
    assert "window=41s" in told.value.repair
    with pytest.raises(Unsuitable, match="no weights of"):
        METHOD.apply(spectrogram(waves()))
