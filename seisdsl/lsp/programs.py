"""The programs an editor has open, those they use, and what is known of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path

from seisdsl.assist.document import Document
from seisdsl.assist.pieces import Piece
from seisdsl.lsp.places import EditedText
from seisdsl.source import Place, SourceText, UnreadableText

MOST_FILES = 500  # that are looked through for a name
MOST_FOLDERS = 300  # in which they are looked for: an archive of records may lie beside them
_OTHERS = {"node_modules", "__pycache__", "venv", "build", "dist"}


class Programs:
    """Texts by path; one that is open counts as the editor has it, saved or not."""

    def __init__(self) -> None:
        self.encoding = "utf-16"
        self.folders: list[Path] = []
        self.texts: dict[Path, EditedText] = {}
        self.versions: dict[Path, int | None] = {}
        self._uris: dict[Path, str] = {}
        self._documents: dict[Path, Document] = {}

    def put(self, uri: str, text: str, version: int | None) -> Path:
        path = path_of(uri)
        self._uris[path] = uri
        self.versions[path] = version
        self.texts[path] = EditedText(text, path, self.encoding)
        return path

    def drop(self, uri: str) -> Path:
        path = path_of(uri)
        for known in (self.texts, self.versions, self._documents, self._uris):
            known.pop(path, None)
        return path

    def forget(self) -> None:
        """Know nothing of what files held: stations and tables that a check reads may have changed."""
        self._documents.clear()

    def uri(self, path: Path) -> str:
        return self._uris.get(path) or from_fs_path(str(path)) or ""

    def document(self, path: Path) -> Document | None:
        """A program as far as it is known now; None where the file cannot be read."""
        text = self.text(path)
        if text is None:
            return None
        if path not in self._documents:
            self._documents[path] = Document(path)
        others = {other: one.text for other, one in self.texts.items() if other != path}
        return self._documents[path].update(text.text, others)

    def text(self, path: Path) -> EditedText | None:
        if path in self.texts:
            return self.texts[path]
        try:
            return EditedText(SourceText.read(path).text, path, self.encoding)
        except UnreadableText:
            return None

    def near(self) -> Iterator[Path]:
        """The programs that are open, then those of the folders that are."""
        yield from list(self.texts)
        closed = (path.resolve() for folder in self.folders for path in _programs_in(folder))
        yield from islice((path for path in closed if path not in self.texts), MOST_FILES)

    def location(self, place: Place) -> tuple[Path, int, int] | None:
        """The file of a place, and the offsets in it."""
        source = place.source
        if source.path is None:
            return None
        start = source.start if isinstance(source, Piece) else 0
        return source.path.resolve(), start + place.span.start, start + place.span.end


def _programs_in(folder: Path) -> Iterator[Path]:
    """The programs in a folder, then those in the folders within it, the outer first."""
    waiting = deque([folder])
    for _ in range(MOST_FOLDERS):
        if not waiting:
            return
        try:
            inside = sorted(waiting.popleft().iterdir())
        except OSError:
            continue
        yield from (path for path in inside if path.suffix == ".seis" and path.is_file())
        waiting += (
            path
            for path in inside
            if not path.suffix and path.name[0] != "." and path.name not in _OTHERS and path.is_dir()
        )


def path_of(uri: str) -> Path:
    """The file of an address; a text that is in no file yet has a name that no file has."""
    found = to_fs_path(uri)
    if found:
        return Path(found).resolve()
    return Path(uri.rpartition("/")[2].rpartition(":")[2] or "untitled").absolute()
