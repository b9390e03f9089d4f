"""What earlier runs worked out, and from what: enough to say why a stage has to be run again.

A run leaves one small file below the store, with each stage's key, version, parameters, inputs
and files. The newest few hundred are kept.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from seisdsl.engine.faults import at_stage
from seisdsl.engine.store import Store
from seisdsl.graph import Graph, Node, canonical
from seisdsl.language.written import written
from seisdsl.operator import Operator, SourceSettings

MOST = 300


@dataclass(frozen=True)
class Stage:
    """One stage as a run had it."""

    label: str
    key: str
    word: str
    version: int
    parameters: Mapping[str, str]
    inputs: Mapping[str, str]  # by port, the label of what comes in
    files: Mapping[str, str] = field(default_factory=dict)  # by name, the digest of the content


@dataclass(frozen=True)
class Run:
    program: str
    at: float  # seconds since 1970
    stages: Mapping[str, Stage]  # by label


def stages_of(graph: Graph) -> dict[str, Stage]:
    labels = graph.labels
    return {labels[node.key]: _stage(node, labels) for node in graph.nodes}


def _stage(node: Node, labels: Mapping[str, str]) -> Stage:
    with at_stage(node):
        files = dict(node.operator.fingerprint())
    return Stage(
        labels[node.key],
        node.key,
        node.word,
        node.operator.version,
        _parameters(node.operator),
        {port: labels[source.key] for port, source in node.inputs},
        files,
    )


def _parameters(operator: Operator) -> dict[str, str]:
    """As one writes them; of a source, each of its settings."""
    found: dict[str, str] = {}
    for name, parameter in operator.parameters().items():
        value = getattr(operator, name)
        if isinstance(value, SourceSettings):
            found |= {f"{name} {key}": _plain(canonical(setting)) for key, setting in value.settings}
        else:
            found[name] = "none" if value is None else written(value, parameter.type)
    return found


def _plain(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def remember(store: Store, program: str, graph: Graph) -> None:
    """Note what is being run; a place that cannot be written is no reason to fail."""
    folder = store.folder.parent / "runs"
    stages = {label: asdict(stage) for label, stage in stages_of(graph).items()}
    text = json.dumps({"program": program, "at": time.time(), "stages": stages})
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}.json"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{name}.{os.getpid()}.part"
        beside.write_text(text, encoding="utf-8")
        beside.replace(folder / name)
        for old in sorted(folder.glob("*.json"))[:-MOST]:
            old.unlink(missing_ok=True)


def remembered(store: Store) -> list[Run]:
    """Earlier runs, the latest first; a file that is not whole is passed over."""
    found = []
    for path in sorted((store.folder.parent / "runs").glob("*.json"), reverse=True):
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(path.read_text(encoding="utf-8"))
            stages = {label: Stage(**stage) for label, stage in said["stages"].items()}
            found.append(Run(said["program"], float(said["at"]), stages))
    return found


# Why a stage is run again ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What of a stage, or of one before it, is not as in an earlier run."""

    stage: str
    what: str  # in words: `on: 3.0 -> 4.0`


def nearest(
    label: str, stages: Mapping[str, Stage], runs: Sequence[Run]
) -> tuple[Run, Stage, list[Difference]] | None:
    """The earlier stage that differs least from one of now, the latest of equals."""
    now = stages[label]
    best: tuple[int, Run, Stage, list[Difference]] | None = None
    for run in runs:
        for then in run.stages.values():
            if then.word != now.word:
                continue
            found = differences(now, stages, then, run.stages)
            if best is None or len(found) < best[0]:
                best = (len(found), run, then, found)
        if best is not None and best[0] == 0:
            break
    return best and best[1:]


def differences(
    now: Stage, stages: Mapping[str, Stage], then: Stage, earlier: Mapping[str, Stage]
) -> list[Difference]:
    """All that differs, from the stage itself back to the sources; each stage is told once."""
    found: list[Difference] = []
    seen: set[tuple[str, str]] = set()
    pairs: list[tuple[Stage, Stage]] = [(now, then)]
    while pairs:
        new, old = pairs.pop(0)
        if (new.label, old.label) in seen:
            continue
        seen.add((new.label, old.label))
        if new.word != old.word:
            found.append(Difference(new.label, f"`{old.word}` stood where `{new.word}` stands"))
            continue
        found += [Difference(new.label, what) for what in _own(new, old)]
        for port in sorted({*new.inputs, *old.inputs}):
            if port in new.inputs and port in old.inputs:
                pairs.append((stages[new.inputs[port]], earlier[old.inputs[port]]))
            else:
                verb = "is new" if port in new.inputs else "is gone"
                found.append(Difference(new.label, f"what came in as {port} {verb}"))
    return found


def _own(new: Stage, old: Stage) -> list[str]:
    found = []
    if new.version != old.version:
        found.append(f"version {old.version} -> {new.version} of `{new.word}`")
    for name in sorted({*new.parameters, *old.parameters}):
        before, after = (side.parameters.get(name) for side in (old, new))
        if before != after:
            found.append(f"{name}: {before} -> {after}")
    for name in sorted({*new.files, *old.files}):
        if name not in old.files:
            found.append(f"file {name} is new")
        elif name not in new.files:
            found.append(f"file {name} is gone")
        elif new.files[name] != old.files[name]:
            found.append(f"file {name} has another content")
    return found
