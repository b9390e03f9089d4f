"""Programs in one style: the tree laid out anew, with its comments where they were."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from seisdsl.diagnostics import Faults
from seisdsl.source import SourceText
from seisdsl.syntax import tree
from seisdsl.syntax.parser import parse
from seisdsl.syntax.typeset import Choice, Doc, Group, Indent, Line, Remark, opening, typeset

WIDTH = 88
_BLANK = re.compile(r"^[ \t]*\n[ \t]*(?=[^ \t\n])", re.MULTILINE)


class Misprint(Exception):
    """The formatter's result would not read as the program does: its own fault, not the user's."""


def format_program(source: SourceText) -> str:
    """The program in the one style; `Faults` where the text has errors."""
    program, faults = parse(source)
    if faults:
        raise Faults(faults)
    text = typeset(_Layout(source.text, program.comments).program(program), WIDTH).strip("\n")
    text = f"{text}\n" if text else ""
    _compare(program, SourceText(source.name, text))
    return text


def format_node(node: tree.Node) -> str:
    """One node on one line, without comments."""
    return typeset(_Layout("", ()).node(node), None)


def _compare(program: tree.Program, result: SourceText) -> None:
    again, faults = parse(result)
    if faults:
        raise Misprint(f"{result.name}: {faults[0].message}, in:\n{result.text}")
    if again.statements != program.statements:
        raise Misprint(f"{result.name}: the statements changed, to:\n{result.text}")
    if _words(again) != _words(program):
        raise Misprint(f"{result.name}: the comments changed, in:\n{result.text}")


def _words(program: tree.Program) -> tuple[list[str], list[str]]:
    """What takes no part in the equality of trees: comments, and which statement they document."""
    comments = [comment.text for comment in program.comments]
    return comments, [getattr(statement, "doc", "") for statement in program.statements]


class _Layout:
    """Documents of nodes, made in the order of the text: each takes the comments before it."""

    def __init__(self, text: str, comments: Sequence[tree.Comment]) -> None:
        self.text = text
        self.comments = comments
        self.taken = 0
        self.after_blank = {match.end() for match in _BLANK.finditer(text)}

    # Comments and empty lines -------------------------------------------------------------------

    def remarks(self, offset: int) -> Sequence[tree.Comment]:
        """The comments before an offset that nothing has taken yet."""
        first = self.taken
        while self.taken < len(self.comments) and self.comments[self.taken].span.start < offset:
            self.taken += 1
        return self.comments[first : self.taken]

    def remark_lines(self, offset: int, blanks: bool = False) -> tuple[Doc, ...]:
        """Those comments, the first at the end of its line if it stood so, the others alone."""
        lines: list[Doc] = []
        for comment in self.remarks(offset):
            alone = comment.alone or bool(lines)
            if alone:
                lines.append(Line(blank=blanks and comment.span.start in self.after_blank))
            lines.append(Remark(comment.text, alone))
        return tuple(lines)

    def line_to(self, node: tree.Node, flat: str = " ", blanks: bool = False) -> Doc:
        """The comments before a node, then a place to break."""
        remarks = self.remark_lines(node.span.start, blanks)
        return (*remarks, Line(flat, blanks and node.span.start in self.after_blank))

    def next_to(self, node: tree.Node) -> Doc:
        """A node after a space; on its own line, indented, where comments come between."""
        if remarks := self.remark_lines(node.span.start):
            return Group(Indent((*remarks, Line(), self.node(node))), broken=True)
        return (" ", self.node(node))

    def bracketed(
        self,
        brackets: str,
        node: tree.Node,
        parts: Sequence[tree.Node],
        comma: Choice,
        *,
        last: Doc = "",
        pad: str = "",
        broken: bool = False,
    ) -> Doc:
        """Parts between brackets: on one line, or each on its own."""
        inside: list[Doc] = []
        for part in parts:
            if inside:
                inside.append(comma)
            inside += [self.line_to(part, " " if inside else pad, blanks=bool(inside)), self.node(part)]
        remarks = self.remark_lines(node.span.end)
        if not inside and not remarks:
            return brackets
        if inside:
            inside.append(last)
        return Group((brackets[0], Indent((*inside, *remarks)), Line(pad), brackets[1]), broken)

    # Nodes --------------------------------------------------------------------------------------

    def program(self, program: tree.Program) -> Doc:
        parts: list[Doc] = []
        for statement in program.statements:
            parts += [self.line_to(statement, blanks=True), self.node(statement)]
        return (*parts, *self.remark_lines(len(self.text) + 1, blanks=True))

    def node(self, node: tree.Node) -> Doc:
        """A node, after the comments that stand before it within a line."""
        remarks = tuple(Remark(comment.text, comment.alone) for comment in self.remarks(node.span.start))
        match node:
            case tree.Pipeline() | tree.Where() | tree.Derive() | tree.Sweep() | tree.Axis():
                doc = self.stage(node)
            case tree.Type() | tree.Arguments() | tree.Argument() | tree.Signature() | tree.Field():
                doc = self.declaration(node)
            case tree.Use() | tree.Source() | tree.Parameter():
                doc = self.statement(node)
            case tree.Let() | tree.Definition() | tree.Assertion():
                doc = self.statement(node)
            case tree.Leaf(_, text):
                doc = text
            case _:
                doc = self.expression(node)
        return (*remarks, doc) if remarks else doc

    def after(self, words: str, node: tree.Node | None) -> tuple[Doc, ...]:
        if node is None:
            return ()
        return (words, self.node(node)) if words else (self.node(node),)

    def between(self, words: str, parts: Sequence[tree.Node]) -> Doc:
        docs: list[Doc] = []
        for part in parts:
            docs += self.after(words if docs else "", part)
        return tuple(docs)

    def declared(self, name: tree.Node, of: tree.Type | None) -> Doc:
        return (self.node(name), *self.after(": ", of))

    def statement(self, node: tree.Node) -> Doc:
        match node:
            case tree.Use(_, target, alias):
                return ("use ", self.node(target), *self.after(" as ", alias))
            case tree.Source(_, name, of, settings):
                return ("source ", self.declared(name, of), " ", self.node(settings))
            case tree.Parameter(_, name, of, default):
                return ("param ", self.declared(name, of), *self.after(" = ", default))
            case tree.Let(_, name, of, value):
                return ("let ", self.declared(name, of), " =", self.next_to(value))
            case tree.Definition(_, name, arguments, signature, body):
                head = ("def ", self.node(name), self.node(arguments), *self.after("", signature), " =")
                return (*head, Group(Indent((self.line_to(body), self.node(body)))))
            case tree.Assertion(_, condition, message):
                said = ("assert ", self.node(condition))
                if not message:
                    return said
                return (*said, ",", Group(Indent((self.line_to(message), self.node(message)))))
        raise TypeError(type(node).__name__)

    def declaration(self, node: tree.Node) -> Doc:
        match node:
            case tree.Type():
                arguments = ("<", self.between(", ", node.arguments), ">") if node.arguments else ()
                return (self.node(node.name), *arguments)
            case tree.Arguments(_, parts):
                return self.bracketed("()", node, parts, Choice(",", ","), last=Choice("", ","))
            case tree.Argument(_, name, of, default):
                return (self.declared(name, of), *self.after(" = ", default))
            case tree.Signature(_, reads, gives):
                return (":", *self.after(" ", reads), " -> ", self.node(gives))
            case tree.Field(_, name, value):
                return (self.node(name), " =", self.next_to(value))
        raise TypeError(type(node).__name__)

    def stage(self, node: tree.Node) -> Doc:
        match node:
            case tree.Pipeline(_, (stage,)):
                return self.node(stage)
            case tree.Pipeline(_, (first, *others)):
                docs = [self.node(first)]
                for other in others:
                    docs.append(Indent((self.line_to(other), "| ", self.node(other))))
                return Group(tuple(docs))
            case tree.Where(_, condition):
                return ("where ", self.node(condition))
            case tree.Derive(_, columns):
                return ("derive ", self.node(columns))
            case tree.Axis():
                return (self.node(node.name), " in ", self.node(node.values))
            case tree.Sweep(_, (first, *axes, body)):
                docs = ["sweep ", self.node(first)]
                for axis in axes:
                    docs += [",", self.next_to(axis)]
                return (*docs, " =>", self.next_to(body))
        raise TypeError(type(node).__name__)

    def expression(self, node: tree.Node) -> Doc:
        match node:
            case tree.Hole():
                return "?"
            case tree.Path(_, names):
                return self.between(".", names)
            case tree.Range(_, low, high):
                return (self.node(low), "..", self.node(high))
            case tree.List(_, parts):
                return self.bracketed("[]", node, parts, Choice(",", ","), last=Choice("", ","))
            case tree.Record(_, parts):
                inside = self.text[node.span.start + 1 : parts[0].span.start] if parts else ""
                return self.bracketed("{}", node, parts, Choice(",", ""), pad=" ", broken="\n" in inside)
            case tree.Group(_, pipeline):
                return self.bracketed("()", node, (pipeline,), Choice("", ""))
            case tree.Named(_, name, value):
                return (self.node(name), "=", self.node(value))
            case tree.Call(_, parts):
                return self.between(" ", parts)
            case tree.Power(_, base, exponent):
                tight = isinstance(base, _SIMPLE) and isinstance(exponent, _SIMPLE)
                return (self.node(base), "^" if tight else " ^ ", self.node(exponent))
            case tree.Comparison(_, left, operator, right):
                return (self.node(left), f" {operator} ", self.node(right))
            case tree.Conjunction(_, parts):
                return self.between(" and ", parts)
            case tree.Disjunction(_, parts):
                return self.between(" or ", parts)
            case tree.Chain(_, parts):
                return self.chain(parts)
        raise TypeError(type(node).__name__)

    def chain(self, parts: Sequence[tree.Node | str]) -> Doc:
        """Operands with their operators; a sign that stands first touches a word or a bracket."""
        docs: list[Doc] = []
        for at, part in enumerate(parts):
            if isinstance(part, tree.Node):
                docs.append(self.node(part))
            elif part == "not":
                docs.append("not ")
            else:
                docs.append(f" {part} " if at else part)
        if parts[0] in ("+", "-") and not opening(docs[1]).startswith(("(", *_LETTERS)):
            docs[0] = f"{docs[0]} "
        return tuple(docs)


# A base with a unit is none of these: `10km^2` is one quantity.
_SIMPLE = (tree.Path, tree.Number, tree.Group)
_LETTERS = tuple(string.ascii_letters + "_")
