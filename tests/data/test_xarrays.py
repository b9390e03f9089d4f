"""xarray's data sets, NetCDF and Zarr."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from data.made import SECOND, START, field, scores

from seisdsl.data import xarrays
from seisdsl.data.save import files
from seisdsl.data.waves import Channel, Waves
from seisdsl.data.xarrays import to_xarray
from seisdsl.engine.output import writing_to
from seisdsl.operator import Unsuitable
from seisdsl.operators.output.save import Save

xarray = pytest.importorskip("xarray", reason="xarray is not installed")


def waves():
    mask = torch.tensor([[True, True, False, True]])
    channel = Channel("N", "S1N01", "", "EHZ", 38.5, 142.0, -1500.0)
    return Waves(torch.tensor([[1.0, 2, 0, 4]]), mask, 4.0, START, (channel,), simulated=True)


def test_waves():
    held = to_xarray(waves())
    assert held["samples"].dims == ("trace", "time")
    assert held["time"].values.tolist() == [START + n * SECOND // 4 for n in range(4)]
    assert held["time"].dtype == "datetime64[ns]"
    assert held["samples"].where(held["mask"]).sum().item() == 7
    assert held["id"].values.tolist() == ["N.S1N01..EHZ"]
    assert held["latitude"].values.tolist() == [38.5]
    assert (held.attrs["unit"], held.attrs["simulated"]) == ("counts", 1)


def test_times_between_the_grid_are_told_in_seconds():
    late = to_xarray(replace(waves(), lateness=(((1, 2_000_000), (3, 0)),)))["late"]
    assert late.values.tolist() == [[0, 0.002, 0.002, 0]]
    assert "late" not in to_xarray(waves())


@pytest.mark.parametrize("value", [field(), scores(simulated=True)], ids=["field", "scores"])
@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_xarray_reads_what_was_saved(tmp_path, value, ending):
    if ending == ".zarr":
        pytest.importorskip("zarr", reason="zarr is not installed")
    for name, write in files(value, f"a{ending}"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name)
    reading = xarray.open_zarr if ending == ".zarr" else xarray.open_dataset
    with reading(tmp_path / f"a{ending}") as back:
        arrays = value.to_arrays()
        for name, (axes, values) in arrays.variables.items():
            assert back[name].dims == axes
            if name == "time":
                assert back[name].values.astype("datetime64[ns]").astype(int).tolist() == values.tolist()
            else:
                np.testing.assert_array_equal(back[name].values, values, err_msg=name)
        assert back.attrs["kind"] == type(value).__name__
        assert back.attrs["simulated"] == 1


def test_a_zarr_folder_can_be_written_again(tmp_path):
    pytest.importorskip("zarr", reason="zarr is not installed")
    with writing_to(tmp_path):
        for value in (scores(), field()):
            save = Save(file="a.zarr")
            save.facts(save_facts(value))
            save.apply(value)
    assert xarray.open_zarr(tmp_path / "a.zarr").attrs["kind"] == "Field"


def save_facts(value):
    from seisdsl.operator import Facts

    return Facts(kind=type(value).__name__)


def test_without_xarray_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(xarrays, "find_spec", lambda name: None)
    with pytest.raises(Unsuitable, match="xarray is not installed") as refusal:
        field().to_xarray()
    assert refusal.value.repair == "pip install seisdsl[xarray]"
    with pytest.raises(Unsuitable, match="xarray and zarr are not installed"):
        list(files(scores(), "a.zarr"))
