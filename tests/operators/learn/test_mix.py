"""Waves buried in noise at a known amplitude over it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from seisdsl.data.examples import Examples
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import Range
from seisdsl.operator import Unsuitable
from seisdsl.operators.learn.mix import Mix


def value(number: int, station: str, length: int, codes: tuple[str, ...], size: float) -> Waves:
    samples = size * torch.randn(len(codes), length, generator=torch.Generator().manual_seed(number))
    channels = tuple(Channel("XX", station, "", code) for code in codes)
    return Waves(samples, torch.ones_like(samples, dtype=torch.bool), 20.0, number * NS, channels)


def noises(count: int = 5) -> Examples[Waves]:
    values = tuple(value(n, "NOISE", 500, ("EHZ", "EH1", "EH2"), 2.0) for n in range(count))
    groups = {"time": tuple(n * NS for n in range(count)), "station": ("XX.NOISE",) * count}
    return Examples(values, ("noise",) * count, (), groups, ("noise",))


def stacks(count: int = 8) -> Examples[Waves]:
    values = tuple(value(100 + n, "STACK", 120, ("BHE", "BHZ"), 1e-6) for n in range(count))
    return Examples(
        values, ("tremor",) * count, (), {"event": tuple(f"family {n}" for n in range(count))}, ("tremor",)
    )


def test_waves_lie_somewhere_in_the_noise_with_the_ratio_they_are_said_to_have():
    given, quiet = stacks(), noises()
    found = Mix(ratio=Range(0.5, 4.0), copies=3, beside=False).apply(given, noise=quiet)
    assert len(found) == 24
    places = set()
    for number, (mixed, told, time) in enumerate(
        zip(found.values, found.truth, found.groups["time"], strict=True)
    ):
        wave, behind = given.values[number // 3], quiet.values[time // NS]
        more = mixed.samples - behind.samples
        assert not bool(more[1].any())  # the stack has no northward component
        there = more[0].nonzero()[:, 0]
        first = int(there[0])
        part = slice(first, first + 120)
        assert int(there[-1]) == first + 119
        size = float((more[0, part] / wave.samples[1]).mean())
        torch.testing.assert_close(more[[2, 0], part], size * wave.samples, atol=1e-5, rtol=1e-3)
        level = behind.samples[[0, 2], part]
        ratio = np.sqrt(
            float(((size * (wave.samples - wave.samples.mean(1, keepdim=True))) ** 2).mean())
            / float(((level - level.mean(1, keepdim=True)) ** 2).mean())
        )
        assert told == {"score": pytest.approx(ratio, rel=1e-3)}
        places.add(first)
    assert len(places) > 15
    assert found.groups["station"] == ("XX.NOISE",) * 24
    assert found.groups["event"][:4] == ("family 0",) * 3 + ("family 1",)
    scores = [told["score"] for told in found.truth]
    assert 0.5 <= min(scores) < 1
    assert 2 < max(scores) <= 4


def test_the_noise_itself_comes_too():
    found = Mix(ratio=Range(1.0, 2.0)).apply(stacks(), noise=noises())
    assert found.numbers() == {"noise": 5, "tremor": 8}
    assert found.groups["event"][:5] == ("",) * 5
    assert len(found.truth) == len(found.groups["time"]) == 13


def test_gaps_of_waves_and_noise_are_gaps():
    given, quiet = stacks(1), noises(1)
    wave, behind = given.values[0], quiet.values[0]
    wave.mask[:, 10:20] = False
    behind.mask[0, 300:] = False
    given = replace(given, values=(wave.with_samples(wave.samples),))
    quiet = replace(quiet, values=(behind.with_samples(behind.samples),))
    (mixed,) = Mix(ratio=Range(1.0, 1.0), beside=False).apply(given, noise=quiet).values
    assert int((~mixed.mask[2]).sum()) == 10
    assert bool(mixed.mask[1].all())
    assert not bool(mixed.mask[0, 300:].any())
    assert not bool(mixed.samples[~mixed.mask].any())


def test_what_does_not_go_together_is_refused():
    mix = Mix(ratio=Range(1.0, 2.0))
    other = replace(noises().values[0], rate=50.0)
    for noise, reason in [
        (replace(noises(1), values=(other,)), "do not fit"),
        (replace(noises(1), values=(noises(1).values[0].cut(0, 100),)), "do not fit"),
        (replace(noises(1), values=(noises(1).values[0].select([1]),)), "no component in common"),
        (replace(noises(1), labels=("tremor",)), "no example of noise"),
    ]:
        with pytest.raises(Unsuitable, match=reason):
            mix.apply(stacks(), noise=noise)
