"""Examples put together, taken apart, told of and saved."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from seisdsl.data.describe import as_data
from seisdsl.data.examples import Examples
from seisdsl.data.examples_overview import ExamplesOverview
from seisdsl.data.overview import overview
from seisdsl.data.save import files
from seisdsl.data.show import summary
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.waves import NS, Channel, Waves
from seisdsl.engine.packing import packed, unpacked
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable

BEGIN = 1_471_219_200 * NS


def value(number: int, axes: str = "ZNE") -> Waves:
    samples = torch.full((len(axes), 5), float(number))
    mask = torch.ones_like(samples, dtype=torch.bool)
    mask[0, 3] = False
    channels = tuple(Channel("XX", "AB"[number % 2], "", f"EH{axis}", 38.0, 142.0) for axis in axes)
    return Waves(samples.masked_fill(~mask, 0), mask, 1.0, BEGIN + number * NS, channels, unit="m/s")


def made(numbers: range = range(6)) -> Examples[Waves]:
    labels = tuple("noise" if number % 3 else "tremor" for number in numbers)
    return Examples(
        tuple(value(number) for number in numbers),
        labels,
        tuple(
            {} if label == "noise" else {"score": 2.0 + n} for n, label in zip(numbers, labels, strict=True)
        ),
        {
            "time": tuple(BEGIN + number // 2 * NS for number in numbers),
            "station": tuple(f"XX.{'AB'[number % 2]}" for number in numbers),
            "event": tuple("" if label == "noise" else "T1" for label in labels),
        },
        ("noise", "earthquake", "tremor"),
        simulated=True,
    )


def test_parts_in_any_order_make_the_whole():
    whole = made()
    first, second = (whole.within(TimeRange(BEGIN + a * NS, BEGIN + b * NS)) for a, b in ((0, 1), (1, 9)))
    assert [len(first), len(second)] == [2, 4]
    again = Examples.joined([second, first])
    assert (again.labels, again.truth, again.groups) == (whole.labels, whole.truth, whole.groups)
    assert [int(value.samples[1, 0]) for value in again.values] == list(range(6))
    assert len(Examples.joined([whole.chosen([]), whole])) == 6


def test_numbers_are_told_of_each_class_of_an_absent_one_too():
    assert made().numbers() == {"noise": 4, "earthquake": 0, "tremor": 2}
    assert summary(made()).splitlines() == [
        "Examples of Waves, simulated: 6 at 2 stations",
        "  begin 2016-08-15T00:00:00Z to 2016-08-15T00:00:02Z",
        "  noise                4",
        "  earthquake           0",
        "  tremor               2 of 1 event, score 2 to 5",
    ]
    assert summary(made().chosen([])).splitlines()[0] == "Examples of nothing, simulated: 0"


def test_a_long_value_is_told_of_by_its_parts_as_by_the_whole():
    parts = [made(range(3)), made(range(3, 3)), made(range(3, 6))]
    assert overview(parts) == ExamplesOverview.of(made())
    assert unpacked(packed(overview(parts))) == overview(parts)
    assert as_data(overview(parts)) == as_data(made())
    assert json.loads(json.dumps(as_data(made())))["classes"]["tremor"] == {
        "examples": 2,
        "events": 1,
        "least_score": 2.0,
        "largest_score": 5.0,
    }


def saved(examples, folder):
    for name, write in files(examples, "examples.npz"):
        write(folder / name)
    with np.load(folder / "examples.npz", allow_pickle=False) as file:
        return dict(file)


def test_waves_are_saved_with_all_that_is_known_of_them(tmp_path):
    given = made()
    given = replace(given, values=(*given.values[:-1], value(5, "Z")))
    held = saved(given, tmp_path)
    assert held["samples"].shape == held["mask"].shape == (6, 3, 5)
    np.testing.assert_array_equal(held["samples"][2], given.values[2].samples)
    assert held["mask"][5].tolist() == [[True, True, True, False, True], [False] * 5, [False] * 5]
    assert held["id"][5].tolist() == ["XX.B..EHZ", "", ""]
    assert held["label"].tolist() == list(given.labels)
    assert held["time"].tolist() == list(given.groups["time"])
    assert held["event"].tolist() == list(given.groups["event"])
    np.testing.assert_array_equal(held["truth_score"], [2, np.nan, np.nan, 5, np.nan, np.nan])
    assert (held["latitude"] == 38.0).all()
    about = json.loads(str(held["about"]))
    assert (about["of"], about["rate"], about["unit"], about["simulated"]) == ("Waves", 1.0, "m/s", True)


def test_spectrograms_are_saved_with_their_frequencies(tmp_path):
    frequencies = torch.arange(4, dtype=torch.float64)
    values = tuple(
        Spectrogram(torch.full((3, 4, 5), float(n)), wave.mask, frequencies, 2.5, n, wave.channels)
        for n, wave in enumerate(made().values)
    )
    held = saved(replace(made(), values=values), tmp_path)
    assert held["power"].shape == (6, 3, 4, 5)
    assert held["power"][4, 2, 1, 0] == 4
    assert held["frequency"].tolist() == [0, 1, 2, 3]
    assert json.loads(str(held["about"]))["step"] == 2.5


def test_examples_that_make_no_array_are_refused(tmp_path):
    uneven = replace(made(), values=(*made().values[:-1], made().values[5].cut(0, 4)))
    with pytest.raises(Unsuitable, match="different lengths"):
        saved(uneven, tmp_path)
    with pytest.raises(Unsuitable, match="there must be some"):
        saved(made().chosen([]), tmp_path)
