"""The postseismic network from training to forecast: nothing later than its window reaches a forecast."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from seisdsl.data.model import Model
from seisdsl.data.save import files
from seisdsl.data.series_read import of_sites
from seisdsl.data.weights import read_weights
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.displacement.postseismic_lstm import PostseismicLSTM
from seisdsl.operators.displacement.simulate_displacement import SimulateDisplacement

DAY = 86_400_000_000_000
HOW = PostseismicLSTM(window=60 * 86400.0, epochs=2, each=256, members=2, hidden=8)
FORMS = {
    "usual": {},
    "apart": {"together": False, "scale": "window"},
    "by day": {"step": 86400.0, "form": "level", "together": False, "scale": "window"},
}


@pytest.fixture(scope="module")
def positions():
    time = TimeRange(15_045 * DAY, 15_265 * DAY)
    return SimulateDisplacement(stations=10, time=time, missing=0.05).apply()


@pytest.fixture(scope="module")
def weights(positions):
    return HOW.fit_rows(of_sites(positions, range(7)), None, 1)[0]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_forecast_knows_nothing_of_what_comes_after_its_window(positions, form):
    how = HOW.model_copy(update=form)
    weights = how.fit_rows(of_sites(positions, range(7)), None, 1)[0]
    given = of_sites(positions, [7, 8, 9])
    later = given.values.clone()
    later[..., 60:] += 500.0 * given.mask[..., 60:]
    one, two = (how.judged(part, weights) for part in (given, replace(given, values=later)))
    assert torch.equal(one.values, two.values)
    assert one.components == ("east", "north")
    assert int(one.epochs[0]) == int(given.epochs[0]) + 60 * DAY
    assert one.sigma is not None
    assert bool((one.sigma[one.mask] > 0).all())
    assert bool(torch.isfinite(one.values).all())


def test_the_published_scale_knows_the_training_part(positions):
    """By design: a test of the reading that leaks."""
    how = HOW.model_copy(update={"scale": "range", "together": False, "members": 1})
    weights = how.fit_rows(of_sites(positions, range(7)), None, 1)[0]
    given = of_sites(positions, [7])
    later = given.values.clone()
    later[..., 100] += 500.0
    one, two = (how.judged(part, weights) for part in (given, replace(given, values=later)))
    assert not torch.equal(one.values, two.values)


def test_components_without_motion_are_not_forecast(positions, weights):
    given = of_sites(positions, [7])
    values = given.values.clone()
    chance = torch.Generator().manual_seed(1)
    values[:, 1] = torch.randn(values[:, 1].shape, generator=chance, dtype=torch.float64) * given.mask[:, 1]
    found = HOW.judged(replace(given, values=values), weights)
    assert found.mask[0, :, 0].tolist() == [True, False]


def test_weights_are_saved_and_used_again(tmp_path, positions, weights):
    model = Model(HOW, weights)
    for name, write in files(model, "lstm.safetensors"):
        write(tmp_path / name)
    again = read_weights(str(tmp_path / "lstm.safetensors"))
    given = of_sites(positions, [8])
    assert torch.equal(Model.of_weights(again)(given).values, model(given).values)


def test_the_last_part_of_each_series_can_be_forecast(positions, weights):
    how = HOW.model_copy(update={"begin": "share"})
    found = how.judged(positions, weights)
    assert len(found.epochs) == 220 - int(0.9 * 220)


def test_records_that_are_too_short_or_lack_a_component_are_refused(positions):
    short = positions.within(TimeRange(15_045 * DAY, 15_090 * DAY))
    with pytest.raises(Unsuitable, match="needs 71 epochs or more"):
        HOW.fit_rows(short, None, 1)
    up = replace(
        positions, values=positions.values[:, 2:], mask=positions.mask[:, 2:], sigma=None, components=("up",)
    )
    with pytest.raises(Unsuitable, match="there is no east"):
        HOW.fit_rows(up, None, 1)


def test_stations_that_are_given_to_judge_by_are_forecast_by_other_weights_than_their_own(positions):
    others, judge = of_sites(positions, range(7)), of_sites(positions, [7, 8, 9])
    weights, history = HOW.fit_rows(others, judge, 1)
    assert weights.trained["validation"] == 3
    assert len(history) == HOW.epochs * HOW.members
    moved = replace(judge, values=judge.values + 300.0 * torch.linspace(0, 1, judge.values.shape[-1]))
    elsewhere, told = HOW.fit_rows(others, moved, 1)
    assert told[0]["loss"] == history[0]["loss"], "they are not learnt from"
    assert told[0]["valid_loss"] > history[0]["valid_loss"]
    assert elsewhere.about["widest"] == weights.about["widest"]


def test_positions_in_metres_are_refused(positions):
    with pytest.raises(Unsuitable, match="reads millimetres"):
        HOW.fit_rows(replace(positions, unit="m"), None, 1)
