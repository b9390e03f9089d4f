"""Units that do not exist, and what was probably meant."""

from __future__ import annotations

from seisdsl.diagnostics import Fix
from seisdsl.language import units
from seisdsl.language.scope import Scope
from seisdsl.language.suggest import nearest
from seisdsl.syntax import tree

_MONTHS = {"mo", "mon", "month", "months"}
_MAGNITUDES = {"M", "ML", "MW", "Mb", "Ms", "Mw", "mb"}
_SPELLINGS = {
    **dict.fromkeys(("S", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("msec", "msecs", "milliseconds"), "ms"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("days",), "d"),
    **dict.fromkeys(("y", "year", "years"), "yr"),
    **dict.fromkeys(("hz", "HZ", "hertz", "Hertz", "sps"), "Hz"),
    **dict.fromkeys(("khz", "KHz", "KHZ"), "kHz"),
    **dict.fromkeys(("degree", "degrees"), "deg"),
    **dict.fromkeys(("metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("KM", "Km", "kilometre", "kilometres", "kilometer", "kilometers"), "km"),
    **dict.fromkeys(("db", "DB"), "dB"),
}


def report(node: tree.Node, scope: Scope, symbol: str) -> None:
    """Say that a quantity's unit, or this part of it, is none."""
    place = scope.place(node)
    text = place.text
    notes: list[str] = []
    repair, proposal = "", "did you mean `{}`?"
    divided = text.removesuffix(f"/{symbol}") if text.endswith(f"/{symbol}") else ""
    meant = _nearest(symbol)
    if symbol.lower() in _MONTHS:
        notes = ["months differ in length and are no unit: write days (`30d`) or two dates"]
    elif symbol in ("e", "E"):
        notes = ["an exponent needs digits after it: `5e3`"]
    elif symbol in _MAGNITUDES:
        notes, repair = ["a magnitude is a plain number"], text.removesuffix(symbol)
    elif divided and (scope.find(symbol) is not None or not meant):
        proposal, repair = "for division write `{}`", f"{divided} / {symbol}"
    elif meant:
        repair = meant.join(text.rsplit(symbol, 1))
    else:
        notes = ["seis help units"]
    fix = Fix(proposal.format(repair), place, repair) if repair else None
    scope.fault("unit", f"no unit is called `{symbol}`", place, notes=notes, fix=fix)


def _nearest(symbol: str) -> str | None:
    return _SPELLINGS.get(symbol) or nearest(symbol, [name for name in units.table() if name.isascii()])
