"""A small language client: `seis lsp` as a process, spoken to over its input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

WAIT = 30.0  # seconds; a machine that has much to do is slow


class Fault(Exception):
    """The error that the server answers with."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.data = error.get("data")


class Client:
    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "seisdsl", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "XDG_CONFIG_HOME": str(folder / ".config"), **environment},
        )
        self._arrived: Queue[dict[str, Any]] = Queue()
        self.said: list[dict[str, Any]] = []  # notifications, in their order
        self.told: Any = None  # what the server can do
        self._number = 0
        self._versions: dict[str, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    # Messages

    def _listen(self) -> None:
        out = self.process.stdout
        assert out is not None
        while header := out.readline():
            length = int(header.split(b":")[1])
            while out.readline().strip():
                pass
            self._arrived.put(json.loads(out.read(length)))

    def raw(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def send(self, method: str, params: Any, **more: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode())

    def ask(self, method: str, params: Any = None) -> Any:
        """The answer to a request; Fault where it is refused."""
        self._number += 1
        number = self._number
        self.send(method, params, id=number)
        while True:
            message = self._arrived.get(timeout=WAIT)
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise Fault(message["error"])
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        self.said.append(message)
        if "id" in message and "method" in message:  # the server asks the editor for something
            self.raw(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode())

    def await_(self, method: str, seconds: float = WAIT) -> Any:
        """What the server says next of a kind."""
        while True:
            for number, message in enumerate(self.said):
                if message.get("method") == method:
                    return self.said.pop(number)["params"]
            self._note(self._arrived.get(timeout=seconds))

    def quiet(self, method: str, seconds: float) -> bool:
        try:
            self.await_(method, seconds)
        except Empty:
            return True
        return False

    # A session

    def begin(self, **more: Any) -> Any:
        given = {
            "processId": None,
            "rootUri": self.folder.as_uri(),
            "capabilities": {},
            **more,
        }
        self.told = self.ask("initialize", given)
        self.send("initialized", {})
        return self.told

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def tell(self, method: str, params: Any) -> None:
        """Say what changes the faults of files: those told of before are forgotten."""
        kind = "textDocument/publishDiagnostics"
        while not self._arrived.empty():
            self._note(self._arrived.get())
        self.said = [one for one in self.said if one.get("method") != kind]
        self.send(method, params)

    def open(self, text: str, name: str = "a.seis") -> list[dict[str, Any]]:
        """Open a text; the faults that are told of it."""
        self._versions[name] = 1
        item = {"uri": self.uri(name), "languageId": "seis", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return self.faults(name)

    def edit(self, text: str, name: str = "a.seis") -> list[dict[str, Any]]:
        self._versions[name] += 1
        where = {"uri": self.uri(name), "version": self._versions[name]}
        self.tell("textDocument/didChange", {"textDocument": where, "contentChanges": [{"text": text}]})
        return self.faults(name)

    def faults(self, name: str = "a.seis") -> list[dict[str, Any]]:
        """The faults of a text as it is now."""
        while True:
            for message in self.said:
                told = message.get("params") or {}
                if told.get("uri") == self.uri(name) and told.get("version") == self._versions.get(name):
                    self.said.remove(message)
                    return list(told["diagnostics"])
            self._note(self._arrived.get(timeout=WAIT))

    def at(self, method: str, line: int, character: int, name: str = "a.seis", **more: Any) -> Any:
        """The answer to a request about a place of a text."""
        place = {"textDocument": {"uri": self.uri(name)}, "position": position(line, character)}
        return self.ask(f"textDocument/{method}", {**place, **more})

    def of(self, method: str, name: str = "a.seis", **more: Any) -> Any:
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": self.uri(name)}, **more})

    def end(self) -> tuple[int, str]:
        """The exit code, and what the process said on its error output."""
        self.ask("shutdown")
        self.send("exit", None)
        error = self.process.stderr
        assert error is not None
        code = self.process.wait(WAIT)
        return code, error.read().decode()

    def close(self) -> None:
        """Leave nothing behind, however the session went."""
        self.process.kill()
        self.process.wait(WAIT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def position(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


@contextmanager
def editing(folder: Path, **begin: Any) -> Iterator[Client]:
    """A session that ends as it should: nothing on the error output, exit code 0."""
    with Client(folder) as client:
        client.begin(**begin)
        yield client
        assert client.end() == (0, "")
