"""Site terms against numpy's least squares."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from seisdsl.methods.tremor import site_terms as module
from seisdsl.methods.tremor.site_terms import site_terms


def seen(events: int, stations: int, noise: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes [event, station], of which half are missing, and the true terms."""
    rng = np.random.default_rng(seed)
    gain = rng.normal(0, 0.8, stations)
    gain -= gain.mean()
    values = rng.normal(0, 3, events)[:, None] + gain + noise * rng.normal(size=(events, stations))
    values[rng.random(values.shape) < 0.5] = np.nan
    return values, gain


def least_squares(values: np.ndarray) -> np.ndarray:
    """One row for each amplitude, and one that makes the sum of terms zero."""
    events, stations = values.shape
    rows, cols = np.nonzero(np.isfinite(values))
    matrix = np.zeros((len(rows) + 1, events + stations))
    matrix[np.arange(len(rows)), rows] = 1
    matrix[np.arange(len(rows)), events + cols] = 1
    matrix[-1, events:] = 1
    return np.linalg.lstsq(matrix, np.append(values[rows, cols], 0), rcond=None)[0][events:]


def test_they_are_those_of_numpy_where_every_amplitude_counts_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HUBER", 1e12)
    values, _ = seen(40, 7, 0.3)
    found = site_terms(torch.from_numpy(values))
    assert found.gain.numpy() == pytest.approx(least_squares(values), abs=1e-9)
    assert float(found.gain.sum()) == pytest.approx(0, abs=1e-9)


def test_their_errors_are_what_they_say() -> None:
    off = []
    for seed in range(40):
        values, gain = seen(60, 6, 0.4, seed)
        found = site_terms(torch.from_numpy(values))
        off.append((found.gain.numpy() - gain) / found.error.numpy())
    assert 0.8 < np.std(off) < 1.25


def test_outliers_count_little() -> None:
    values, gain = seen(40, 7, 0.05)
    wrong = values.copy()
    wrong[3:10, 2] += 4
    robust = site_terms(torch.from_numpy(wrong)).gain.numpy()
    assert np.abs(robust - gain).max() < 0.1 < np.abs(least_squares(wrong) - gain).max()


def test_stations_without_a_common_event_have_sums_of_their_own() -> None:
    values, _ = seen(60, 6, 0.1)
    values[:30, 3:] = np.nan
    values[30:, :3] = np.nan
    found = site_terms(torch.from_numpy(values))
    assert found.linked.tolist() == [0, 0, 0, 3, 3, 3]
    assert found.gain[:3].sum().item() == pytest.approx(0, abs=1e-9)
    assert found.gain[3:].sum().item() == pytest.approx(0, abs=1e-9)


def test_an_event_at_one_station_says_nothing() -> None:
    values = torch.tensor([[1.0, 2.0, torch.nan], [torch.nan, torch.nan, 9.0]])
    found = site_terms(values)
    assert found.gain.tolist() == pytest.approx([-0.5, 0.5, 0.0])
    assert found.number.tolist() == [1, 1, 0]
    assert found.error.isnan().all()
