"""Mixed effects, the attenuation relation, the domain of a model and boosted trees."""

from __future__ import annotations

import numpy as np
import pytest

from seisdsl.methods.motion import attenuation, domain
from seisdsl.methods.motion.geometry import azimuth, epicentral
from seisdsl.methods.motion.mixed import mixed


def test_deviations_between_and_within_events_are_told_apart():
    chance = np.random.default_rng(1)
    group = np.repeat(np.arange(400), chance.integers(1, 40, 400))
    terms = chance.normal(0, 0.12, 400)
    found = mixed(0.05 + terms[group] + chance.normal(0, 0.15, len(group)), group)
    assert found.between == pytest.approx(0.12, rel=0.08)
    assert found.within == pytest.approx(0.15, rel=0.02)
    assert found.mean == pytest.approx(0.05, abs=0.02)
    many = np.bincount(group) > 20
    assert np.corrcoef(found.terms[many], terms[many])[0, 1] > 0.95


def test_mixed_effects_are_those_of_balanced_analysis_of_variance():
    """With as many rows in each group the likelihood has a closed form."""
    chance = np.random.default_rng(2)
    values = chance.normal(0, 0.3, (60, 1)) + chance.normal(0, 0.2, (60, 9))
    found = mixed(values.ravel(), np.repeat(np.arange(60), 9))
    within = values.var(axis=1, ddof=1).mean()
    assert found.within**2 == pytest.approx(within, rel=1e-3)
    assert found.between**2 == pytest.approx(values.mean(1).var() - within / 9, rel=1e-2)


def test_one_group_and_equal_values_do_no_harm():
    found = mixed(np.zeros(5), np.zeros(5, np.int64))
    assert np.isfinite([found.mean, found.between, found.within, *found.terms]).all()


def rows(count=3000, seed=3):
    chance = np.random.default_rng(seed)
    return {
        "magnitude": chance.uniform(4.5, 7.5, count),
        "distance": 10 ** chance.uniform(0.8, 2.4, count),
        "depth": chance.uniform(5, 100, count),
        "d1400": chance.uniform(50, 2000, count),
        "vs30": chance.uniform(150, 800, count),
    }


def test_an_attenuation_relation_is_found_again():
    true = {
        **attenuation.USUAL,
        "a": -0.032,
        "b": -0.005,
        "c": 7.1,
        "d": 0.012,
        "f": 0.003,
        "pd": 0.2,
        "ps": -0.6,
    }
    given = rows()
    scatter = np.random.default_rng(4).normal(0, 0.05, 3000)
    found = attenuation.fitted(given, attenuation.median(true, given) + scatter)
    other = rows(seed=5)
    difference = attenuation.median(found, other) - attenuation.median(true, other)
    assert np.abs(difference).max() < 0.03
    assert found["f"] == pytest.approx(0.003, abs=1e-4)
    assert found["pd"] == pytest.approx(0.2, abs=0.01)
    assert found["ps"] == pytest.approx(-0.6, abs=0.02)


def test_the_relation_is_the_formula():
    of = {**attenuation.USUAL, "a": -0.03, "b": -0.004, "c": 7.0, "d": 0.01, "pd": 0.3, "ps": -0.5}
    one = {"magnitude": 8.5, "distance": 50.0, "depth": np.nan, "d1400": 600.0, "vs30": 3000.0}
    expected = (
        -0.03 * (8.2 - 16) ** 2 - 0.004 * 50 + 7.0 - np.log10(50 + 0.01 * 10 ** (0.5 * 8.2))
        + 0.3 * np.log10(600 / 300) - 0.5 * np.log10(2000 / 350)
    )  # fmt: skip
    given = {name: np.array([value]) for name, value in one.items()}
    assert attenuation.median(of, given)[0] == pytest.approx(expected, rel=1e-12)
    unknown = {**given, "d1400": np.array([np.nan]), "vs30": np.array([np.nan])}
    assert np.isfinite(attenuation.median(of, unknown)).all()


def test_ground_of_which_nothing_is_known_is_not_fitted():
    given = {**rows(200), "d1400": np.full(200, np.nan), "vs30": np.full(200, np.nan)}
    given["depth"] = given["d1400"]
    found = attenuation.fitted(given, attenuation.median({**attenuation.USUAL, **attenuation.BEGIN}, given))
    assert (found["f"], found["pd"], found["ps"]) == (0.0, 0.0, 0.0)


def test_a_large_earthquake_nearby_is_beyond_what_was_learnt():
    chance = np.random.default_rng(6)
    magnitude = chance.uniform(5, 6.5, 2000)
    distance = np.where(magnitude > 6, chance.uniform(80, 200, 2000), chance.uniform(20, 200, 2000))
    known = domain.counted(domain.cells(magnitude, distance))
    asked = domain.cells(np.array([7.5, 6.4, 5.5]), np.array([20.0, 25.0, 60.0]))
    assert domain.unknown(asked, known).tolist() == [True, True, False]


def test_distances_and_directions():
    assert epicentral(0, 0, 0, 90) == pytest.approx(np.pi / 2 * 6371)
    assert azimuth([35, 35, 35, 35], [140] * 4, [36, 35, 34, 35], [140, 141, 140, 139]) == pytest.approx(
        [0, 90, 180, 270], abs=0.3
    )


