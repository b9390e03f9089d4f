"""What was said in the cells so far, among what Python has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seisdsl.inputs import is_input, taken
from seisdsl.language.check import Checked, check
from seisdsl.operator import registry
from seisdsl.repl.session import ENTRY, Entry, Session
from seisdsl.repl.statements import statements
from seisdsl.source import SourceText


@dataclass
class Cells(Session):
    """A session that takes values from Python under the names of its variables, and gives its own back."""

    values: dict[str, Any] = field(default_factory=dict)  # taken from Python, as the checker reads them
    handed: dict[str, Any] = field(default_factory=dict)  # given to Python: these are the session's own

    @property
    def names(self) -> set[str]:
        return {name for one in self.kept for name in one.names} | set(self.values)

    def _checked(self, text: str) -> tuple[SourceText, Checked]:
        whole = SourceText.of(text, ENTRY, self.path)
        return whole, check(whole, self._given(whole.text), self.values, running=True)

    def program(self, text: str, name: str, path: Path | None) -> Checked:
        return check(SourceText.of(text, name, path), values=self.values)

    @property
    def lent(self) -> list[str]:
        """Of what Python has, the names that the session's program uses."""
        return sorted({name for one in self.kept for name in one.uses} & set(self.values))

    def take(self, text: str, python: Mapping[str, Any]) -> None:
        """Take the variables of Python that a text names: what was assigned last is what a name means."""
        operators = registry()
        said = statements(text)
        own = {name for one in said for name in one.names}
        for name in sorted({name for one in said for name in one.uses} - own):
            value = python.get(name)
            if name not in operators and is_input(value) and value is not self.handed.get(name):
                self._replace(name, value)

    def _replace(self, name: str, value: Any) -> None:
        """A variable stands for a name from now on; what was made from the name before follows, if it can."""
        self.values |= taken({name: value})
        self.handed.pop(name, None)
        if name not in {word for one in self.kept for word in one.names}:
            return
        kept, self.kept = self.kept, []
        text = ""
        for one in kept:
            if name not in one.names and self._checked(text + one.text)[1].sound:
                self.kept.append(one)
                text += f"{one.text}\n"

    def accept(self, entry: Entry) -> None:
        super().accept(entry)
        for name in {word for one in entry.statements for word in one.names}:
            self.values.pop(name, None)
