"""What an editor may set; a setting that is no such thing is told once and has its default."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

SECTION = "seisdsl"


@dataclass(frozen=True)
class Settings:
    hints: bool = True  # whether types are shown at the pipes
    delay: int = 150  # milliseconds from the last key to the check

    @staticmethod
    def of(given: Any) -> tuple[Settings, list[str]]:
        """The settings, and what is wrong with those given."""
        if isinstance(given, dict) and SECTION in given:
            given = given[SECTION]
        if given is None:
            return Settings(), []
        if not isinstance(given, dict):
            return Settings(), [f"the settings of {SECTION} are no object of names and values"]
        taken: dict[str, Any] = {}
        wrong = []
        for one in fields(Settings):
            if one.name not in given or given[one.name] is None:
                continue
            fault = _fault(one.name, given[one.name])
            if fault:
                wrong.append(f"{SECTION}.{one.name} {fault}; it is {one.default} now")
            else:
                taken[one.name] = given[one.name]
        return Settings(**taken), wrong


def _fault(name: str, value: Any) -> str:
    if name == "hints":
        return "" if isinstance(value, bool) else "is true or false"
    whole = isinstance(value, int) and not isinstance(value, bool)
    return "" if whole and 0 <= value <= 5000 else "is a number of milliseconds from 0 to 5000"
