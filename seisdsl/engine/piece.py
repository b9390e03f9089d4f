"""One chunk of a segment: every stage worked out on as much record as it needs around the chunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from seisdsl.data.overview import overview
from seisdsl.data.segments import Account
from seisdsl.data.waves import Waves
from seisdsl.engine.chunks import SECOND, halves, widened
from seisdsl.engine.faults import OutOfMemory, at_stage, no_memory
from seisdsl.engine.plan import Segment
from seisdsl.engine.stage import value_of
from seisdsl.graph import Node
from seisdsl.language.types import TimeRange

SHORTEST = 2 * SECOND  # a chunk is not halved further where memory runs out


@dataclass(frozen=True)
class Piece:
    """The values that are kept of one chunk, by stage, and the account of each source's samples."""

    values: Mapping[str, Any]
    accounts: Mapping[str, Account | None] = field(default_factory=dict)


def records(segment: Segment, chunk: TimeRange, known: Iterable[str] = ()) -> dict[str, Any]:
    """What each source that is needed gives for a chunk and what is needed around it."""
    return {node.key: _record(node, segment, chunk) for node in segment.needed(known) if not node.inputs}


def _record(node: Node, segment: Segment, chunk: TimeRange) -> Any:
    margin = segment.margins[node.key]
    wide = widened(chunk, margin.before, margin.after, segment.span)
    with at_stage(node, chunk):
        return node.operator.during(wide).apply()


def piece(
    segment: Segment,
    chunk: TimeRange,
    constants: Mapping[str, Any],
    *,
    known: Mapping[str, Any] = MappingProxyType({}),
    read: Mapping[str, Any] | None = None,
) -> Piece:
    """What is kept of a chunk, worked out from what is known of it; in halves where memory runs out."""
    try:
        if read is None:
            read = records(segment, chunk, known)
        return _piece(segment, chunk, constants, known, read)
    except OutOfMemory as short:
        if chunk.end - chunk.start < SHORTEST:
            node = next((node for node in segment.nodes if node.word == str(short)), segment.nodes[0])
            raise no_memory(node) from short
    _freed()
    first, second = (piece(segment, half, constants) for half in halves(chunk))
    values = {
        key: joined([one.values[key] for one in (first, second) if one.values[key] is not None])
        for key in first.values
    }
    accounts = {key: _sum(first.accounts[key], second.accounts[key]) for key in first.accounts}
    return Piece(values, accounts)


def _piece(
    segment: Segment,
    chunk: TimeRange,
    constants: Mapping[str, Any],
    known: Mapping[str, Any],
    read: Mapping[str, Any],
) -> Piece:
    held: dict[str, Any] = {**constants, **known}
    accounts: dict[str, Account | None] = {}
    inside = segment.keys
    for node in segment.needed(known):
        margin = segment.margins[node.key]
        if not node.inputs:
            value = read[node.key]
            if isinstance(value, Waves):
                accounts[node.key] = value.account and value.account.within(chunk)
                value = replace(value, account=None) if value.channels else None
            else:
                accounts[node.key] = None
        elif any(held[source.key] is None for _, source in node.inputs if source.key in inside):
            value = None
        else:
            value = value_of(node, _given(node, held, segment, chunk), chunk)
            wide = widened(chunk, margin.before, margin.after, segment.span)
            with at_stage(node, chunk):
                value = _within(value, wide)
        held[node.key] = value
    values = {node.key: _within(held[node.key], chunk) for node in segment.kept if node.key in held}
    for key in segment.glanced & values.keys() - known.keys():
        values[key] = None if values[key] is None else overview([values[key]])
    return Piece(values, accounts)


def _given(node: Node, held: Mapping[str, Any], segment: Segment, chunk: TimeRange) -> dict[str, Any]:
    """What a stage is given: no more of the record than it asks for, though others may ask for more.

    A table without times, such as that of a survey, tells all that it was made from.
    """
    own, margin = segment.contexts[node.key], segment.margins[node.key]
    wide = widened(chunk, own.before + margin.before, own.after + margin.after, segment.span)
    inside = segment.keys
    sources = {source.key for _, source in node.inputs}
    return {key: _within(held[key], wide) if key in inside else held[key] for key in sources}


def _within(value: Any, time: TimeRange) -> Any:
    """The part of a value in a time; what has no times of its own was made from what had."""
    if value is None or not getattr(value, "timed", True):
        return value
    return value.within(time)


def joined(values: list[Any]) -> Any:
    """Parts next to one another in time as one value; None where no part holds any."""
    return type(values[0]).joined(values) if values else None


def _sum(one: Account | None, other: Account | None) -> Account | None:
    return one + other if one is not None and other is not None else one or other


def _freed() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
