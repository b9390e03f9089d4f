"""The whole site: which pages there are, and their files."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import seisdsl
from seisdsl.resources import DOCS, EXAMPLES
from seisdsl.site import kinds, programs, vocabulary
from seisdsl.site.page import Entry, Menu, Page, relative
from seisdsl.site.prose import Reader
from seisdsl.site.shown import Picture, placed, result_of
from seisdsl.site.template import POLICY, filled, script, style

INDEX = "docs/index.md"
BESIDE = ("CONTRIBUTING.md", "CHANGELOG.md", "editors/vscode/README.md")  # documents that lie elsewhere
OPERATORS = "operators.html"
GENERATED = {"docs/operators.md": OPERATORS, "examples": "examples.html"}


class Site:
    """`run` is whether the operators' examples are worked out and shown with what they give."""

    def __init__(self, *, run: bool = False) -> None:
        self.run = run
        self.documents = _documents()
        self.reader = Reader(_addresses(self.documents))
        self.pictures: list[Picture] = []

    def pages(self) -> Iterator[Page]:
        for file, path in self.documents.items():
            if file not in GENERATED:
                text = path.read_text(encoding="utf-8")
                yield self.reader.page(text, file, self.reader.addresses[file], _name(path))
        yield vocabulary.listing_page()
        for family in vocabulary.families():
            for operator in family.members:
                result = result_of(operator) if self.run else None
                page = f"operators/{operator.word}.html"
                self.pictures += result.pictures if result else ()
                yield vocabulary.operator_page(operator, family, self.reader, result and placed(result, page))
        yield kinds.types_page(self.reader)
        yield programs.listing_page()
        yield from map(programs.program_page, programs.files())

    def menu(self) -> Menu:
        """The lists of the first page, and at the end the documents that it does not name."""
        lists = self.reader.menu(self.documents[INDEX].read_text(encoding="utf-8"), INDEX)
        named = {"index.html", *(entry.address for _, entries in lists for entry in entries)}
        others = tuple(
            Entry(_title(path), self.reader.addresses[file])
            for file, path in self.documents.items()
            if file.startswith("docs/") and self.reader.addresses[file] not in named
        )
        types = Entry("Types", kinds.ADDRESS)
        return (
            ("", (Entry("Overview", "index.html"),)),
            *((heading, _after(OPERATORS, entries, types)) for heading, entries in lists),
            *([("More", others)] if others else []),
        )

    def write(self, folder: Path) -> int:
        """All files, into a folder; gives how many pages there are."""
        menu = self.menu()
        found: list[list[str]] = []
        pages = list(self.pages())
        for page in pages:
            _write(folder / page.address, _whole(page, menu))
            found += [
                [s.title, page.kind if s.title == page.title else page.title, _at(page, s.anchor), s.text]
                for s in page.sections
            ]
        _write(folder / "site.css", style())
        _write(folder / "site.js", script())
        words = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        _write(folder / "search.js", f"window.seisdslSearch = {words};\n")
        for picture in self.pictures:
            path = folder / "pictures" / picture.address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture.content)
        for notebook in EXAMPLES.rglob("*.ipynb"):
            path = folder / "examples" / notebook.relative_to(EXAMPLES)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(notebook, path)
        return len(pages)


def _documents() -> dict[str, Path]:
    """The documents by their names in the project, wherever they lie here."""
    found = {f"docs/{path.name}": path for path in sorted(DOCS.glob("*.md"))}
    beside = {name: DOCS.parent / name for name in BESIDE}
    return found | {name: path for name, path in beside.items() if path.is_file()}


def _after(address: str, entries: tuple[Entry, ...], more: Entry) -> tuple[Entry, ...]:
    at = next((at for at, entry in enumerate(entries, 1) if entry.address == address), None)
    return entries if at is None else (*entries[:at], more, *entries[at:])


def _addresses(documents: dict[str, Path]) -> dict[str, str]:
    """The page of each file of the project; of an operator in the list of all, its own."""
    found = {file: f"{_name(path)}.html" for file, path in documents.items()} | GENERATED
    found["README.md"] = "index.html"
    for path in EXAMPLES.rglob("*"):
        file = f"examples/{path.relative_to(EXAMPLES).as_posix()}"
        if path.suffix in programs.KINDS:
            found[file] = programs.address(path)
        elif path.suffix == ".ipynb":
            found[file] = file
    for family in vocabulary.families():
        for operator in family.members:
            found[f"docs/operators.md#{operator.word.lower()}"] = f"operators/{operator.word}.html"
    return found


def _title(document: Path) -> str:
    found = re.search(r"^# (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else document.stem


def _name(document: Path) -> str:
    return (document.parent.name if document.stem == "README" else document.stem).lower()


def _whole(page: Page, menu: Menu) -> str:
    root = "../" * page.address.count("/")
    return filled(
        "page.html",
        page=page,
        menu=menu,
        root=root,
        policy=POLICY,
        version=seisdsl.__version__,
        at=lambda address: relative(address, page.address),
    )


def _at(page: Page, anchor: str) -> str:
    first = not page.sections or anchor == page.sections[0].anchor
    return page.address if first or not anchor else f"{page.address}#{anchor}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
