"""Under which keys results are kept: all that decides a value is in them, and nothing else.

The key of a stage says its word, version, parameters and inputs. That of a result adds the content
of the files it was worked out from, and the time it is for. Device, batch size, number of workers
and the length of the program are in neither.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from seisdsl.engine.chunks import widened
from seisdsl.engine.plan import Plan, Segment
from seisdsl.graph import Node
from seisdsl.language.types import TimeRange


def hashed(*said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]


class Keys:
    """The keys of a plan's results."""

    def __init__(self, plan: Plan) -> None:
        self._segment_of = {target.key: s for s in plan.segments for target in s.targets}
        self._whole: dict[str, str] = {}
        self._files: dict[tuple[str, int, int], list[str]] = {}

    def part(self, segment: Segment, target: Node, chunk: TimeRange) -> str:
        """Of a target's value in one chunk."""
        kind = "glance" if target.key in segment.glanced else "part"
        return hashed(kind, target.key, _said(chunk), *self._basis(segment, target, chunk))

    def account(self, segment: Segment, source: Node, chunk: TimeRange) -> str:
        """Of what became of a source's samples in one chunk."""
        return hashed("account", source.key, _said(chunk), self._content(source, chunk))

    def whole(self, node: Node) -> str:
        """Of the value of a stage that is given the whole."""
        if node.key not in self._whole:
            inputs = [[port, self._of(source)] for port, source in node.inputs]
            self._whole[node.key] = hashed("whole", node.key, inputs, _digests(node))
        return self._whole[node.key]

    def _of(self, node: Node) -> str:
        segment = self._segment_of.get(node.key)
        if segment is None:
            return self.whole(node)
        return hashed("all", node.key, *self._basis(segment, node, segment.span))

    def _basis(self, segment: Segment, target: Node, time: TimeRange) -> list[Any]:
        """The records that a target's value in a time comes from, and what else goes in."""
        margins = segment.margins_for([target])
        inside, found = segment.keys, []
        for node in segment.nodes:
            if node.key not in margins:
                continue
            if not node.inputs:
                wide = widened(time, margins[node.key].before, margins[node.key].after, segment.span)
                found.append([node.key, _said(wide), self._content(node, wide)])
            elif digests := _digests(node):
                found.append([node.key, digests])
            found += [[port, self.whole(s)] for port, s in node.inputs if s.key not in inside]
        return found

    def _content(self, source: Node, time: TimeRange) -> list[str]:
        where = (source.key, time.start, time.end)
        if where not in self._files:
            self._files[where] = _digests(replace(source, operator=source.operator.during(time)))
        return self._files[where]


def _said(time: TimeRange) -> list[int]:
    return [time.start, time.end]


def _digests(node: Node) -> list[str]:
    """The content of the files of a stage, and its code where it is not of this package.

    Our own operators have a version that a test keeps true; those of a user change without one.
    """
    return [*sorted(node.operator.fingerprint().values()), *_code(type(node.operator).__module__)]


def _code(module: str) -> list[str]:
    file = getattr(sys.modules.get(module), "__file__", None)
    if module.startswith("seisdsl.") or not file:
        return []
    with suppress(OSError):
        return [hashlib.sha256(Path(file).read_bytes()).hexdigest()]
    return []
