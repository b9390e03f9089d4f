"""The site of the documentation: every document and operator has its page, and every link leads somewhere."""

from __future__ import annotations

import json
import posixpath
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from documents import ROOT

from seisdsl.cli import DONE, MISUSED, main
from seisdsl.language.types import names
from seisdsl.operator import registry
from seisdsl.site.build import Site
from seisdsl.site.prose import Reader
from seisdsl.site.vocabulary import columns_of, link

OPERATORS = [o for o in registry().distinct() if o.__module__.startswith("seisdsl.operators.")]


class Read(HTMLParser):
    """The links, anchors and words of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.words = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.anchors += [given["id"] or ""] if "id" in given else []

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    began = time.process_time()
    Site().write(folder)
    assert time.process_time() - began < 60
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[str, Read]:
    return {path.relative_to(site).as_posix(): Read(path) for path in site.rglob("*.html")}


def test_every_document_has_a_page_that_the_menu_leads_to(pages):
    menu = set(pages["index.html"].links)
    for document in (ROOT / "docs").glob("*.md"):
        assert f"{document.stem}.html" in menu, document.name
    assert {"types.html", "examples.html", "contributing.html", "changelog.html"} <= menu


def test_every_link_and_anchor_leads_somewhere(site, pages):
    for name, page in pages.items():
        assert len(page.anchors) == len(set(page.anchors)), name
        for target in page.links:
            if target.startswith(("https://", "data:")):
                continue
            path, _, anchor = unquote(target).partition("#")
            goal = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert not goal.startswith(".."), f"{name} leads out of the site: {target}"
            assert (site / goal).is_file(), f"{name}: {target}"
            if anchor and goal.endswith(".html"):
                assert anchor in pages[goal].anchors, f"{name}: {target}"


def test_no_link_of_a_document_is_lost():
    site = Site()
    assert len(list(site.pages())) > len(OPERATORS)
    assert site.reader.lost == []


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.word)
def test_an_operator_has_its_page(operator, pages):
    page = pages[f"operators/{operator.word}.html"]
    words = " ".join(page.words.split())
    for parameter in operator.parameters().values():
        assert f"parameter-{parameter.name}" in page.anchors
        assert " ".join(parameter.help.split()) in words
        assert all(str(limit) in words for _, limit in parameter.bounds)
        assert parameter.shown_default in words
    assert all(citation in words for citation in operator.citations())
    assert all(column in words for column in columns_of(operator))
    assert " ".join(operator.example.split()[:3]) in words
    assert f"operators/{operator.word}.html" in pages["operators.html"].links


def test_every_type_has_its_place(pages):
    assert {name.lower() for name in names()} <= set(pages["types.html"].anchors)


def test_columns_are_those_of_the_example_with_their_units():
    found = columns_of(registry()["locate"])
    assert found["depth"].unit == "km"
    assert "semi_major" in found, "a column of its own, which not every catalogue has"
    assert columns_of(registry()["bandpass"]) == {}


def test_papers_are_linked_where_they_tell_their_place():
    assert link("Allen 1978, doi:10.1785/BSSA0680051521") == "https://doi.org/10.1785/BSSA0680051521"
    assert link("Vaswani et al. 2017, arXiv:1706.03762") == "https://arxiv.org/abs/1706.03762"
    assert link("A Book 2001") == ""


def test_what_can_be_searched(site, pages):
    text = (site / "search.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("window.seisdslSearch = ").rstrip().rstrip(";"))
    assert ["sta-lta", "operator", "operators/sta-lta.html"] in [entry[:3] for entry in entries]
    for title, _, address, _ in entries:
        path, _, anchor = address.partition("#")
        assert title
        assert path in pages
        assert not anchor or anchor in pages[path].anchors, address
    assert len(text) < 1_000_000


def test_programs_have_colours_and_lead_to_operators(site):
    text = (site / "examples" / "01-one-liner.html").read_text(encoding="utf-8")
    assert '<a href="../operators/DiET.html"><span class="nf">DiET</span></a>' in text
    assert '<span class="c1"># Tremor under 150' in text


def test_a_document_can_bring_in_no_markup_of_its_own():
    page = Reader({}).page(
        "# A & B\n\n<script>alert(1)</script> [x](javascript:alert)\n", "docs/x.md", "x.html"
    )
    assert "<script>" not in page.body
    assert "href" not in page.body
    assert page.title == "A & B"


def test_links_between_documents_become_links_between_pages():
    reader = Reader({"docs/a.md": "a.html", "docs/b.md#one": "operators/one.html"})
    text = "# T\n\n[a](a.md#here) [b](b.md#one) [gone](../benchmarks/x.py) [out](https://example.org)\n"
    body = reader.page(text, "docs/t.md", "deep/t.html").body
    assert 'href="../a.html#here"' in body
    assert 'href="../operators/one.html"' in body
    assert "gone" in body
    assert "benchmarks" not in body
    assert 'href="https://example.org" rel="noreferrer"' in body


def test_an_example_is_shown_with_what_it_gives(tmp_path, monkeypatch):
    from seisdsl.site.shown import result_of

    found = result_of(registry()["sta-lta"])
    assert found is not None
    assert found.text.startswith("Picks, simulated:")
    assert found.pictures
    assert found.pictures[0].simulated
    assert result_of(registry()["read"]) is None, "there is no such file here"


def test_the_command_writes_it(tmp_path, capsys):
    assert main(["docs", str(tmp_path / "out")]) == DONE
    assert "index.html" in capsys.readouterr().out
    assert (tmp_path / "out" / "index.html").is_file()
    assert main(["docs", str(tmp_path / "out"), "more"]) == MISUSED