def test_published_forms_are_spelt_by_the_same_formula():
    """Idriss (2014) as its author writes it, in natural logarithms."""
    of = {
        **attenuation.USUAL, "natural": 1.0, "a": 0.0589, "m": 8.5, "l": -0.0794, "c": 9.0138 + 0.08, "b": -0.0027,
        "s": -2.9935, "t": 0.2287, "d": 10.0, "e": 0.0, "ps": -0.854, "reference": 1.0, "highest": 1200.0,
    }  # fmt: skip
    given = {"magnitude": 7.1, "distance": 10.0, "depth": 30.0, "vs30": 760.0, "d1400": np.nan}
    by_hand = (
        9.0138 - 0.0794 * 7.1 + 0.0589 * (8.5 - 7.1) ** 2 - (2.9935 - 0.2287 * 7.1) * np.log(10 + 10)
        - 0.854 * np.log(760) - 0.0027 * 10 + 0.08
    )  # fmt: skip
    found = attenuation.median(of, {name: np.array([value]) for name, value in given.items()})
    assert found[0] * np.log(10) == pytest.approx(by_hand, rel=1e-12)
    hypot = {**of, "d": 0.0, "h": 7.5, "t": 0.0, "s": -1.0}
    near, far = (
        attenuation.median(hypot, {**given, "distance": np.array([x]), "magnitude": np.array([7.1])})[0]
        for x in (0.0, 10.0)
    )
    assert (near - far) * np.log(10) == pytest.approx(np.log(np.hypot(7.5, 10) / 7.5) + 0.0027 * 10)


def test_events_have_terms_of_their_own_beside_a_relation():
    """Large events that happened to be strong do not bend the relation as much as without terms."""
    given = rows(2000, seed=9)
    event = np.arange(2000) % 60
    size = np.linspace(4.5, 7.5, 60)
    given["magnitude"] = size[event]
    true = {**attenuation.USUAL, **attenuation.BEGIN}
    terms = np.random.default_rng(10).normal(0, 0.3, 60)
    logged = attenuation.median(true, given) + terms[event]
    found, left, history = attenuation.with_events(given, logged, event)
    assert left.between == pytest.approx(0.3, rel=0.3)
    assert left.within < 0.02
    assert found["b"] == pytest.approx(true["b"], abs=2e-4)
    assert len(history) > 1


def test_directions_are_known_where_rows_came_from():
    known = domain.sectors(np.array([350.0, 5.0, 90.0, np.nan]))
    asked = np.array([0.0, 359.9, 89.0, 105.1, 180.0, 270.0, np.nan])
    assert domain.astray(asked, known).tolist() == [False, False, False, False, True, True, False]


# Trees ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planted():
    chance = np.random.default_rng(7)
    x = chance.uniform(-1, 1, (4000, 3))
    event = chance.integers(0, 80, 4000)
    terms = chance.normal(0, 0.5, 80)
    return x, event, terms, np.sin(3 * x[:, 0]) + terms[event] + chance.normal(0, 0.1, 4000)


def test_trees_find_what_was_planted_and_their_bytes_come_back(planted):
    pytest.importorskip("xgboost")
    from seisdsl.methods.motion.model import Rows, fitted
    from seisdsl.methods.motion.trees import How, packed, predicted, unpacked

    x, event, terms, y = planted
    found = fitted(Rows(x, y, {"event": event}), None, How(rounds=150), ["event"])
    middle = predicted(found.trees, x)[:, 0]
    assert np.corrcoef(middle, np.sin(3 * x[:, 0]))[0, 1] > 0.99
    assert np.corrcoef(found.terms["event"], terms)[0, 1] > 0.99
    assert found.history[-1]["loss"] < found.history[0]["loss"]
    assert found.trees.num_boosted_rounds() == np.argmin([one["valid_loss"] for one in found.history]) + 1
    np.testing.assert_array_equal(predicted(unpacked(packed(found.trees)), x)[:, 0], middle)


def test_what_is_left_over_is_of_events_that_trees_never_saw():
    """A feature that is the event's number tells nothing of other events, however well it fits its own."""
    pytest.importorskip("xgboost")
    from seisdsl.methods.motion.model import Rows, fitted
    from seisdsl.methods.motion.trees import How, predicted

    chance = np.random.default_rng(11)
    event = np.repeat(np.arange(50), 20)
    terms = chance.permutation(np.linspace(-1, 1, 50))
    y = terms[event] + chance.normal(0, 0.05, 1000)
    x = np.stack([event.astype(float), chance.uniform(0, 1, 1000)], 1)
    how = How(rounds=200, depth=6, fewest=5, patience=200)
    found = fitted(Rows(x, y, {"event": event}), None, how, [])
    assert found.left.std() > 0.9 * y.std()
    seen = fitted(Rows(x, y, {}), None, how, [])  # rows divided at random
    assert seen.left.std() < 0.3 * y.std()
    assert (y - predicted(seen.trees, x)[:, 0]).std() < 0.3 * y.std()


def test_of_one_event_stations_are_divided_and_of_one_station_rows():
    pytest.importorskip("xgboost")
    from seisdsl.methods.motion.model import Rows, folded

    station = np.repeat(np.arange(10), 3)
    one = np.zeros(30, np.int64)
    groups = {"event": one, "station": station}
    assert folded(Rows(np.zeros((30, 1)), np.zeros(30), groups)).tolist() == (station % 5).tolist()
    alone = Rows(np.zeros((30, 1)), np.zeros(30), {"event": one, "station": one})
    assert set(folded(alone).tolist()) == {0, 1, 2, 3, 4}


def test_monotone_trees_never_turn():
    pytest.importorskip("xgboost")
    from seisdsl.methods.motion.trees import How, boosted, predicted

    chance = np.random.default_rng(8)
    x = chance.uniform(0, 1, (1000, 1))
    y = x[:, 0] + chance.normal(0, 0.5, 1000)
    trees = boosted(x, y, How(fewest=5, depth=5, monotone=(1,)), 100)
    along = predicted(trees, np.linspace(0, 1, 200)[:, None])[:, 0]
    assert (np.diff(along) >= -1e-6).all()
