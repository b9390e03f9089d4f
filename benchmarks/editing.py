"""How soon an editor is answered in a file of 300 lines: faults after an edit, and completion lists.

    python benchmarks/editing.py [--out FILE] [--repeats N]

A real client (that of pygls) speaks with `seis lsp` over its input and output; the time that the server
waits for more keys is set to none. Milliseconds from sending the edit to having the answer. `slow` is
the slowest of twenty. The first list is measured from the start of the process, and once more from the
moment that the session stands. The same edits are then made in this process, where processor time can
be told from waiting.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from seisdsl.assist.completion import completions
from seisdsl.assist.document import Document

LINES = 300
TARGETS = {"faults": 200, "completion": 50}  # milliseconds
HEAD = """\
# A day of tremor, looked at in many ways.
param day: Date = 2016-08-15
let band = 2..8Hz
let raw = stream S-net | detrend | bandpass band
## Strong ones of a table of picks.
def strong(least = 20): Picks -> Picks = where score > least | sort by=time
"""
TYPED = {  # what is typed at the end of the file
    "an operator after a pipe": "raw | spec",
    "a parameter": "raw | sta-lta sh",
    "a column": "picks7 | where sco",
    "a name": "pic",
    "a source": "stream S",
}


def program() -> str:
    """Statements that differ from line to line, so that no two are one node."""
    text = HEAD.splitlines()
    for number in range(LINES - len(text)):
        which = number % 5
        if which == 0:
            text.append(f"# picks of kind {number}")
        elif which == 1:
            text.append(f"let waves{number} = raw | highpass above={1 + number % 7}Hz | taper 5%")
        elif which == 2:
            text.append(f"let picks{number} = waves{number - 1} | sta-lta on={3 + number % 9} | ar-aic")
        elif which == 3:
            text.append(f'picks{number - 1} | strong least={number} | where phase == "P" | head {number}')
        else:
            text.append(f'picks{number - 2} | derive {{ late = time + {number}s }} | save "{number}.csv"')
    return "\n".join(text) + "\n"


def edits(text: str) -> dict[str, Callable[[int], str]]:
    """Edits by what they are: each gives the text of its n-th turn, no two alike."""
    return {
        "one line in the middle": lambda n: text.replace("least=153", f"least={1000 + n}"),
        "a line that all depend on": lambda n: text.replace("2..8Hz", f"2..{9 + n / 100}Hz"),
        "a bracket left open at the top": lambda n: text.replace("let band = ", "let band = (" + " " * n),
        "a line more at the top": lambda n: f"let more{n} = 3\n{text}",
        "a name that is gone": lambda n: text.replace("let picks7 =", f"let gone{n} ="),
        "typing at the end": lambda n: text + "picks7 | where score > 3"[: 1 + n % 24] + "\n" * (n // 24),
    }


class Editor:
    """A session with the server over one file."""

    def __init__(self, folder: Path) -> None:
        self.uri = (folder / "day.seis").as_uri()
        self.client = LanguageClient("benchmark", "1")
        self.version = 0
        self.arrived: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def arrives(told: lsp.PublishDiagnosticsParams) -> None:
            self.arrived.put_nowait(told)

    async def begin(self) -> None:
        await self.client.start_io(sys.executable, "-m", "seisdsl", "lsp")
        await self.client.initialize_async(
            lsp.InitializeParams(lsp.ClientCapabilities(), initialization_options={"delay": 0})
        )
        self.client.initialized(lsp.InitializedParams())

    async def end(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]

    async def faults(self, text: str) -> list[lsp.Diagnostic]:
        """What is wrong with a new text."""
        self.version += 1
        if self.version == 1:
            item = lsp.TextDocumentItem(self.uri, "seis", self.version, text)
            self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        else:
            where = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
            change = [lsp.TextDocumentContentChangeWholeDocument(text)]
            self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(where, change))
        while (told := await self.arrived.get()).version != self.version:
            pass
        return list(told.diagnostics)

    async def list(self, text: str) -> lsp.CompletionList:
        """The list where a text ends, from the key that changed it."""
        self.version += 1
        where = lsp.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = [lsp.TextDocumentContentChangeWholeDocument(text)]
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(where, change))
        line, character = text.count("\n"), len(text.rpartition("\n")[2])
        place = lsp.CompletionParams(lsp.TextDocumentIdentifier(self.uri), lsp.Position(line, character))
        found = await self.client.text_document_completion_async(place)
        assert isinstance(found, lsp.CompletionList)
        assert found.items, f"nothing is offered after {text[-30:]!r}"
        return found


def told(times: list[float], target: float) -> dict[str, Any]:
    slow = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    median = statistics.median(times)
    return {"median_ms": round(median, 1), "slow_ms": round(slow, 1), "within_target": median < target}


async def over_the_wire(repeats: int) -> dict[str, Any]:
    text = program()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        editor = Editor(Path(folder))
        await editor.begin()
        stands = time.perf_counter()
        await editor.faults(text)
        await editor.list(f"{text}raw | spec")
        now = time.perf_counter()
        figures["first list, from the start of the process"] = {"ms": round(1e3 * (now - began))}
        figures["first list, from when the session stands"] = {"ms": round(1e3 * (now - stands))}
        for what, edited in edits(text).items():
            times = []
            for turn in range(repeats):
                changed = edited(turn)
                began = time.perf_counter()
                await editor.faults(changed)
                times.append(1e3 * (time.perf_counter() - began))
            figures[f"faults after {what}"] = told(times, TARGETS["faults"])
        for what, typed in TYPED.items():
            times = []
            for turn in range(repeats):
                written = f"{text}{typed[: -1 - turn % 2]}"
                await editor.faults(written)
                began = time.perf_counter()
                await editor.list(text + typed)
                times.append(1e3 * (time.perf_counter() - began))
            figures[f"completion of {what}"] = told(times, TARGETS["completion"])
        await editor.end()
    return figures


def in_this_process(repeats: int) -> dict[str, Any]:
    """The same work without the protocol, in processor time."""
    text = program()
    document = Document(Path("day.seis")).update(text)
    assert document.diagnostics == [], [one.message for one in document.diagnostics]

    def spent(act: Callable[[str], object], texts: list[str]) -> list[float]:
        times = []
        for one in texts:
            began = time.process_time()
            act(one)
            times.append(1e3 * (time.process_time() - began))
        return times

    def listed(one: str) -> None:
        completions(one, len(one), document=document)

    figures: dict[str, Any] = {}
    for what, edited in edits(text).items():
        texts = [edited(turn) for turn in range(repeats)]
        figures[f"faults after {what}"] = told(spent(document.update, texts), TARGETS["faults"])
    for what, typed in TYPED.items():
        texts = [text + "\n" * turn + typed for turn in range(repeats)]
        figures[f"completion of {what}"] = told(spent(listed, texts), TARGETS["completion"])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, help="write the figures to this file as JSON")
    parser.add_argument("--repeats", type=int, default=40)
    parsed = parser.parse_args()
    figures = {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "lines": LINES,
        "repeats": parsed.repeats,
        "load": [round(one, 1) for one in os.getloadavg()],  # processes that wanted the machine's cores
        "cores": os.cpu_count(),
        "wall, client and server": asyncio.run(over_the_wire(parsed.repeats)),
        "processor, in one process": in_this_process(parsed.repeats),
    }
    print(json.dumps(figures, indent=2))
    if parsed.out:
        parsed.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
