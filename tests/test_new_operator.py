"""Adding an operator is adding one file: a package outside is found by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULE = '''
from seisdsl.data.waves import Waves
from seisdsl.language.types import Velocity
from seisdsl.operator import Operator, param


class Quieter(Operator, name="quieter"):
    """Make waves quieter than a speed allows."""

    cite = "Nobody 2026"
    example = "simulate two-events | quieter most=2mm/s"
    tags = ("made up",)
    aliases = ("hush",)

    most: Velocity = param("1mm/s", "the fastest that the ground may move", above="0mm/s")

    def apply(self, waves: Waves) -> Waves:
        return waves.with_samples(waves.samples.clamp(-self.most, self.most))
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package as pip would install it: one module and what says that it has operators."""
    (tmp_path / "hush.py").write_text(MODULE)
    info = tmp_path / "hush-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hush\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[seisdsl.operators]\nhush = hush\n")
    return tmp_path


def seis(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(package), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "seisdsl", *arguments],
        cwd=package, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_it_is_found_everywhere(package: Path) -> None:
    assert "quieter" in seis(package, "ops").stdout
    (listed,) = (one for one in json.loads(seis(package, "ops", "--json").stdout) if one["name"] == "quieter")
    assert listed["aliases"] == ["hush"]
    assert listed["inputs"] == ["Waves"]
    assert listed["output"] == "Waves"
    assert listed["citations"] == ["Nobody 2026"]
    assert listed["tags"] == ["made up"]
    (most,) = listed["parameters"]
    assert (most["name"], most["unit"], most["default"], most["bounds"]) == (
        "most",
        "m/s",
        "1mm/s",
        {"above": "0mm/s"},
    )
    page = seis(package, "help", "quieter").stdout
    assert "Make waves quieter than a speed allows." in page
    assert "the fastest that the ground may move (above 0mm/s)" in page


def test_programs_are_checked_and_run_with_it(package: Path) -> None:
    (package / "good.seis").write_text("simulate two-events | hush most=2mm/s | sta-lta on=4 | count\n")
    (package / "bad.seis").write_text(
        "simulate two-events | quieter most=2Hz\nsimulate two-events | quiter\n"
    )
    assert seis(package, "check", "good.seis").returncode == 0
    told = seis(package, "check", "bad.seis")
    assert told.returncode == 1
    assert "`quieter` needs a Velocity" in told.stdout
    assert "did you mean `quieter`?" in told.stdout
    assert seis(package, "run", "good.seis").stdout.strip().isdigit()
    assert "Nobody 2026  (quieter)" in seis(package, "cite", "good.seis").stdout


def test_a_package_that_is_broken_harms_no_other(package: Path) -> None:
    (package / "hush.py").write_text("import nowhere_at_all\n")
    (package / "good.seis").write_text("stream S-net | detrend\n")
    told = seis(package, "check", "good.seis")
    assert told.returncode == 0
    assert "the operators of hush are left out: ModuleNotFoundError" in told.stderr
