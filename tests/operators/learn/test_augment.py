"""Variations of examples, each alone, and what stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from language.checking import fault

from seisdsl.data.examples import Examples
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.language.types import Range
from seisdsl.operator import Unsuitable, registry
from seisdsl.operators.learn.augment import Augment

RATE, LENGTH = 10.0, 400


def value(number: int, station: str, loud: float = 1.0) -> Waves:
    samples = loud * torch.randn(3, LENGTH, generator=torch.Generator().manual_seed(number))
    mask = torch.ones(3, LENGTH, dtype=torch.bool)
    mask[0, 50:60] = False
    channels = tuple(Channel("XX", station, "", f"EH{axis}") for axis in "ZNE")
    return Waves(samples.masked_fill(~mask, 0), mask, RATE, number * 100 * NS, channels)


def made(count: int = 20) -> Examples[Waves]:
    """Events and noise at A; at B events alone."""
    stations = ["B" if number % 4 == 3 else "A" for number in range(count)]
    labels = ["noise" if number % 4 == 0 else "tremor" for number in range(count)]
    loud = [1.0 if label == "noise" else 3.0 for label in labels]
    return Examples(
        tuple(value(n, stations[n], loud[n]) for n in range(count)),
        tuple(labels),
        tuple({} if label == "noise" else {"score": 4.0, "distance": 1e4} for label in labels),
        {"time": tuple(n * 100 * NS for n in range(count)), "station": tuple(f"XX.{s}" for s in stations)},
        ("noise", "tremor"),
    )  # fmt: skip


def rms(waves: Waves) -> float:
    return float(waves.samples[waves.mask].std())


def test_labels_truth_and_groups_stay_with_each_variation():
    given = made()
    found = Augment(copies=2, gain=6.0).apply(given)
    assert found.labels == tuple(label for label in given.labels for _ in range(3))
    assert found.groups["time"] == tuple(time for time in given.groups["time"] for _ in range(3))
    assert found.truth == tuple(told for told in given.truth for _ in range(3))
    assert all(
        torch.equal(a.samples, b.samples) for a, b in zip(found.values[::3], given.values, strict=True)
    )
    alone = Augment(copies=2, gain=6.0, originals=False).apply(given)
    assert torch.equal(alone.values[0].samples, found.values[1].samples)


def test_gain_goes_up_and_down_as_far_as_asked():
    given = made(200)
    found = Augment(gain=6.0, originals=False).apply(given)
    ratios = np.array(
        [20 * np.log10(rms(a) / rms(b)) for a, b in zip(found.values, given.values, strict=True)]
    )
    assert -6 <= ratios.min() < -5
    assert 5 < ratios.max() <= 6
    assert all(torch.equal(a.mask, b.mask) for a, b in zip(found.values, given.values, strict=True))


def test_a_shift_leaves_a_gap_and_a_longer_example_none():
    given = made()
    found = Augment(shift=10.0, originals=False).apply(given)
    gaps = [int((~value.mask[1]).sum()) for value in found.values]
    assert max(gaps) <= 100
    assert len(set(gaps)) > 10
    cut = Augment(shift=10.0, window=20.0).apply(given)
    assert {value.length for value in cut.values} == {200}
    assert all(bool(value.mask[1].all()) for value in cut.values)
    before, after = given.values[0], cut.values[0]
    assert torch.equal(after.samples, before.samples[:, 100:300])
    assert after.start == before.start + 10 * NS
    with pytest.raises(Unsuitable, match="shorter than the window") as refused:
        Augment(shift=10.0, window=50.0).apply(given)
    assert refused.value.repair == "write `examples window=70s`"


def test_components_die_and_gaps_stay_gaps():
    given = made(100)
    found = Augment(drop=0.5, originals=False).apply(given)
    alive = torch.stack([value.mask.any(-1) for value in found.values])
    assert bool(alive.any(1).all())
    assert 0.5 < float(alive.double().mean()) < 0.65
    for ours, theirs in zip(found.values, given.values, strict=True):
        assert not bool((ours.mask & ~theirs.mask).any())
        assert not bool(ours.samples[~ours.mask].any())


def test_turning_keeps_the_vertical_and_the_horizontal_power():
    given = made()
    found = Augment(turn=np.pi, originals=False).apply(given)
    for ours, theirs in zip(found.values, given.values, strict=True):
        assert torch.equal(ours.samples[0], theirs.samples[0])
        assert not torch.allclose(ours.samples[1], theirs.samples[1], atol=1e-3)
        torch.testing.assert_close((ours.samples[1:] ** 2).sum(0), (theirs.samples[1:] ** 2).sum(0))


def test_noise_of_the_same_station_is_added_and_lowers_the_score():
    given = made(100)
    found = Augment(noise=Range(2.0, 2.0), originals=False).apply(given)
    for ours, theirs, label, told, station in zip(
        found.values, given.values, given.labels, found.truth, given.groups["station"], strict=True
    ):
        if label == "noise" or station == "XX.B":
            assert torch.equal(ours.samples, theirs.samples)
            continue
        more = (ours.samples - theirs.samples)[ours.mask]
        factor = float(more.std())  # the noise has an amplitude of one
        assert factor == pytest.approx(rms(theirs) / 2, rel=0.05)
        assert told == {"score": pytest.approx(4 / np.hypot(1, factor), rel=0.05), "distance": 1e4}


def test_an_example_is_varied_alike_whatever_is_beside_it():
    given = made()
    settings = {"shift": 5.0, "gain": 3.0, "drop": 0.2, "turn": 1.0}
    whole = Augment(**settings, originals=False).apply(given)
    part = Augment(**settings, originals=False).apply(given.chosen([7]))
    assert torch.equal(part.values[0].samples, whole.values[7].samples)
    other = Augment(**settings, originals=False, seed=2).apply(given)
    assert not torch.equal(other.values[7].samples, whole.values[7].samples)


def test_what_cannot_be_varied_is_refused():
    given = made()
    events = given.chosen([n for n, label in enumerate(given.labels) if label != "noise"])
    with pytest.raises(Unsuitable, match="none of the examples is noise"):
        Augment(noise=Range(1.0, 2.0)).apply(events)
    assert len(Augment(gain=1.0).apply(replace(events, labels=(), truth=()))) == 30

    def refused(arguments: str) -> str:
        return fault(f"simulate two-events | examples | augment {arguments}", operators=registry()).message

    assert refused("copies=3").startswith("nothing is varied")
    assert "above zero" in refused("noise=0..2")
