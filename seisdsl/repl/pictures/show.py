"""How the terminal shows a value: in words, and where it has one with its picture."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from seisdsl.data.examples import Examples
from seisdsl.data.field import Field
from seisdsl.data.scores import Scores
from seisdsl.data.series import Series
from seisdsl.data.show import summary
from seisdsl.data.spectrogram import Spectrogram
from seisdsl.data.table import Table
from seisdsl.data.waves import Waves

WIDEST = 100
_HEAD = 3  # lines of the summary of waves that are not of single traces


def show(value: Any, console: Console) -> None:
    """Draw a value; a terminal that is none, or that has no such characters, gets the words alone."""
    if not console.is_terminal or console.is_dumb_terminal or "utf" not in console.encoding:
        console.print(summary(value), markup=False, highlight=False, soft_wrap=True)
        return
    width = min(console.width, WIDEST)
    for line in lines(value, width, console.color_system is not None and not console.no_color):
        console.print(line, markup=False, highlight=False, soft_wrap=isinstance(line, Text | str))


def lines(value: Any, width: int, colour: bool) -> list[Any]:
    """What is printed of a value, line by line or as a grid."""
    from seisdsl.repl.pictures import heats, tables, traces

    head = summary(value).splitlines()
    across = max(width - traces.LABEL - 2, 20)
    match value:
        case Waves() if value.length and value.channels:
            return [*head[:_HEAD], *traces.waves_picture(value, across)]
        case Spectrogram() if value.windows:
            return [*head, *heats.spectrogram_picture(value, across, colour)]
        case Scores() if value.windows:
            return [*head, *heats.scores_picture(value, across, colour)]
        case Field():
            return [*head, *heats.field_picture(value, across, colour)]
        case Examples() if len(value):
            return [*head, *_examples(value, across, colour)]
        case Series():
            return [*head, *traces.series_picture(value, width - 28)]
        case Table() if len(value):
            grid, more = tables.grid(value, width)
            return [head[0], grid, *more, *_picture(value, width, across)]
    return head


def _examples(examples: Examples[Any], across: int, colour: bool) -> list[Text]:
    """The middle one of each class; of waves its vertical component or else its first."""
    from seisdsl.repl.pictures import heats, traces

    found: list[Text] = []
    for name in examples.numbers():
        own = examples.of_class(name)
        one = own.values[len(own) // 2] if len(own) else None
        if isinstance(one, Waves) and one.length and one.channels:
            codes = [channel.code[-1:] for channel in one.channels]
            part = one.select([codes.index("Z") if "Z" in codes else 0])
            found += [Text(f"  {name}", "bold"), *traces.waves_picture(part, across)]
        elif isinstance(one, Spectrogram) and one.windows:
            found += [Text(f"  {name}", "bold"), *heats.spectrogram_picture(one, across, colour)]
    return found


def _picture(table: Table, width: int, across: int) -> list[Text]:
    from seisdsl.repl.pictures import maps, tables

    names = table.frame.columns
    if {"latitude", "longitude"} <= {*names}:
        return maps.map_picture(table, width - 2)
    if len(table) > 1 and table.timed and "station" in names:
        return tables.times_picture(table, across)
    return []
