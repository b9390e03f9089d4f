"""Numbers that judge a classifier, beside loops that count them one by one."""

from __future__ import annotations

import math

import pytest
import torch

from seisdsl.methods.learn import quality


def given(count: int = 400, classes: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(5)
    truth = torch.multinomial(torch.tensor([0.6, 0.3, 0.1]), count, replacement=True, generator=chance)
    logits = torch.randn(count, classes, generator=chance, dtype=torch.float64)
    logits[torch.arange(count), truth] += 1.0
    return logits, truth


def of(logits: torch.Tensor, truth: torch.Tensor, balance: bool = False) -> dict[str, torch.Tensor]:
    sums = quality.sums(logits, truth, torch.arange(len(truth)) % 7)
    return quality.told(sums.drawn(torch.ones(1, 7, dtype=torch.float64)), balance)


def test_shares_are_those_that_a_count_gives():
    logits, truth = given()
    named = [max(range(3), key=row.__getitem__) for row in logits.tolist()]
    pairs = list(zip(truth.tolist(), named, strict=True))
    found = of(logits, truth)
    assert float(found["accuracy"]) == pytest.approx(sum(a == b for a, b in pairs) / 400)
    recalls = []
    for own in range(3):
        hit = sum(a == b == own for a, b in pairs)
        of_truth, of_named = (sum(pair[side] == own for pair in pairs) for side in (0, 1))
        recalls.append(hit / of_truth)
        assert float(found["recall_of"][0, own]) == pytest.approx(hit / of_truth)
        assert float(found["precision_of"][0, own]) == pytest.approx(hit / of_named)
        p, r = hit / of_named, hit / of_truth
        assert float(found["f1_of"][0, own]) == pytest.approx(2 * p * r / (p + r))
    assert float(found["balanced_accuracy"]) == pytest.approx(sum(recalls) / 3)


@pytest.mark.parametrize("balance", [True, False])
def test_the_calibration_error_and_the_loss_are_those_of_a_loop(balance):
    logits, truth = given()
    number = [truth.tolist().count(own) for own in range(3)]
    sure, right, loss = [0.0] * 15, [0.0] * 15, 0.0
    for row, own in zip(logits.tolist(), truth.tolist(), strict=True):
        total = sum(map(math.exp, row))
        share = 1 / (3 * number[own]) if balance else 1 / 400
        most = max(row)
        at = min(14, math.ceil(math.exp(most) / total * 15) - 1)
        sure[at] += share * math.exp(most) / total
        right[at] += share * (row[own] == most)
        loss -= share * math.log(math.exp(row[own]) / total)
    found = of(logits, truth, balance)
    expected = sum(abs(a - b) for a, b in zip(sure, right, strict=True))
    assert float(found["calibration_error"]) == pytest.approx(expected)
    assert float(found["nll"]) == pytest.approx(loss)


def test_the_reliability_of_a_bin_is_its_mean_and_its_share():
    logits = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.3, 0.7]]).log()
    truth = torch.tensor([0, 0, 1, 1])
    sums = quality.sums(logits, truth, torch.zeros(4, dtype=torch.long))
    probability, right, number = quality.reliability(sums, balance=False)
    assert number[[10, 13]].tolist() == [1, 3]
    torch.testing.assert_close(probability[[10, 13]], torch.tensor([0.7, 0.9]).double(), atol=1e-6, rtol=0)
    torch.testing.assert_close(right[[10, 13]], torch.tensor([1.0, 2 / 3]).double())


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    chance = torch.Generator().manual_seed(1)
    score = torch.randint(0, 12, (60,), generator=chance).double()  # many are equal
    positive = torch.rand(60, generator=chance) < 0.4
    times = torch.stack([torch.ones(60), torch.randint(0, 3, (60,), generator=chance).double()]).double()
    found = quality.area(score, positive, times)
    for draw, own in zip(times.tolist(), found.tolist(), strict=True):
        won = total = 0.0
        for a in range(60):
            for b in range(60):
                if positive[a] and not positive[b]:
                    weight = draw[a] * draw[b]
                    total += weight
                    won += weight * (float(score[a] > score[b]) + 0.5 * float(score[a] == score[b]))
        assert own == pytest.approx(won / total)


def test_log_odds_stay_apart_where_probabilities_are_all_one():
    logits = torch.tensor([[60.0, 0.0, 0.0], [80.0, 0.0, 0.0]])
    found = quality.log_odds(logits)[:, 0]
    assert found[1] - found[0] == pytest.approx(20.0)
    plain = torch.tensor([[0.2, 0.5, 0.3]], dtype=torch.float64)
    torch.testing.assert_close(quality.log_odds(plain.log()), (plain / (1 - plain)).log())


def test_false_alarms_are_those_of_records_with_the_given_shares():
    """90 % noise, of which 1 in 10 is called an event; 10 % events, of which 4 in 5 are."""
    named = torch.tensor([[0.9, 0.1], [0.2, 0.8]])
    sums = quality.Sums(named[None], *(torch.zeros(1),) * 4)
    found = quality.in_operation(sums, torch.tensor([0.9, 0.1]))
    assert float(found["false"][0, 1]) == pytest.approx(0.09)
    assert float(found["precision"][0, 1]) == pytest.approx(0.08 / 0.17)


def test_the_interval_of_a_share_is_that_of_the_binomial():
    """Drawn example by example; two standard deviations of 0.8 in 1000."""
    truth = torch.zeros(1000, dtype=torch.long)
    logits = torch.tensor([[1.0, 0.0]]).repeat(1000, 1)
    logits[:200] = torch.tensor([0.0, 1.0])
    sums = quality.sums(logits, truth, torch.arange(1000))
    accuracy = quality.told(sums.drawn(quality.draws(1000, 2000, 1)), False)["accuracy"]
    low, high = (float(end) for end in quality.interval(accuracy, 0.95))
    half = 1.96 * math.sqrt(0.8 * 0.2 / 1000)
    assert low == pytest.approx(0.8 - half, abs=0.002)
    assert high == pytest.approx(0.8 + half, abs=0.002)


def test_what_goes_together_is_drawn_together():
    """Ten stations of which two are always wrong: the interval is as wide as ten make it, not a thousand."""
    truth = torch.zeros(1000, dtype=torch.long)
    station = torch.arange(1000) % 10
    logits = torch.where((station < 2)[:, None], torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0]))
    sums = quality.sums(logits, truth, station)
    accuracy = quality.told(sums.drawn(quality.draws(10, 2000, 1)), False)["accuracy"]
    low, high = (float(end) for end in quality.interval(accuracy, 0.95))
    assert low == pytest.approx(0.5, abs=0.1)
    assert high == pytest.approx(1.0, abs=0.01)
