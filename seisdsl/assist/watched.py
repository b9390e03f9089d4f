"""Sets and names that remember what was asked of them, to tell whether an answer still holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from seisdsl.diagnostics import Diagnostic
from seisdsl.language.scope import Binding, Later


@dataclass
class Asked:
    """What one statement asked: names and what they stood for then, and which faults were told."""

    names: dict[str, Binding | None] = field(default_factory=dict)
    listed: tuple[str, ...] | None = None
    told: dict[Diagnostic, bool] = field(default_factory=dict)
    given: dict[str, Binding] = field(default_factory=dict)  # by the statement itself
    tells: set[Diagnostic] = field(default_factory=set)

    def holds(self, names: Names, told: Told) -> bool:
        """Whether all of it would be answered as it was."""
        if self.listed is not None and self.listed != tuple(dict.keys(names)):
            return False
        return all(_same(before, dict.get(names, name)) for name, before in self.names.items()) and all(
            set.__contains__(told, fault) == before for fault, before in self.told.items()
        )


def _same(before: Binding | None, now: Binding | None) -> bool:
    if isinstance(before, Later) and isinstance(now, Later):
        return before.place == now.place
    return before is now


class Names(dict[str, Binding]):
    """The names of a program, as they are where its statements are checked one after the other."""

    asked = Asked()

    def _ask(self, name: str) -> None:
        if name not in self.asked.given:
            self.asked.names.setdefault(name, dict.get(self, name))

    def __contains__(self, name: object) -> bool:
        self._ask(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> Binding:
        self._ask(name)
        return super().__getitem__(name)

    def __setitem__(self, name: str, binding: Binding) -> None:
        self._ask(name)
        self.asked.given[name] = binding
        super().__setitem__(name, binding)

    def __iter__(self) -> Iterator[str]:
        if self.asked.listed is None:
            self.asked.listed = tuple(dict.keys(self))
        return super().__iter__()


class Told(set[Diagnostic]):
    """The faults inside definitions that some call has told of."""

    asked = Asked()

    def __contains__(self, fault: object) -> bool:
        assert isinstance(fault, Diagnostic)
        told = super().__contains__(fault)
        if fault not in self.asked.tells:
            self.asked.told.setdefault(fault, told)
        return told

    def add(self, fault: Diagnostic) -> None:
        self.asked.tells.add(fault)
        super().add(fault)
