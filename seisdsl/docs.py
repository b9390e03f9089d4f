"""`docs/language.md` and `docs/operators.md`, made from what `seis help` tells: python -m seisdsl.docs"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from seisdsl.commands.reference import described, topics
from seisdsl.operator import Operator, registry
from seisdsl.source import SourceText
from seisdsl.syntax.format import format_program

MADE = "<!-- Made by python -m seisdsl.docs from {}; do not edit. -->"
FAMILIES = {
    "sources": "Sources",
    "signal": "Signals",
    "pick": "Picks and detections",
    "tremor": "Tremor",
    "locate": "Location",
    "motion": "Ground motion",
    "displacement": "Displacement",
    "learn": "Examples and models",
    "tables": "Tables",
    "language": "Several pipelines",
    "output": "Results",
}
HOW = {
    "upstream": "from the nearest earlier stage that gives it, or named",
    "named": "named in the call",
    "branches": "pipelines by name, in braces",
}


def language() -> str:
    """The topics of `seis help`, one after the other."""
    pages = list(topics().values())
    titles = [page.partition("\n")[0].removeprefix("# ") for page in pages]
    contents = "\n".join(f"- [{title}](#{title.lower().replace(' ', '-')})" for title in titles)
    body = "\n".join(f"#{page}" for page in pages)
    return f"{MADE.format('stdlib/topics')}\n\n# The language\n\n{contents}\n\n{body}"


def operators() -> str:
    """Every operator, family by family, as `seis help OPERATOR` tells of it."""
    families: dict[str, list[type[Operator]]] = {family: [] for family in FAMILIES}
    for operator in registry().distinct():
        if operator.__module__.startswith("seisdsl.operators."):
            families.setdefault(operator.__module__.split(".")[2], []).append(operator)
    lines = [MADE.format("the operators themselves"), "", "# Operators"]
    for family, members in families.items():
        lines += ["", f"## {FAMILIES.get(family, family.capitalize())}"]
        for operator in members:
            lines += ["", *_entry(operator)]
    return "\n".join(lines) + "\n"


def _entry(operator: type[Operator]) -> Iterator[str]:
    known = described(operator)
    yield f"### {operator.word}"
    yield ""
    yield f"`{' or '.join(known['inputs'])} -> {known['output']}`".replace("` ", "`")
    yield ""
    yield inspect.getdoc(operator) or ""
    ports = {port["name"]: port for port in known["ports"] if port["kind"] in HOW}
    if known["parameters"] or ports:
        yield ""
    for parameter in known["parameters"]:
        yield _parameter(parameter)
    for port in ports.values():
        optional = "; optional" if port["optional"] else ""
        yield f"- `{port['name']}`: {_plain(port['type'])}, {HOW[port['kind']]}{optional}"
    if known["example"]:
        example = format_program(SourceText.of(known["example"])).rstrip()
        yield from ("", "```seis", example, "```")
    if known["citations"]:
        yield from ("", f"{'; '.join(known['citations'])}.")


def _parameter(known: dict[str, object]) -> str:
    bounds = known["bounds"]
    assert isinstance(bounds, dict)
    said = [_plain(str(known["type"]))]
    said += ["needed"] if known["required"] else []
    said += [f"{known['default']} if not given"] if known["default"] else []
    said += [f"{word.replace('_', ' ')} {limit}" for word, limit in bounds.items()]
    return f"- `{known['name']}` ({', '.join(said)}): {_plain(str(known['help']))}"


def _plain(text: str) -> str:
    """Signs that Markdown would take for its own."""
    return re.sub(r"([*<])", r"\\\1", text)


def main(folder: Path) -> None:
    (folder / "language.md").write_text(language(), encoding="utf-8")
    (folder / "operators.md").write_text(operators(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
