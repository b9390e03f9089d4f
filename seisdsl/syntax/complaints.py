"""What the parser says where it stops: the user's words, and the repair for a known habit."""

from __future__ import annotations

import re
import unicodedata

from seisdsl.diagnostics import Diagnostic, Fix, problem
from seisdsl.source import SourceText, Span

KEYWORDS = frozenset(
    "use source param let def assert where derive sweep in as and or not true false".split()
)

_LOOKALIKES = {
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": '"', "\u2019": '"',
    "\u00a0": " ", "\u2003": " ", "\u3000": " ", "\u200b": "",
    "\uff5c": "|", "\u2026": "..", "\u00d7": "*", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=",
    "\uff08": "(", "\uff09": ")", "\uff1d": "=", "\uff0c": ",", "\u3001": ",",
}  # fmt: skip

_HABITS: list[tuple[str, str, str | None]] = [
    # what stands there, what to say of it, what to write instead (None: the remark is enough)
    (r"&&", "conditions are joined by `and`", "and"),
    (r"\|\|", "conditions are joined by `or`", "or"),
    (r";", "a statement ends with its line; `;` is not used", ""),
    (r"'[^'\n]*'", "text stands in double quotes", None),
    (r":=", "a name is given its value with `=`", "="),
    (r"\*\*", "a power is written `^`", "^"),
    (r"!", "a condition is turned round with `not`", "not "),
    (r">>?|->", "stages are joined by `|`", None),
    (r"%", "`%` touches its number: `80%`", None),
]

_WORDS = {
    "NAME": "a name", "NUMBER": "a number", "QUANTITY": "a quantity", "INSTANT": "a date",
    "STRING": "text in quotes", "VBAR": "`|`", "EQUAL": "`=`", "COLON": "`:`", "COMMA": "`,`",
    "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`", "RSQB": "`]`", "LBRACE": "`{`", "RBRACE": "`}`",
    "IN": "`in`", "_ARROW": "`=>`", "_GIVES": "`->`", "_NL": "the end of the line", "$END": "the end",
    "LESSTHAN": "`<`", "MORETHAN": "`>`", "COMPARE": "a comparison", "_AS": "`as`", "_TO": "`..`",
}  # fmt: skip
_VALUE = {"NAME", "NUMBER", "QUANTITY", "STRING", "LPAR"}


def complaint(source: SourceText, piece: Span, at: Span | None, expected: set[str]) -> Diagnostic:
    """One message for the place where parsing of a piece stopped; `at` is None at its end."""
    if at is None:
        return _unfinished(source, piece, expected)
    place = source.place(at)
    found = source[at]
    before = source.text[piece.start : at.start].rstrip()
    rest = source.text[at.start : piece.end]

    if not before.strip():
        if found == "|":
            return problem("syntax", "a pipe with nothing before it", place, "no stage comes first",
                           notes=["a pipeline starts with a value: `stream S-net | …`"])  # fmt: skip
        if at.start > 0 and source.position(at.start).column > 1:
            return problem("syntax", "a statement begins in column 1", place,
                           notes=["lines that go on with a statement are indented"])  # fmt: skip
    if source.text[at.start - 1 : at.start + 1] in ("||", "&&"):
        at = Span(at.start - 1, at.end)
        place, rest = source.place(at), source.text[at.start : piece.end]
    elif found == "|" and before.endswith("|"):
        return problem("syntax", "two pipes in a row", place, fix="an operator is missing between them")
    if found.isdigit() and re.search(r"(^|[^\w.])\.$", source.text[piece.start : at.start]):
        wrong = source.place(Span(at.start - 1, at.end))
        return problem("syntax", "a decimal point needs a digit before it", wrong,
                       fix=Fix(f"write `0.{found}`", wrong, f"0.{found}"))  # fmt: skip
    if found == '"':
        end = source.text.find("\n", at.start)
        line_end = len(source.text) if end < 0 else end
        return problem("syntax", "the text is never closed", source.place(Span(at.start, line_end)),
                       fix='a text ends with `"` on the line where it begins')  # fmt: skip
    if found[0] in _LOOKALIKES or not found.isascii():
        return _strange_character(source, at)
    if found in KEYWORDS and "NAME" in expected:
        return problem("syntax", f"`{found}` is a word of the language and cannot be a name", place,
                       fix="choose another name")  # fmt: skip
    if found == "=" and "COMPARE" in expected:
        return problem("syntax", "`=` gives a parameter its value", place,
                       fix=Fix("to compare, write `==`", place, "=="))  # fmt: skip
    if found in "|=" and before.endswith("="):
        return problem("syntax", "a value is missing after `=`", place)
    if found == "," and re.search(r"[\w\"\])]$", before) and "COMMA" not in expected:
        return problem("syntax", "arguments are separated by spaces", place, "no comma here",
                       fix=Fix("leave the comma out", place, ""))  # fmt: skip
    for pattern, remark, instead in _HABITS:
        if match := re.match(pattern, rest):
            where = source.place(Span(at.start, at.start + match.end()))
            fix = remark if instead is None else Fix(remark, where, instead)
            return problem("syntax", f"`{match[0]}` cannot stand here", where, fix=fix)
    shown = found if found.strip() else "the end of the line"
    quoted = f"`{shown}`" if found.strip() else shown
    return problem("syntax", f"{quoted} cannot stand here", place, notes=_expected(expected))


def _unfinished(source: SourceText, piece: Span, expected: set[str]) -> Diagnostic:
    code = re.sub(r"#[^\n]*", "", source[piece]).rstrip() or source[piece].rstrip()
    end = piece.start + len(source.text[piece.start : piece.start + len(code)].rstrip())
    place = source.place(Span(max(piece.start, end - 1), end))
    if code.endswith("|"):
        return problem("syntax", "an operator is missing after the last `|`", place)
    if code.endswith("="):
        return problem("syntax", "a value is missing after `=`", place,
                       notes=["if it stands on the next line, indent that line"])  # fmt: skip
    return problem("syntax", "the statement ends too early", place, notes=_expected(expected))


def _strange_character(source: SourceText, at: Span) -> Diagnostic:
    character = source.text[at.start]
    place = source.place(Span(at.start, at.start + 1))
    name = unicodedata.name(character, "a control character").lower()
    message = f"this is {_article(name)} {name}, U+{ord(character):04X}"
    meant = _LOOKALIKES.get(character)
    if meant is None:
        notes = ["names and operators are written in ASCII letters; other text stands in quotes"]
        return problem("syntax", message, place, notes=notes)
    return problem("syntax", message, place, fix=Fix(f"write `{meant}`" if meant.strip() else "write a plain space", place, meant))


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"


def _expected(expected: set[str]) -> list[str]:
    words = []
    if expected >= _VALUE:
        words.append("a value")
        expected = expected - _VALUE - {"INSTANT", "LSQB", "LBRACE"}
    words += sorted(_WORDS[name] for name in expected if name in _WORDS)
    if not words or len(words) > 8:
        return []
    listing = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return [f"expected {listing}"]
