"""Results stay in their folder, and a file is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.engine.output import output_folder, target, writing_to, written
from seisdsl.operator import Unsuitable


@pytest.fixture
def folder(tmp_path):
    with writing_to(tmp_path / "out"):
        yield tmp_path / "out"


def test_the_folder_is_the_current_one_unless_told(folder):
    assert output_folder() == folder


def test_the_current_folder_is_the_rule():
    assert output_folder() == Path()


@pytest.mark.parametrize("name", ["a.csv", "deep/er/a.csv", "結果/宮城 [1].csv", "a..b.csv"])
def test_a_name_below_the_folder_is_fine(folder, name):
    with written(name) as path:
        path.write_text("whole")
    assert (folder / name).read_text() == "whole"
    assert [p.name for p in (folder / name).parent.iterdir()] == [Path(name).name]


@pytest.mark.parametrize(
    "name",
    ["", "/etc/x.csv", "../x.csv", "a/../../x.csv", "..\\x.csv", "C:\\x.csv", "C:x.csv", "\\\\host\\x.csv",
     "NUL", "a/con.csv", "a:b.csv", "a\x00.csv", "a\n.csv", "a/", "."],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(folder, name):
    with pytest.raises(Unsuitable, match="cannot write"):
        target(name)


def test_what_was_written_is_known(tmp_path):
    with writing_to(tmp_path) as files:
        with written("a.csv") as path:
            path.write_text("x")
        assert files == [tmp_path / "a.csv"]


def test_links_are_not_followed_out(folder, tmp_path):
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "a.csv").symlink_to(tmp_path / "victim")
    for name in ("link/a.csv", "a.csv"):
        with pytest.raises(Unsuitable, match="link"):
            target(name)


def fail(error):
    with written("a.csv") as path:
        path.write_text("half")
        raise error


def test_a_write_that_fails_leaves_what_was_there(folder):
    folder.mkdir()
    (folder / "a.csv").write_text("before")
    with pytest.raises(RuntimeError):
        fail(RuntimeError())
    assert (folder / "a.csv").read_text() == "before"
    assert len(list(folder.iterdir())) == 1


def test_a_full_disk_is_told_in_words(folder):
    with pytest.raises(Unsuitable, match="No space left"):
        fail(OSError(28, "No space left on device"))
    assert list(folder.iterdir()) == []


def test_a_file_in_the_way_of_a_folder_is_told(folder):
    folder.mkdir()
    (folder / "a").write_text("x")
    with pytest.raises(Unsuitable, match="cannot write"), written("a/b.csv") as path:
        path.write_text("x")
    (folder / "d").mkdir()
    with pytest.raises(Unsuitable, match="it is a folder"):
        target("d")
