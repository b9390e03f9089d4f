"""Text laid out within a width, after Wadler's "A prettier printer" (2003).

A `Group` stands on one line where it fits; where it does not, each `Line` in it begins a new
line. A `Remark` is a comment: whatever is written after it goes to a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from seisdsl.diagnostics import columns

STEP = 2


@dataclass(frozen=True)
class Line:
    """A place to break: `flat` stands there on one line; `blank` leaves an empty line when broken."""

    flat: str = " "
    blank: bool = False


@dataclass(frozen=True)
class Choice:
    """What is written where the group stands on one line, and where it is broken."""

    flat: str
    broken: str


@dataclass(frozen=True)
class Indent:
    part: Doc


@dataclass(frozen=True)
class Group:
    part: Doc
    broken: bool = False


@dataclass(frozen=True)
class Remark:
    """A comment, alone on its line or at the end of one."""

    text: str
    alone: bool


Doc = str | tuple["Doc", ...] | Line | Choice | Indent | Group | Remark
Placed = tuple[int, bool, Doc]  # how far in, whether the group around it is broken, what


def typeset(doc: Doc, width: int | None) -> str:
    """The document as text; without a width nothing is broken that need not be."""
    page = _Page()
    todo: list[Placed] = [(0, width is not None, doc)]
    while todo:
        depth, broken, item = todo.pop()
        match item:
            case str():
                page.write(item, depth)
            case tuple():
                todo += ((depth, broken, part) for part in reversed(item))
            case Line(flat, blank):
                if broken:
                    page.new_line(depth, blank)
                else:
                    page.write(flat, depth)
            case Choice():
                page.write(item.broken if broken else item.flat, depth)
            case Indent(part):
                todo.append((depth + STEP, broken, part))
            case Group(part):
                page.settle(depth)
                breaks = width is not None and not _fits(item, width - page.column, todo)
                todo.append((depth, breaks, part))
            case Remark():
                page.remark(item, depth)
    return page.text()


def _fits(group: Group, room: int, after: list[Placed]) -> bool:
    """Whether a group goes on the line, with what must follow it there."""
    todo: list[Placed] = [(0, False, group)]
    rest = reversed(after)
    inside = True
    while room >= 0:
        if not todo:
            inside = False
            following = next(rest, None)
            if following is None:
                return True
            todo.append(following)
        _, broken, item = todo.pop()
        match item:
            case str():
                room -= columns(item)
            case tuple():
                todo += ((0, broken, part) for part in reversed(item))
            case Line(flat):
                if broken:
                    return True
                room -= len(flat)
            case Choice():
                room -= len(item.broken if broken else item.flat)
            case Indent(part):
                todo.append((0, broken, part))
            case Group(part):
                if item.broken and inside:
                    return False
                todo.append((0, broken or item.broken, part))
            case Remark():
                return not inside
    return False


@dataclass
class _Page:
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    column: int = 0
    ended: bool = False

    def settle(self, depth: int) -> None:
        """Leave a line that a remark has ended."""
        if self.ended:
            self.new_line(depth + STEP)

    def write(self, text: str, depth: int) -> None:
        if text.strip():
            self.settle(depth)
        if not self.ended:
            self.line.append(text)
            self.column += columns(text)

    def new_line(self, depth: int, blank: bool = False) -> None:
        self._end_line()
        if blank:
            self.lines.append("")
        self.line, self.column, self.ended = [" " * depth], depth, False

    def remark(self, remark: Remark, depth: int) -> None:
        if any(part.strip() for part in self.line):
            if remark.alone or self.ended:
                self.new_line(depth + STEP)
            else:
                self.line = ["".join(self.line).rstrip(), "  "]
        self.line.append(remark.text)
        self.ended = True

    def _end_line(self) -> None:
        self.lines.append("".join(self.line).rstrip())

    def text(self) -> str:
        self._end_line()
        return "\n".join(self.lines)


def opening(doc: Doc) -> str:
    """The first text of a document, if it begins with text."""
    while not isinstance(doc, str):
        if isinstance(doc, tuple) and doc:
            doc = doc[0]
        elif isinstance(doc, Group):
            doc = doc.part
        else:
            return ""
    return doc
