"""DiET: what it reads of a spectrogram, and that time, gaps and missing components are kept to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import seisdsl
from seisdsl.data.weights import Weights, write_weights
from seisdsl.language.types import TimeRange
from seisdsl.methods.tremor.diet import averaged, likely, planes, shifted, without_components
from seisdsl.operator import Unsuitable
from seisdsl.operators.tremor.diet import HOP, STEP, DiET

CLASSES = ("noise", "earthquake", "tremor")


@pytest.fixture(scope="module")
def record():
    return seisdsl.run("let s = simulate two-events duration=10min rate=50Hz | spectrogram")["s"]


@pytest.fixture(scope="module")
def weights():
    torch.manual_seed(1)
    method = DiET(width=4)
    network = method.network((6, 64, 64), 3)
    with torch.no_grad():
        network(torch.randn(32, 6, 64, 64))  # norms that have seen something
    return Weights("DiET", CLASSES, (6, 64, 64), network.state_dict(), method.said(), {})


def judged(record, weights, **more):
    return DiET(width=4, **more).judged(record, weights)


def by_hand(power: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two planes of one component by loops, as the specification has them."""
    frames = [n for n in range(power.shape[1]) if known[n] and power[:, n].any()]
    values = sorted(power[:, frames].ravel())
    floor = 1e-3 * values[(len(values) - 1) // 2]
    level = np.log10(power[:, frames] + floor)
    over, colour = np.zeros_like(power), np.zeros_like(power)
    for row in range(len(power)):
        middle = sorted(level[row])[(len(frames) - 1) // 2]
        for n, frame in enumerate(frames):
            over[row, frame] = np.clip(level[row, n] - middle, -3, 6)
            colour[row, frame] = max((level[row, n] - level.max()) / 3 + 1, -1)
    return over, colour


def test_planes_are_those_of_the_specification():
    chance = torch.Generator().manual_seed(0)
    power = torch.rand(4, 3, 9, 12, generator=chance, dtype=torch.float64) ** 4
    known = torch.ones(4, 3, 12, dtype=torch.bool)
    known[1, 0, 3:6] = False
    known[2, 1] = False
    power[3, 2] = 0
    found = planes(power.masked_fill(~known[:, :, None], 0), known)
    for window in range(4):
        for component in range(3):
            own = known[window, component].numpy()
            if not own.any() or not power[window, component].any():
                assert not found[window, [component, component + 3]].any()
                continue
            over, colour = by_hand(power[window, component].numpy() * own, own)
            assert found[window, component].numpy() == pytest.approx(over, abs=1e-6)
            assert found[window, component + 3].numpy() == pytest.approx(colour, abs=1e-6)


def test_the_site_and_the_gain_do_not_count():
    power = torch.rand(1, 3, 64, 64, dtype=torch.float64) + 0.5
    site = torch.rand(64, 1, dtype=torch.float64) + 0.5
    known = torch.ones(1, 3, 64, dtype=torch.bool)
    over = planes(power, known)[:, :3]
    assert planes(power * site * 1e-12, known)[:, :3] == pytest.approx(
        over, abs=5e-3
    )  # the floor moves a little
    assert planes(power * 1e-12, known) == pytest.approx(planes(power, known), abs=1e-5)


def test_steps_are_at_whole_multiples_since_1970_and_agree_from_any_part(record, weights):
    whole = judged(record, weights)
    step = round(HOP * STEP * 1e9)
    assert {(whole.time_of(n) - step // 2) % step for n in range(whole.windows)} == {round(STEP * 0.5e9)}
    part = judged(record.within(TimeRange(record.start + 70 * 10**9, record.start + 500 * 10**9)), weights)
    at = {whole.time_of(n): n for n in range(whole.windows)}
    reach = DiET(width=4).context(None).before
    first, last = (record.start + (second + sign * reach) * 1e9 for second, sign in ((70, 1), (500, -1)))
    inner = [n for n in range(part.windows) if first <= part.time_of(n) <= last]
    assert inner
    for n in inner:
        assert part.logits[..., n] == pytest.approx(whole.logits[..., at[part.time_of(n)]], abs=1e-5)


def test_a_step_is_the_mean_of_the_windows_that_hold_it():
    logits, clear = torch.randn(2, 9, 3), torch.rand(2, 9) < 0.7
    mean, known = averaged(logits, clear, 5)
    for station in range(2):
        for step in range(5):
            own = [n for n in range(step, step + 5) if clear[station, n]]
            assert bool(known[station, step]) == bool(own)
            if own:
                assert mean[station, step] == pytest.approx(logits[station, own].mean(0), abs=1e-6)


def test_a_gap_of_a_quarter_of_a_window_is_not_judged_around(record, weights):
    mask = record.mask.clone()
    mask[:3, 60:180] = False
    gap = judged(replace(record, mask=mask), weights)
    times = [(gap.time_of(n) - record.start) / 1e9 / STEP for n in range(gap.windows)]
    inside = [n for n, frame in enumerate(times) if 110 < frame < 130]
    assert not gap.mask[0, inside].any()
    assert gap.mask[1:, inside].all()
    assert not gap.logits[0, :, inside].any()


def test_a_dead_component_is_as_one_that_is_missing(record, weights):
    power = record.power.clone()
    power[2] = 0
    dead = judged(replace(record, power=power), weights)
    kept = [n for n in range(len(record.channels)) if n != 2]
    lacking = replace(
        record,
        power=record.power[kept],
        mask=record.mask[kept],
        channels=tuple(record.channels[n] for n in kept),
    )
    missing = judged(lacking, weights)
    assert dead.logits[0] == pytest.approx(missing.logits[0], abs=1e-5)


def test_records_of_other_rates_give_nearly_the_same(weights):
    at = {
        rate: judged(
            seisdsl.run(f"let s = simulate two-events rate={rate}Hz | bandpass 1..8Hz | spectrogram")["s"],
            weights,
        )
        for rate in (50, 100)
    }
    assert at[50].start == at[100].start
    assert at[50].windows == at[100].windows


def test_quiet_adds_what_is_known_of_how_rare_events_are(record, weights):
    rare, even = judged(record, weights, quiet=0.99), judged(record, weights, quiet=1 / 3)
    shift = (rare.logits - even.logits)[0, :, 0]
    assert shift.tolist() == pytest.approx(np.log([0.99 * 3, 0.005 * 3, 0.005 * 3]).tolist(), abs=1e-5)


def test_examples_are_judged_together_as_one_by_one(record, weights):
    values = [replace(record, power=record.power[n : n + 3, :, :63], mask=record.mask[n : n + 3, :63],
                      channels=record.channels[n : n + 3]) for n in (0, 3, 6)]  # fmt: skip
    method = DiET(width=4)
    for value, together in zip(values, method.judged_each(values, weights), strict=True):
        alone = method.judged(value, weights)
        assert together.logits == pytest.approx(alone.logits, abs=1e-5)
        assert (together.start, together.channels) == (alone.start, alone.channels)


def test_rows_are_shifted_and_lose_components():
    rows = torch.arange(8.0).expand(2, 4, 3, 8)
    moved = shifted(rows, torch.tensor([2, -1]))
    assert moved[0, 0, 0].tolist() == [6, 7, 0, 1, 2, 3, 4, 5]
    assert moved[1, 0, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 0]
    left = without_components(rows + 1, torch.tensor([[True, False], [True, True]]))
    assert left[0].any(-1).any(-1).tolist() == [True, False, True, False]
    assert left[1].any(-1).any(-1).all()


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        ("spectrogram window=8s", "reads windows of 5.12 s every 2.56 s"),
        ("resample 20Hz | spectrogram window=5.12s", "5.12 s every 2.56 s|up to 12.5 Hz"),
        ("decimate 5 | spectrogram", "up to 12.5 Hz|5.12 s every"),
    ],
)
def test_other_spectrograms_are_refused(weights, stage, why):
    other = seisdsl.run(f"let s = simulate two-events rate=50Hz | {stage}")["s"]
    with pytest.raises(Unsuitable, match=why):
        judged(other, weights)


def test_weights_are_named_by_file_and_used_with_the_network_that_they_are_of(record, weights, tmp_path):
    write_weights(weights, tmp_path / "own.safetensors")
    found = DiET(weights=str(tmp_path / "own.safetensors")).apply(record)
    assert found.logits == pytest.approx(judged(record, weights).logits, abs=1e-6)


def test_a_record_shorter_than_a_window_gives_nothing(record, weights):
    assert judged(record.within(TimeRange(record.start, record.start + 60 * 10**9)), weights).windows == 0


def test_the_fainter_an_event_the_less_it_teaches():
    kind = torch.tensor([0, 2, 2, 2, 1, 1])
    strength = torch.tensor([0.2, 0.5, 1.0, 8.0, 8.0, torch.nan])
    share = likely(kind, strength, 3, noise=0)
    assert torch.allclose(share.sum(1), torch.ones(6))
    odds = share.logit()
    assert odds[[0, 1, 2, 3, 4, 5], kind].tolist() == pytest.approx(
        [3.5, 1 + 3 * np.log(0.5), 1.0, 1 + 3 * np.log(8.0), 1 + 3 * np.log(8.0), 3.5], rel=1e-4
    )
    assert share[1, 0] == pytest.approx(
        9 * share[1, 1]
    )  # what is hardly heard is noise rather than an earthquake
    assert torch.allclose(likely(kind[1:] - 1, strength[1:], 2, noise=None).sum(1), torch.ones(5))
