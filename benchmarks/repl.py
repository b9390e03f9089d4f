"""The session's answers while one types: how long from a keystroke to the list of completions.

    python benchmarks/repl.py [REPEATS]

A session of some twenty statements, in this process: what the terminal does with a list is left out.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document

from seisdsl.repl.assistance import Assistance, toolbar
from seisdsl.repl.opened import is_open
from seisdsl.repl.session import Session

STATEMENTS = [
    "let band = 2..8Hz",
    "param on = 4",
    "let waves = stream two-events | detrend | bandpass band",
    "let picks = waves | sta-lta on=on | ar-aic",
    "let bursts = waves | envelope smooth=2s | trigger on=3",
    "let image = waves | spectrogram window=2.56s",
    "def strong(least = 20): Picks -> Picks = where score > least | sort by=time",
    *(f"let picks{n} = waves | sta-lta on={n + 2} | strong | head {n + 5}" for n in range(14)),
]
TYPED = {
    "an operator after a pipe": "waves | spec",
    "a parameter": "waves | sta-lta sh",
    "a column": "picks | where sco",
    "a name": "pic",
    "a source": "stream S",
}
TARGET = 50  # milliseconds


def main(repeats: int) -> None:
    session = Session()
    for text in STATEMENTS:
        entry = session.check(text)
        assert entry.sound, entry.diagnostics
        session.accept(entry)
    session.last = "picks"
    assistance = Assistance(session)
    print(f"{len(STATEMENTS)} statements, {repeats} times each, milliseconds:")
    print(f"  {'':<40} median  slow    cpu   (slow: the slowest of twenty; cpu: median of processor time)")
    for what, text in TYPED.items():
        document = Document(text)
        assert offered(assistance, document), f"nothing is offered after `{text}`"
        tell(f"completions of {what}", repeats, partial(offered, assistance, document))
    tell("checking the session with a new line", repeats, lambda: session.check("waves | spectrogram"))
    signature = Document("waves | sta-lta on=")
    tell("signature below", repeats, lambda: toolbar(session, signature))
    tell("whether Enter runs it", repeats, lambda: is_open("waves\n  | sta-lta on="))


def offered(assistance: Assistance, document: Document) -> list[Completion]:
    return list(assistance.get_completions(document, CompleteEvent()))


def tell(what: str, repeats: int, act: Callable[[], object]) -> None:
    walls, own = [], []
    for _ in range(repeats):
        began, busy = time.perf_counter(), time.process_time()
        act()
        walls.append(1e3 * (time.perf_counter() - began))
        own.append(1e3 * (time.process_time() - busy))
    slow = statistics.quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]
    median = statistics.median(walls)
    above = "" if median < TARGET else f"  above the target of {TARGET}"
    print(f"  {what:<40} {median:6.1f} {slow:6.1f} {statistics.median(own):6.1f}{above}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
