"""Published attenuation relations, from tables of their coefficients, against their authors' values.

Coefficients: Idriss (2014), doi:10.1193/070613EQS195M, and Akkar, Sandikkaya and Bommer (2014),
doi:10.1007/s10518-013-9461-4, of hypocentral distance. Of the latter, sites of less than 750 m/s have a
nonlinear term that the form has not.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

from seisdsl.data.motion import Flatfile, Motion
from seisdsl.operator import Unsuitable
from seisdsl.operators.motion.attenuation import Attenuation

IDRISS = """target,kind,above,log,unit,a,m,l,c,b,s,t,d,e,ps,reference,highest,largest,sigma
pga,,,ln,g0,0.0589,8.5,0.2058,7.0887,-0.0027,-2.9935,0.2287,10,0,-0.854,1,1200,10,
pga,,6.75,ln,g0,0.0589,8.5,-0.0794,9.0138,-0.0027,-2.9935,0.2287,10,0,-0.854,1,1200,10,
pga,reverse,,ln,g0,0.0589,8.5,0.2058,7.1687,-0.0027,-2.9935,0.2287,10,0,-0.854,1,1200,10,
pga,reverse,6.75,ln,g0,0.0589,8.5,-0.0794,9.0938,-0.0027,-2.9935,0.2287,10,0,-0.854,1,1200,10,
sa_1,,,ln,g0,-0.0198,8.5,0.16,7.0453,-0.0032,-2.7339,0.2398,10,0,-1.009,1,1200,10,0.7
sa_1,,6.75,ln,g0,-0.0198,8.5,-0.2565,9.8565,-0.0032,-2.1493,0.1532,10,0,-1.009,1,1200,10,0.7
sa_1,reverse,,ln,g0,-0.0198,8.5,0.16,7.1053,-0.0032,-2.7339,0.2398,10,0,-1.009,1,1200,10,0.7
sa_1,reverse,6.75,ln,g0,-0.0198,8.5,-0.2565,9.9165,-0.0032,-2.1493,0.1532,10,0,-1.009,1,1200,10,0.7
"""
# a1 + a2 (M - 6.75) + a3 (8.5 - M)^2 + (a4 + a5 (M - 6.75)) ln sqrt(X^2 + a6^2); a7 for a2 above M 6.75
AKKAR = """target,kind,above,log,unit,a,m,l,c,b,s,t,d,h,e,ps,reference,highest,largest
pga,,,ln,g,-0.04846,8.5,0.0029,3.247275,0,-3.186125,0.2529,0,7.5,0,-0.41997,750,1000,10
pga,,6.75,ln,g,-0.04846,8.5,-0.5096,6.70665,0,-3.186125,0.2529,0,7.5,0,-0.41997,750,1000,10
pga,normal,,ln,g,-0.04846,8.5,0.0029,3.138175,0,-3.186125,0.2529,0,7.5,0,-0.41997,750,1000,10
"""


def flat(magnitude, distance, vs30, kind) -> Flatfile:
    count = len(magnitude)
    told = {"event": ["q"] * count, "station": ["A"] * count, "magnitude": magnitude, "distance": distance}
    return Flatfile.of({**told, "vs30": vs30, "kind": kind}, extra=Motion.spectral([1.0]))


def given(folder, text, target, table) -> Flatfile:
    path = folder / "published.csv"
    path.write_text(text)
    return Attenuation(target=target, coefficients=str(path)).apply(table)


def reference(name):
    if "SEISDSL_TEST_DATA" not in os.environ:
        pytest.skip("SEISDSL_TEST_DATA is not set")
    path = Path(os.environ["SEISDSL_TEST_DATA"]) / "ground-motion/gmpe-reference" / name
    return json.loads(gzip.decompress(path.read_bytes()))


@pytest.mark.parametrize("target", ["pga", "sa_1"])
def test_idriss_2014(tmp_path, target):
    cases = reference("ngaw2_tests.json.gz")
    asked = [case["params"] for case in cases]
    table = flat(
        [one["mag"] for one in asked],
        [one["dist_rup"] for one in asked],
        [one["v_s30"] for one in asked],
        ["reverse" if one["mechanism"] == "RS" else None for one in asked],
    )
    told = [case["results"]["I14"] for case in cases]
    expected = [
        one["pga"] if target == "pga" else one["spec_accels"][one["periods"].index(1.0)] for one in told
    ]
    found = given(tmp_path, IDRISS, target, table)
    assert len(expected) == 8
    assert found.columns["predicted"].unit == "cm/s^2"
    assert found.frame["predicted"].to_numpy() / 980.665 == pytest.approx(expected, rel=1e-6)
    if target == "sa_1":  # sigma is of the natural logarithm
        ratio = found.frame["high"].to_numpy() / found.frame["predicted"].to_numpy()
        assert ratio == pytest.approx(np.exp(0.7))
    else:
        assert found.frame["high"].null_count() == 8


def test_akkar_2014_on_rock(tmp_path):
    cases = [case for case in reference("asb14_tests.json.gz") if case["params"]["v_s30"] >= 750]
    asked = [case["params"] for case in cases]
    expected = [dict(map(tuple, case["results"]))["dist_hyp"]["pga"] for case in cases]
    table = flat(
        [one["mag"] for one in asked],
        [one["dist"] for one in asked],
        [one["v_s30"] for one in asked],
        ["normal" if one["mechanism"] == "NS" else None for one in asked],
    )
    found = given(tmp_path, AKKAR, "pga", table).frame["predicted"].to_numpy() / 980.665
    assert len(expected) == 2
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("target,log,a,b,c,d\npga,log2,0,0,0,1\n", "names the logarithm `log2`"),
        ("target,unit,a,b,c,d\npga,s,0,0,0,1\n", "are in s, which is no unit of Acceleration"),
        ("target,unit,a,b,c,d\npga,gals,0,0,0,1\n", "`gals` is no unit that is known"),
        ("target,a,b,c\npga,0,0,0\n", "no column names the d"),
        ("target,a,b,c,d\npgv,0,0,0,1\n", "has no coefficients of `pga`"),
        ("target,a,b,c,d\npga,0,0,none,1\n", "none of its lines can be read"),
    ],
)
def test_tables_that_cannot_be_right_are_refused(tmp_path, text, said):
    with pytest.raises(Unsuitable, match=said):
        given(tmp_path, text, "pga", flat([6.0], [50.0], [400.0], [None]))


def test_intensities_are_twice_the_logarithm(tmp_path):
    text = "target,a,b,c,d\nintensity,-0.03,-0.005,7.0,0.01\npga,-0.03,-0.005,7.0,0.01\n"
    table = flat([6.0], [50.0], [None], [None])
    intensity = given(tmp_path, text, "intensity", table).frame["predicted"][0]
    assert intensity == pytest.approx(2 * np.log10(given(tmp_path, text, "pga", table).frame["predicted"][0]))


def test_the_same_relation_in_openquake(tmp_path):
    """Where OpenQuake is installed, Idriss (2014) is that of its library."""
    contexts = pytest.importorskip("openquake.hazardlib.contexts")
    from openquake.hazardlib.gsim.idriss_2014 import Idriss2014

    maker = contexts.simple_cmaker([Idriss2014()], ["PGA"])
    asked = maker.new_ctx(2)
    asked.mag, asked.rake = 6.0, 0.0
    asked.rrup, asked.vs30 = np.array([10.0, 80.0]), np.array([760.0, 500.0])
    mean = maker.get_mean_stds([asked])[0, 0, 0]
    table = flat([6.0, 6.0], [10.0, 80.0], [760.0, 500.0], [None, None])
    found = given(tmp_path, IDRISS, "pga", table).frame["predicted"].to_numpy() / 980.665
    assert found == pytest.approx(np.exp(mean), rel=1e-6)
