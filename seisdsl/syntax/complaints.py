"""What the parser says where it stops: the user's words, and the repair for a known habit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from seisdsl.diagnostics import Diagnostic, Fix, problem
from seisdsl.source import Place, SourceText, Span

KEYWORDS = frozenset(
    {
        *("use", "source", "param", "let", "def", "assert", "where", "derive", "sweep"),
        *("in", "as", "and", "or", "not", "true", "false"),
    }
)


@dataclass(frozen=True)
class Stop:
    """Where the parsing of a piece stopped, and the terminals that could have stood there.

    `code` is the text with its comments blanked out; `at` is None at the end of the piece.
    """

    source: SourceText
    code: str
    piece: Span
    at: Span | None
    accepts: frozenset[str]

    @property
    def here(self) -> Span:
        return self.at or Span(self.piece.end, self.piece.end)

    @property
    def found(self) -> str:
        return self.source[self.here]

    @property
    def before(self) -> str:
        return self.code[self.piece.start : self.here.start].rstrip()

    @property
    def line_before(self) -> str:
        """What stands on the line before the stop."""
        start = self.code.rfind("\n", 0, self.here.start) + 1
        return self.code[max(start, self.piece.start) : self.here.start]

    def place(self, start: int, end: int) -> Place:
        return self.source.place(Span(start, end))

    def last(self, length: int = 1) -> Place:
        """The last characters of the code before the stop."""
        end = self.piece.start + len(self.before)
        return self.place(max(self.piece.start, end - length), end)


def complaint(stop: Stop) -> Diagnostic:
    """One message for the place where parsing stopped."""
    if stop.at is None or stop.found == "\n":
        return _ended(stop)
    place = stop.source.place(stop.at)
    for recognise in _RECOGNISERS:
        if diagnostic := recognise(stop, place):
            return diagnostic
    found = "a backquote" if stop.found == "`" else f"`{stop.found}`"
    return problem("syntax", f"{found} cannot stand here", place, notes=_expected(stop))


def _ended(stop: Stop) -> Diagnostic:
    if stop.before.endswith("|"):
        return problem("syntax", "an operator is missing after the last `|`", stop.last())
    if stop.before.endswith("="):
        notes = ["if it stands on the next line, indent that line"]
        return problem("syntax", "a value is missing after `=`", stop.last(), notes=notes)
    if form := _form(stop, stop.last()):
        return form
    what = "statement" if stop.at is None else "line"
    return problem("syntax", f"the {what} ends too early", stop.last(), notes=_expected(stop))


def _pipe(stop: Stop, place: Place) -> Diagnostic | None:
    if stop.found != "|" or stop.code[stop.here.start - 1 : stop.here.start] == "|":
        return None
    if not stop.before:
        notes = ["a pipeline starts with a value: `stream S-net | detrend`"]
        return problem("syntax", "a pipe with nothing before it", place, "no stage comes first", notes=notes)
    if stop.before.endswith("|"):
        return problem("syntax", "two pipes in a row", place, fix="an operator is missing between them")
    if stop.before.endswith("="):
        return problem("syntax", "a value is missing after `=`", stop.last())
    return None


def _strange(stop: Stop, place: Place) -> Diagnostic | None:
    character = stop.found[0]
    if character.isascii() and character.isprintable():
        return None
    place = stop.place(stop.here.start, stop.here.start + 1)
    name = unicodedata.name(character, "control character").lower()
    message = f"this is {'an' if name[0] in 'aeiou' else 'a'} {name}, U+{ord(character):04X}"
    meant = _meant(character)
    if meant is None:
        notes = ["names and operators are written in ASCII letters; other text stands in quotes"]
        return problem("syntax", message, place, notes=notes)
    words = {" ": "write a plain space", "": "delete it"}.get(meant, f"write `{meant}`")
    return problem("syntax", message, place, fix=Fix(words, place, meant))


_LOOKALIKES = {
    "\u2212": "-", "\u201e": '"', "\u201a": '"', "\u2026": "..", "\u3001": ",",
    "\u00d7": "*", "\u00f7": "/", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=",
    "\u00b2": "^2", "\u00b3": "^3",
}  # fmt: skip
_KINDS = {"Zs": " ", "Cf": "", "Cc": "", "Pd": "-", "Pi": '"', "Pf": '"'}


def _meant(character: str) -> str | None:
    """What a character that editors and word processors put in was typed as."""
    known = _LOOKALIKES.get(character, _KINDS.get(unicodedata.category(character)))
    if known is not None:
        return known
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() else None


_HABITS: list[tuple[str, str, str | None]] = [
    # what stands there, what to say of it, what to write instead (None: the remark is enough)
    (r"&&?", "conditions are joined by `and`", "and"),
    (r"\|\|", "conditions are joined by `or`", "or"),
    (r";", "a statement ends with its line; `;` is not used", ""),
    (r"'[^'\n]*'", "text stands in double quotes", None),
    (r":=", "a name is given its value with `=`", "="),
    (r"\*\*", "a power is written `^`", "^"),
    (r"!", "a condition is turned round with `not`", "not "),
    (r">>|\|>|->", "stages are joined by `|`", "|"),
    (r"%", "`%` touches its number: `80%`", None),
    (r"//|/\*|--", "a comment begins with `#`", None),
]


def _habit(stop: Stop, place: Place) -> Diagnostic | None:
    """A sign of another language; the parser may have stopped at its second character."""
    start = stop.here.start
    for at in (start - 1, start):
        if at < stop.piece.start:
            continue
        for pattern, remark, instead in _HABITS:
            match = re.compile(pattern).match(stop.code, at, stop.piece.end)
            if match and match.end() > start:
                where = stop.place(at, match.end())
                fix = remark if instead is None else Fix(remark, where, instead)
                return problem("syntax", f"`{match[0]}` cannot stand here", where, fix=fix)
    return None


_DATE = re.compile(r"(?<![\w.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\w.])")


def _date(stop: Stop, place: Place) -> Diagnostic | None:
    """`15.08.2016`, which stops at its second point."""
    for match in _DATE.finditer(stop.code, max(stop.piece.start, stop.here.start - 10), stop.here.end + 10):
        if match.start() <= stop.here.start < match.end():
            day, month, year = match.groups()
            written = f"{year}-{int(month):02}-{int(day):02}"
            wrong = stop.place(*match.span())
            fix = Fix(f"a date is written year first: `{written}`", wrong, written)
            return problem("syntax", f"`{match[0]}` is no date here", wrong, fix=fix)
    return None


_FORMS = [
    # what stands before the stop, what is missing, how it is written
    (r"\bwhere", "`where` needs a condition", "as in `where duration > 30s`"),
    (r"\bderive", "`derive` puts new columns in braces", "as in `derive { end = time + 10s }`"),
    (r"\bdef [\w-]+", "a definition has parentheses, even without parameters",
     "as in `def quiet(): Waves -> Waves = …`"),
]  # fmt: skip


def _form(stop: Stop, place: Place) -> Diagnostic | None:
    """A statement or stage whose own form is not kept."""
    before = stop.before[-80:]
    for pattern, missing, written in _FORMS:
        if re.search(rf"(?<![\w-]){pattern}$", before):
            return problem("syntax", missing, place, notes=[written])
    return None


def _decimal(stop: Stop, place: Place) -> Diagnostic | None:
    """`.5`, and `5.`, which stops at what follows."""
    start = stop.here.start
    if stop.found[0].isdigit() and re.search(r"(?<![\w.])\.$", stop.line_before):
        digits = stop.found
        wrong = stop.place(start - 1, stop.here.end)
    elif match := re.compile(r"\.(\d+)").match(stop.code, start, stop.piece.end):
        digits = match[1]
        wrong = stop.place(*match.span())
    else:
        return None
    fix = Fix(f"write `0.{digits}`", wrong, f"0.{digits}")
    return problem("syntax", "a decimal point needs a digit before it", wrong, fix=fix)


_STATEMENTS = {"use", "source", "param", "let", "def", "assert"}


def _keyword(stop: Stop, place: Place) -> Diagnostic | None:
    word = re.search(r"[\w-]*$", stop.before[-12:])
    if stop.found in "=:" and word and word[0] in KEYWORDS:
        place = stop.last(len(word[0]))
    elif stop.found in _STATEMENTS and "NAME" not in stop.accepts:
        return problem("syntax", "a statement begins on a line of its own", place)
    elif stop.found not in KEYWORDS or "NAME" not in stop.accepts:
        return None
    message = f"`{place.text}` is a word of the language and cannot be a name"
    return problem("syntax", message, place, fix="choose another name")


def _line(stop: Stop, place: Place) -> Diagnostic | None:
    """A line that goes on with the one above, where a statement has ended."""
    line = stop.line_before
    ended = "$END" in stop.accepts and "\n" in stop.code[stop.piece.start : stop.here.start]
    argument = stop.found == "=" and _NAME.fullmatch(line.strip())
    if not ended or not line[:1].isspace() or (line.strip() and not argument):
        return None
    return problem(
        "syntax",
        "the statement above has ended with its line",
        stop.place(stop.here.start - len(line.lstrip()), stop.here.end),
        notes=["it goes on inside brackets, before `|`, and after `|`, `=`, `=>` or `,`"],
    )


_NAME = re.compile(r"[A-Za-z_][\w-]*")
_UNIT = re.compile(r"[A-Za-z]{1,4}")


def _equals(stop: Stop, place: Place) -> Diagnostic | None:
    if stop.found != "=" or "COMPARE" not in stop.accepts:
        return None
    fix = Fix("to compare, write `==`", place, "==")
    return problem("syntax", "`=` gives a parameter its value", place, fix=fix)


def _sign(stop: Stop, place: Place) -> Diagnostic | None:
    if not re.match(r"-\d", stop.found) or "SIGN" not in stop.accepts:
        return None
    fix = Fix(f"to subtract, write `- {stop.found[1:]}`", place, f"- {stop.found[1:]}")
    return problem("syntax", f"`{stop.found}` is a number below zero", place, fix=fix)


def _unit(stop: Stop, place: Place) -> Diagnostic | None:
    number = re.search(r"(?<![\w.-])-?\d+(\.\d+)?$", stop.before)
    if not number or not _UNIT.fullmatch(stop.found) or stop.found in KEYWORDS:
        return None
    if re.compile(r" *=").match(stop.code, stop.here.end):
        return None
    together = number[0] + stop.found
    start = stop.last(len(number[0])).span.start
    fix = Fix(f"a unit touches its number: `{together}`", stop.place(start, stop.here.end), together)
    return problem("syntax", f"`{stop.found}` cannot stand here", place, fix=fix)


def _comma(stop: Stop, place: Place) -> Diagnostic | None:
    if stop.found == "," and "COMMA" not in stop.accepts and re.search(r"[\w\"\])}%]$", stop.before):
        fix = Fix("leave the comma out", place, "")
        return problem("syntax", "arguments are separated by spaces", place, "no comma here", fix=fix)
    if "COMMA" in stop.accepts and re.match(r"[\w\"(\[{?-]", stop.found):
        gap = stop.place(stop.last().span.end, stop.here.start)
        fix = Fix("a comma is missing before it", gap, ", ")
        return problem("syntax", f"`{stop.found}` cannot stand here", place, fix=fix)
    return None


_WORDS = {
    "NAME": "a name", "NUMBER": "a number", "QUANTITY": "a quantity", "INSTANT": "a date",
    "STRING": "text in quotes", "VBAR": "`|`", "EQUAL": "`=`", "COLON": "`:`", "COMMA": "`,`",
    "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`", "RSQB": "`]`", "LBRACE": "`{`", "RBRACE": "`}`",
    "IN": "`in`", "_ARROW": "`=>`", "_GIVES": "`->`", "_AS": "`as`", "_TO": "`..`", "DOT": "`.`",
    "LESSTHAN": "`<`", "MORETHAN": "`>`", "COMPARE": "a comparison", "_AND": "`and`", "_OR": "`or`",
    "SIGN": "`+`", "TIMES": "`*`", "CIRCUMFLEX": "`^`", "QMARK": "`?`",
    "_NL": "the end of the line", "$END": "the end of the line",
}  # fmt: skip
_VALUE = {"NAME", "NUMBER", "QUANTITY", "STRING", "LPAR"}
_WITH_VALUE = {*_VALUE, "INSTANT", "BOOLEAN", "QMARK", "LSQB", "LBRACE", "SIGN", "NOT"}


def _expected(stop: Stop) -> list[str]:
    """What could have stood there, where that is a short list."""
    is_value = stop.accepts >= _VALUE
    others = stop.accepts - _WITH_VALUE if is_value else stop.accepts
    words = ["a value"] * is_value + sorted({_WORDS[name] for name in others if name in _WORDS})
    if not words or len(words) > 8:
        return []
    listing = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return [f"expected {listing}"]


_RECOGNISERS = (
    _pipe, _strange, _date, _habit, _form, _decimal, _line, _keyword, _equals, _sign, _unit, _comma,
)  # fmt: skip
