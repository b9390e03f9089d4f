"""Models of ground motion: trained, saved, judged, and asked what they know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import seisdsl
from seisdsl.data.model import Model
from seisdsl.data.motion import Flatfile
from seisdsl.data.weights import read_weights, write_weights
from seisdsl.diagnostics import Faults
from seisdsl.language.types import Range
from seisdsl.operator import Facts, Method, Unsuitable
from seisdsl.operators.learn.score import Score
from seisdsl.operators.learn.split import Split
from seisdsl.operators.learn.train import Train
from seisdsl.operators.motion.attenuation import Attenuation
from seisdsl.operators.motion.event_terms import EventTerms
from seisdsl.operators.motion.importance import Importance
from seisdsl.operators.motion.motion_curves import MotionCurves
from seisdsl.operators.motion.motion_model import MotionModel
from seisdsl.operators.motion.simulate_ground_motion import SimulateGroundMotion

pytest.importorskip("xgboost")
FLAT = SimulateGroundMotion(events=120, sites=60, rows=2500).apply()


def divided(by: str = "event", **more) -> dict[str, Flatfile]:
    return dict(Split(by=by, **more).apply(FLAT))


@pytest.fixture(scope="module")
def parts():
    return divided()


@pytest.fixture(scope="module")
def trees(parts):
    return trained(parts, MotionModel, target="psv_1", rounds=300)


def trained(parts, method, valid=True, **given) -> Model:
    how = Train(method=Method(method, given))
    return how.apply(parts["train"], valid=parts["valid"] if valid else None)


def test_events_stay_together_in_a_split(parts):
    events = [set(part.frame["event"]) for part in parts.values()]
    assert not events[0] & events[1] | events[0] & events[2] | events[1] & events[2]
    assert sum(len(part) for part in parts.values()) == len(FLAT)
    stations = [set(part.frame["station"]) for part in divided("station").values()]
    assert not stations[0] & stations[2]


def test_a_split_by_time_is_in_time():
    train, _, test = divided("time").values()
    assert train.frame["time"].max() < test.frame["time"].min()


def test_a_random_split_says_that_it_flatters():
    with pytest.warns(UserWarning, match="flatter"):
        divided("random")


def test_a_split_by_a_column():
    magnitudes = FLAT.with_frame(FLAT.frame.with_columns(size=FLAT.frame["magnitude"].floor()))
    parts = Split(by="group", group="size", train=0.5, valid=0.0, test=0.5).apply(magnitudes)
    assert not set(parts["train"].frame["size"]) & set(parts["test"].frame["size"])


def test_trees_are_nearer_than_the_relation_on_events_that_neither_saw(parts, trees):
    own = Score().apply(trees(parts["test"]))
    other = Score().apply(trained(parts, Attenuation, target="psv_1")(parts["test"]))
    assert own["sd"] < other["sd"]
    assert own["sd"] < 0.25  # the made-up scatter is 0.19
    assert own["mean_ratio"] == pytest.approx(1.0, abs=0.2)
    assert 0.4 < own["in_interval"] < 0.9
    assert own["rmse"] ** 2 == pytest.approx(own["sd"] ** 2 + own["bias"] ** 2)
    assert set(own.tables) == {"by_magnitude", "by_distance"}
    assert own["by_distance"].frame["number"].sum() == len(parts["test"])


def test_a_model_comes_back_from_its_file(parts, trees, tmp_path):
    path = tmp_path / "model.safetensors"
    write_weights(trees.weights, path)
    assert b"pickle" not in path.read_bytes()
    back = Model.of_weights(read_weights(str(path)))
    expected = trees(parts["test"]).frame["predicted"]
    assert back(parts["test"]).frame["predicted"].to_list() == expected.to_list()
    stage = MotionModel(weights=str(path))
    assert stage.apply(parts["test"]).frame["predicted"].to_list() == expected.to_list()
    assert stage.facts(Facts(columns=parts["test"].columns)).columns["predicted"].unit == "cm/s"


def test_the_same_seed_gives_the_same_trees(parts):
    one, other = (trained(parts, MotionModel, rounds=20) for _ in range(2))
    assert one.weights.digest == other.weights.digest


def test_rows_may_come_one_by_one_and_none_at_all(parts, trees):
    test = parts["test"]
    whole = trees(test).frame["predicted"]
    alone = trees(test.with_frame(test.frame[3:4])).frame["predicted"]
    assert alone[0] == pytest.approx(whole[3], rel=1e-6)
    assert len(trees(test.with_frame(test.frame[:0]))) == 0


def test_what_is_unlike_all_that_was_learnt_is_marked(parts, trees):
    one = parts["test"].frame.head(1).to_dict(as_series=False)
    far = Flatfile.of({**one, "magnitude": [7.5], "distance": [20.0]}, extra=FLAT.extra)
    assert trees(far).frame["out_of_domain"].to_list() == [1.0]
    assert trees(parts["train"]).frame["out_of_domain"].mean() < 0.02


def test_monotone_models_fall_with_distance(parts):
    model = trained(parts, MotionModel, rounds=60, monotone=True)
    curve = MotionCurves(magnitudes=[6.0]).apply(model).frame["predicted"].to_numpy()
    assert (np.diff(curve) <= 1e-6 * curve[:-1]).all()


@pytest.mark.parametrize("features", [["magnitude", "distance"], ["magnitude", "depth"]])
def test_what_is_no_feature_is_not_known_to_the_relation_either(parts, features):
    model = trained(parts, MotionModel, rounds=20, features=features)
    test = parts["test"].frame
    others = [name for name in ("distance", "depth", "vs30", "d1400", "azimuth") if name not in features]
    changed = parts["test"].with_frame(test.with_columns(pl.col(name) * 1.5 for name in others))
    assert model(changed).frame["predicted"].to_list() == model(parts["test"]).frame["predicted"].to_list()
    assert bool(model.weights.about["base"]) == ("distance" in features)


def test_directions_from_which_no_row_came_are_marked():
    north = FLAT.with_frame(FLAT.frame.filter(FLAT.frame["azimuth"].is_between(0, 60)))
    model = Train(method=Method(MotionModel, {"rounds": 20})).apply(north)
    table = MotionCurves(along="azimuth", magnitudes=[5.5], distances=Range(80e3, 120e3), depth=40e3).apply(
        model
    )
    outside = table.frame.filter(table.frame["out_of_domain"] > 0)["azimuth"].to_numpy()
    assert outside.min() > 60
    assert outside.max() < 345
    assert len(outside) > 40


def test_without_rows_to_stop_by_all_are_learnt_from(parts):
    alone = trained(parts, MotionModel, valid=False, target="psv_1")
    stopped = trained(parts, MotionModel, target="psv_1")
    assert alone.weights.trained["examples"] == stopped.weights.trained["examples"] == len(parts["train"])
    assert (alone.weights.trained["validation"], stopped.weights.trained["validation"]) == (
        0,
        len(parts["valid"]),
    )
    assert alone.weights.trained["passes"] < 1000, "events that were left out have stopped them"


def test_curves_show_the_azimuth_that_was_planted(trees):
    table = MotionCurves(along="azimuth", magnitudes=[5.5], vs30=300.0, d1400=500.0).apply(trees)
    angle, value = (
        np.radians(table.frame["azimuth"].to_numpy()),
        np.log10(table.frame["predicted"].to_numpy()),
    )
    assert np.corrcoef(np.sin(angle - np.radians(40)), value)[0, 1] > 0.7
    assert table.columns["predicted"].unit == "cm/s"


@pytest.mark.parametrize("by", ["permute", "retrain"])
def test_importance_ranks_what_was_planted(by, parts):
    few = trained(parts, MotionModel, target="psv_1", rounds=60, terms=[])
    table = Importance(by=by, times=1).apply(parts["test"], model=few, train=parts["train"])
    rank = table.frame["feature"].to_list()
    assert set(rank[:2]) <= {"distance", "magnitude", "vs30"}
    assert rank.index("azimuth") < rank.index("depth")


def test_importance_by_training_again_needs_the_rows(parts, trees):
    with pytest.raises(Unsuitable, match="needs the rows to learn from"):
        Importance(by="retrain").apply(parts["test"], model=trees)


def test_residuals_are_divided_between_events_and_within(parts):
    relation = trained(parts, Attenuation, target="psv_1")
    terms = EventTerms().apply(relation(FLAT))
    assert terms.frame["between"][0] == pytest.approx(0.12, rel=0.4)
    assert 0.15 < terms.frame["within"][0] < 0.22  # 0.15 and the azimuth that the relation knows nothing of
    assert terms.frame["number"].sum() == len(FLAT)


# Published relations ----------------------------------------------------------------------------


def test_published_coefficients_come_from_a_table(tmp_path):
    path = tmp_path / "published.csv"
    path.write_text(
        "target,kind,a,b,c,d,sigma\npga,crust,-0.03,-0.005,7.0,0.01,0.3\npga,slab,-0.03,-0.003,7.2,0.01,0.3\n"
    )
    given = Flatfile.of(
        {"event": ["q"] * 3, "station": ["A"] * 3, "magnitude": [6.0] * 3, "distance": [50.0] * 3,
         "kind": ["crust", "slab", None], "pga": [100.0] * 3}
    )  # fmt: skip
    found = Attenuation(target="pga", coefficients=str(path)).apply(given).frame["predicted"].to_list()

    def by_hand(b, c):
        return 10 ** (-0.03 * 100 + b * 50 + c - np.log10(50 + 0.01 * 1000))

    assert found[:2] == pytest.approx([by_hand(-0.005, 7.0), by_hand(-0.003, 7.2)])
    assert found[2] is None  # of no kind there are no coefficients
    with pytest.raises(Unsuitable, match="has no coefficients of `pgv`"):
        Attenuation(target="pgv", coefficients=str(path)).apply(given)


# What new users do ------------------------------------------------------------------------------


def only(**columns) -> Flatfile:
    count = len(next(iter(columns.values())))
    return Flatfile.of({"event": ["q"] * count, "station": ["A"] * count, **columns})


def test_one_station_only_is_a_site_of_its_own():
    one = FLAT.with_frame(FLAT.frame.filter(FLAT.frame["station"] == "K001"))
    model = Train(method=Method(MotionModel, {"rounds": 30, "fewest": 3})).apply(one)
    assert "stations" not in model.weights.about
    assert np.isfinite(model(one).frame["predicted"].to_numpy()).all()


@pytest.mark.parametrize(
    ("table", "given", "said"),
    [
        (Flatfile.of({}), {}, "none of the usual features|the flat-file is empty"),
        (FLAT, {"target": "sa_7"}, "no column `sa_7`"),
        (FLAT, {"features": ["magnitude", "geology"]}, "no column `geology`"),
        (FLAT, {"features": ["magnitude", "station"]}, "`station` holds no numbers"),
        (FLAT, {"features": ["elevation"]}, "`elevation` is empty in every row"),
        (only(magnitude=[6.0], distance=[10.0], pga=[0.0]), {}, "no row can be learnt from"),
        (only(magnitude=[6.0], distance=[10.0], pga=[1.0], flag=["gap"]), {}, "no row can be learnt from"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(table, given, said):
    with pytest.raises(Unsuitable, match=said):
        MotionModel(**given).fit_rows(table, None, 1)


def test_a_table_without_prediction_is_not_judged():
    with pytest.raises(Unsuitable, match="has no prediction to judge"):
        Score().apply(FLAT)


def test_a_feature_that_is_missing_later_is_told(parts, trees):
    less = parts["test"].with_frame(parts["test"].frame.drop("vs30"))
    with pytest.raises(Unsuitable, match="trained with `vs30`"):
        trees(replace(less))


def test_a_table_is_not_given_to_a_network_nor_examples_to_trees():
    for program, said in (
        ("simulate-ground-motion | train DiET", "learns from labelled examples, and is given a table"),
        (
            "simulate two-events | examples window=20s | train motion-model",
            "does not go with the Examples<Waves>",
        ),
    ):
        found = seisdsl.check(program + "\n")
        assert any(said in one.message for one in found.diagnostics), program


def test_columns_of_a_part_are_known_before_anything_runs():
    program = "let flat = simulate-ground-motion | split by=event\nflat.test | where psv_1 > {}\n"
    assert not seisdsl.check(program.format("3cm/s")).diagnostics
    assert seisdsl.check(program.format("3s")).diagnostics


def test_too_few_rows_for_a_tree_are_refused() -> None:
    text = "simulate-ground-motion events=3 sites=1 rows=3 | train (motion-model target=pga)"
    with pytest.raises(Faults, match=r"\d rows are too few for a tree, whose leaves take 20 rows each"):
        seisdsl.run(text)
