"""Where in a statement the cursor stands: read from tokens alone, so that broken text tells as much as whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from seisdsl.assist.highlight import tokens

_UNSEEN = {"__IGNORE_2", "JOIN", "COMMENT"}
_OPEN, _CLOSE = {"LPAR", "LSQB", "LBRACE"}, {"RPAR", "RSQB", "RBRACE"}
_WORD = re.compile(r"[A-Za-z_][\w-]*\Z", re.ASCII)
_NUMBER = re.compile(r"(?<![\w-])(?<!\.\d)-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?([A-Za-zµμ°%][\w/·^µμ°%]*)?\Z")
_REST = re.compile(r"[\w-]*", re.ASCII)


@dataclass(frozen=True)
class Token:
    start: int
    kind: str
    text: str


@dataclass
class Frame:
    """A bracket that is open at the cursor, or the statement itself, with the stage the cursor is in."""

    opener: str
    start: int  # where its pipeline begins
    head: list[Token] = field(default_factory=list)  # what a statement says before its `=`
    pipes: list[int] = field(default_factory=list)
    stage: list[Token] = field(default_factory=list)
    name: str = ""  # of the field it is the value of
    axes: list[str] = field(default_factory=list)

    def begin(self, at: int) -> None:
        self.start, self.pipes, self.stage = at, [], []

    def pipeline(self, text: str) -> list[str]:
        """The stages that end before the cursor."""
        edges = [self.start - 1, *self.pipes]
        return [text[a + 1 : b] for a, b in pairwise(edges)]

    @property
    def first(self) -> str:
        return self.stage[0].kind if self.stage else ""

    @property
    def word(self) -> str:
        """The operator's name, with that of its file."""
        return "".join(token.text for token in self.stage[: self._path])

    @property
    def _path(self) -> int:
        """How many tokens the name takes."""
        if self.first != "NAME":
            return 0
        size = 1
        while len(self.stage) > size + 1 and self.stage[size].kind == "DOT":
            size += 2
        return size

    def arguments(self) -> Arguments:
        """What the operator has been given so far."""
        given = Arguments()
        rest = self.stage[self._path :]
        at = 0
        while at < len(rest):
            named = rest[at].kind == "NAME" and at + 1 < len(rest) and rest[at + 1].kind == "EQUAL"
            name = rest[at].text if named else None
            at += 2 if named else 0
            begun = at
            if at < len(rest):
                at += 1
                while at < len(rest) and rest[at].kind in ("_TO", "DOT"):
                    at += 2
            if at == begun or at > len(rest):
                given.pending = name
                given.number = at > len(rest)
                break
            if name is None:
                given.positional += 1
            else:
                given.names.append(name)
        return given


@dataclass
class Arguments:
    names: list[str] = field(default_factory=list)
    positional: int = 0
    pending: str | None = None  # the parameter whose value the cursor is at
    number: bool = False  # whether the cursor is at the end of a range


@dataclass(frozen=True)
class Cursor:
    """The place to complete: `word` is what is typed of a name, `number` whether a unit may follow."""

    frames: list[Frame]
    word: str
    start: int
    end: int
    number: bool = False
    text: str | None = None  # what is typed of a text in quotes
    silent: bool = False  # in a comment
    fresh: bool = False  # where a statement begins

    @property
    def frame(self) -> Frame:
        return self.frames[-1]


def cursor(text: str, at: int) -> Cursor:
    """The cursor at an offset of one statement's text."""
    before = text[:at]
    last = _last(before)
    if last and last.kind == "COMMENT":
        return Cursor([Frame("", 0)], "", at, at, silent=True)
    if last and last.text.startswith('"') and (len(last.text) < 2 or not _closed(last.text)):
        end = text.find('"', at)
        line = text.find("\n", at)
        inside = end >= 0 and (line < 0 or end < line)
        frames, _ = _frames(before[: last.start])
        return Cursor(frames, "", last.start + 1, end if inside else at, text=last.text[1:])
    number = _NUMBER.search(before)
    if number:
        frames, _ = _frames(before[: number.start()])
        start = number.start(1) if number[1] else at
        return Cursor(frames, number[1] or "", start, at, number=True)
    match = _WORD.search(before)
    start = match.start() if match else at
    frames, ended = _frames(before[:start])
    rest = _REST.match(text, at)
    return Cursor(frames, before[start:], start, rest.end() if rest and match else at, fresh=ended)


def _closed(text: str) -> bool:
    return text.endswith('"') and not re.search(r'(?<!\\)(?:\\\\)*\\"\Z', text)


def _last(text: str) -> Token | None:
    found = None
    for at, kind, part, _ in tokens(text):
        found = Token(at, kind, part)
    return found


def _frames(text: str) -> tuple[list[Frame], bool]:
    """The brackets open at the end of a text, outermost first, and whether its statement has ended."""
    frames = [Frame("", 0)]
    ended = True
    for at, kind, part, _ in tokens(text):
        if kind in _UNSEEN:
            continue
        frame, end = frames[-1], at + len(part)
        if kind == "_NL":
            ended = len(frames) == 1 and (bool(frame.stage) or not (frame.pipes or frame.head))
            if frame.opener == "LBRACE" and frame.stage:
                frame.begin(end)
                frame.name = ""
            continue
        ended = False
        if kind in _OPEN:
            frame.stage.append(Token(at, kind, part))
            frames.append(Frame(kind, end))
        elif kind in _CLOSE:
            if len(frames) > 1:
                frames.pop()
        elif kind == "VBAR":
            frame.pipes.append(at)
            frame.stage = []
        elif kind == "COMMA" and frame.opener:
            frame.begin(end)
            frame.name = ""
        elif kind == "EQUAL" and _names_a_field(frame):
            frame.name = frame.stage[0].text
            frame.begin(end)
        elif kind == "EQUAL" and frame.first in ("LET", "DEF", "PARAM") and not frame.head:
            frame.head = frame.stage
            frame.begin(end)
        elif kind == "_ARROW":
            names = zip(frame.stage, frame.stage[1:], strict=False)
            frame.axes = [name.text for name, word in names if word.kind == "IN"]
            frame.stage = []
        else:
            frame.stage.append(Token(at, kind, part))
    return frames, ended


def _names_a_field(frame: Frame) -> bool:
    return frame.opener == "LBRACE" and len(frame.stage) == 1 and frame.first == "NAME" and not frame.pipes
