"""Documents of the project as pages: Markdown, with its links leading to the pages of the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from seisdsl.site.code import PLAIN, WRONG, coloured
from seisdsl.site.page import Entry, Menu, Page, Section, joined, plain, relative, slug

COMMENT = re.compile(r"\A<!--.*?-->\s*", re.DOTALL)
LONG = 5  # headings: a page with more of them begins with a list of its contents


class Reader:
    """Reads documents; `addresses` tells the page of each file of the project that has one."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.addresses = addresses
        self.lost: list[str] = []  # links to what has no page
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._markdown.add_render_rule("fence", _fence)
        self._markdown.add_render_rule("table_open", _table_open)
        self._markdown.add_render_rule("table_close", _table_close)

    def page(self, text: str, file: str, address: str, kind: str = "") -> Page:
        """A document's page; its first heading is the title."""
        tokens = self._tokens(text, file, address)
        sections = tuple(_sections(tokens))
        parts = tuple((s.anchor, s.title) for s in _at_level(tokens, "h2", sections))
        body = Markup(self._markdown.renderer.render(tokens, self._markdown.options, {}))
        title = sections[0].title if sections else file
        return Page(address, title, body, sections, kind, parts if len(parts) > LONG else ())

    def fragment(self, text: str, address: str) -> Markup:
        """A few paragraphs without headings, such as the help of an operator."""
        tokens = self._tokens(text, "", address)
        return Markup(self._markdown.renderer.render(tokens, self._markdown.options, {}))

    def menu(self, text: str, file: str) -> Menu:
        """The lists of a document, each under its heading: what there is to read."""
        found: dict[str, list[Entry]] = {}
        heading = ""
        tokens = self._markdown.parse(COMMENT.sub("", text))
        for before, token in pairwise(tokens):
            if before.type == "heading_open":
                heading = _said(token)
            elif token.type == "inline" and (link := _first_link(token)) is not None:
                name, target = link
                address = self.address(target, file)
                if address is not None and "://" not in address:
                    about = _said(token).removeprefix(name).lstrip(": ")
                    found.setdefault(heading, []).append(Entry(name, address, about))
        return tuple((heading, tuple(entries)) for heading, entries in found.items())

    def address(self, target: str, file: str) -> str | None:
        """Where a link of a document leads to; None where the site has no such page."""
        if "://" in target:
            return target
        path, sign, anchor = target.partition("#")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else file
        exact = self.addresses.get(f"{there}{sign}{anchor}")
        page = self.addresses.get(there)
        return exact or (page and f"{page}{sign}{anchor}")

    def _tokens(self, text: str, file: str, address: str) -> list[Token]:
        tokens = self._markdown.parse(COMMENT.sub("", text))
        for before, token in zip([None, *tokens], tokens, strict=False):
            if token.type == "inline":
                token.children = list(self._led(token.children or [], file, address))
                if before is not None and before.type == "heading_open":
                    before.attrSet("id", slug(_said(token)))
            elif token.type == "fence":
                token.meta = {"page": address, "answers": before is not None and _is_asked(before)}
        return tokens

    def _led(self, children: Sequence[Token], file: str, page: str) -> Iterator[Token]:
        """Links that lead to pages of the site; what has none there stays as words."""
        dropped = False
        for token in children:
            if token.type == "link_open":
                target = self.address(str(token.attrGet("href")), file)
                dropped = target is None
                if target is None:
                    self.lost.append(f"{file}: {token.attrGet('href')}")
                else:
                    outside = "://" in target
                    token.attrSet("href", target if outside else relative(target, page))
                    if outside:
                        token.attrSet("rel", "noreferrer")
            if not (dropped and token.type in ("link_open", "link_close")):
                yield token


def _is_asked(token: Token) -> bool:
    """Whether a block of text after this one is what a program says."""
    return token.type == "fence" and token.info not in PLAIN


def _said(token: Token) -> str:
    return plain("".join(child.content or " " for child in token.children or [] if not child.nesting))


def _first_link(token: Token) -> tuple[str, str] | None:
    children = token.children or []
    if len(children) < 3 or children[0].type != "link_open":
        return None
    end = next(at for at, child in enumerate(children) if child.type == "link_close")
    return "".join(child.content for child in children[1:end]), str(children[0].attrGet("href"))


def _sections(tokens: Sequence[Token]) -> Iterator[Section]:
    anchor, title, words = "", "", list[str]()
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open":
            if title:
                yield Section(anchor, title, joined(words))
            anchor, title, words = str(before.attrGet("id")), _said(token), []
        elif token.type == "inline":
            words.append(_said(token))
        elif token.type == "fence":
            words.append(token.content)
    if title:
        yield Section(anchor, title, joined(words))


def _at_level(tokens: Sequence[Token], tag: str, sections: Sequence[Section]) -> Iterator[Section]:
    here = {token.attrGet("id") for token in tokens if token.type == "heading_open" and token.tag == tag}
    return (section for section in sections if section.anchor in here)


def _fence(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    kind, page = token.info.strip(), token.meta["page"]
    role = "said" if token.meta["answers"] and kind in PLAIN else "code"
    wrong = Markup('<span class="kind">at fault</span>') if kind == WRONG else ""
    inside = coloured(token.content, kind, page)
    style = f"{role} wrong" if wrong else role
    return f'<div class="block {style}">{wrong}<pre tabindex="0"><code>{inside}</code></pre></div>\n'


def _table_open(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return '<div class="scroll" tabindex="0" role="region" aria-label="table"><table>\n'


def _table_close(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return "</table></div>\n"
