"""The files that an editor's session knows of."""

from __future__ import annotations

from pathlib import Path

import pytest

from seisdsl.lsp import programs
from seisdsl.lsp.programs import Programs, path_of


def test_programs_of_the_folder_are_found_the_outer_first(tmp_path: Path) -> None:
    for name in ("b.seis", "deep/er/c.seis", "a/z.seis", ".hidden/x.seis", "node_modules/x.seis", "a/n.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    known = Programs()
    known.folders = [tmp_path]
    open_one = known.put((tmp_path / "a" / "z.seis").as_uri(), "let a = 3\n", 1)
    found = [path.relative_to(tmp_path).as_posix() for path in known.near()]
    assert found == ["a/z.seis", "b.seis", "deep/er/c.seis"]
    assert open_one == tmp_path / "a" / "z.seis"


def test_an_archive_beside_them_is_not_gone_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(30):
        (tmp_path / "archive" / f"{day}").mkdir(parents=True)
    (tmp_path / "archive" / "29" / "x.seis").write_text("")
    (tmp_path / "a.seis").write_text("")
    known = Programs()
    known.folders = [tmp_path]
    assert [path.name for path in known.near()] == ["a.seis", "x.seis"]
    monkeypatch.setattr(programs, "MOST_FOLDERS", 10)
    assert [path.name for path in known.near()] == ["a.seis"]


def test_folders_that_are_gone_hold_none(tmp_path: Path) -> None:
    known = Programs()
    known.folders = [tmp_path / "gone"]
    assert list(known.near()) == []


def test_addresses_are_files_whatever_they_hold(tmp_path: Path) -> None:
    for name in ("a b.seis", "日本.seis", "50%.seis", "a#b.seis"):
        known = Programs()
        path = known.put((tmp_path / name).as_uri(), "", 1)
        assert path == tmp_path / name
        assert path_of(Programs().uri(path)) == path
    assert path_of("untitled:Untitled-1").name == "Untitled-1"
    assert path_of("").name == "untitled"
