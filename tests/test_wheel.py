"""The wheel, installed into a clean environment, runs the first example."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", built, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_grammar_and_standard_library_are_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "seisdsl/_grammar/seis.lark" in names
    assert "seisdsl/_stdlib/units.txt" in names
    assert "seisdsl/_stdlib/networks/S-net.csv" in names
    assert "seisdsl/_docs/tutorial.md" in names
    assert "seisdsl/_examples/01-one-liner.seis" in names
    assert "seisdsl/site/templates/site.js" in names
    assert not [name for name in names if name.startswith(("tests/", "examples/"))]


def test_installed_wheel_runs_the_first_example(wheel: Path, tmp_path: Path) -> None:
    """A clean environment holds the wheel alone; the packages it needs are lent from this one."""
    home = tmp_path / "env"
    venv.create(home, with_pip=True, symlinks=True)
    install = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    lent = tmp_path / "lent"
    lent.mkdir()
    for package in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "seisdsl" not in package.name:
            (lent / package.name).symlink_to(package)
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "SEISDSL_CACHE")}
    environment |= {"PYTHONPATH": str(lent), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    example = ROOT / "examples" / "01-one-liner.seis"
    out = tmp_path / "out"
    run = subprocess.run(
        [home / "bin" / "seis", "run", example, "--out", out],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "simulated" in run.stdout
    where = subprocess.run(
        [home / "bin" / "python", "-c", "import seisdsl; print(seisdsl.__file__)"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(home))
