"""What a run will do: segments that stream, chunk by chunk, and stages that need the whole.

A source that can be asked for parts of its time streams, and so does every stage after it whose
context is finite. A stage that needs the whole is a barrier: it is given the joined results of
the segments before it. A stage with a survey streams too, once its survey has. One that is piped a
table and names another port to stream by is given the whole table, and the record chunk by chunk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from seisdsl.engine.chunks import TooMany, chunks, fitting, span_of
from seisdsl.engine.extents import extents_of, met
from seisdsl.engine.faults import at_stage, fault
from seisdsl.engine.stage import is_table
from seisdsl.engine.standing import standing_for
from seisdsl.engine.surveys import by_chunks, is_survey, whole_of
from seisdsl.graph import Node
from seisdsl.language.types import TimeRange
from seisdsl.operator import Context, Facts

SLACK = 2  # samples of context more than an operator asks for: its seconds are not whole samples


@dataclass(frozen=True)
class Segment:
    """Stages that run together on one chunk after the other."""

    nodes: tuple[Node, ...]  # in the order they run
    targets: tuple[Node, ...]  # whose values leave the segment
    contexts: Mapping[str, Context]  # what each stage asks for
    span: TimeRange
    chunks: tuple[TimeRange, ...]
    glanced: frozenset[str] = frozenset()  # targets that are only looked at: their overview is enough

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(node.key for node in self.nodes)

    @property
    def constants(self) -> tuple[Node, ...]:
        """What its stages take from outside of it."""
        inside = self.keys
        found = {s.key: s for node in self.nodes for _, s in node.inputs if s.key not in inside}
        return tuple(found.values())

    @property
    def sources(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if not node.inputs)

    @cached_property
    def kept(self) -> tuple[Node, ...]:
        """What is worth keeping of a chunk: the targets, and the tables on the way to them.

        A changed condition on picks does then not pick again.
        """
        targets = {node.key for node in self.targets}
        tables = (n for n in self.nodes if is_table(n) and self.margins[n.key] == Context())
        return (*self.targets, *(node for node in tables if node.key not in targets))

    def needed(self, known: Iterable[str]) -> tuple[Node, ...]:
        """The stages to run for the targets, where the values of some stages are known."""
        have, wanted = set(known), {node.key for node in self.targets}
        found: list[Node] = []
        for node in reversed(self.nodes):
            if node.key in wanted and node.key not in have:
                found.append(node)
                wanted |= {source.key for _, source in node.inputs}
        return tuple(reversed(found))

    @cached_property
    def margins(self) -> Mapping[str, Context]:
        """How far around a chunk each stage's value must hold."""
        return self.margins_for(self.targets)

    def margins_for(self, targets: Iterable[Node]) -> dict[str, Context]:
        """The same for some of the targets: of the stages that these need."""
        return margins_of(self.nodes, self.contexts, targets)


@dataclass(frozen=True)
class Plan:
    steps: tuple[Segment | Node, ...]
    standing: Mapping[str, Node] = field(default_factory=dict)  # by key: the stage whose value another has

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(step for step in self.steps if isinstance(step, Segment))

    def stage(self, node: Node) -> Node:
        return self.standing.get(node.key, node)


def planned(
    nodes: Sequence[Node],
    wanted: Iterable[Node],
    *,
    chunk: int | None = None,
    whole: bool = False,
    glance: bool = False,
) -> Plan:
    """The plan of a graph's nodes. `chunk` is the length in ns; `whole` runs all in one chunk.

    Where what is wanted will only be looked at, long values are not held for it (`glance`).
    """
    standing, order = standing_for(nodes)
    extents = {node.key: found for node in order if (found := extents_of(node))}
    if not whole and chunk is None and extents:
        chunk = _length(order, extents)
    rough = _Draft(order, extents, chunk)
    draft = _Draft(rough.surveyed(), extents, chunk)
    asked = [standing.get(node.key, node) for node in wanted]
    return Plan(draft.steps([node.key for node in asked], glance), standing)


def _length(order: Sequence[Node], extents: Mapping[str, tuple[TimeRange, ...]]) -> int | None:
    """One length for the whole plan: that of the source that has the most samples in a time."""
    found = []
    for node in order:
        if node.key in extents:
            with at_stage(node):
                found.append(fitting(span_of(extents[node.key]), node.operator.holds()))
    return min((length for length in found if length is not None), default=None)


class _Draft:
    """Which stages stream, in which pass, and which of them belong together."""

    def __init__(
        self, order: Sequence[Node], extents: Mapping[str, tuple[TimeRange, ...]], chunk: int | None
    ) -> None:
        self.order, self.extents, self.chunk = list(order), extents, chunk
        self.context: dict[str, Context] = {}  # of the stages that stream
        self.level: dict[str, int] = {}
        self.facts: dict[str, Facts] = {}
        self.of: dict[str, frozenset[str]] = {}  # the sources that each streaming stage comes from
        for node in self.order:
            self._place(node)

    def _place(self, node: Node) -> None:
        inputs = [source for _, source in node.inputs]
        streaming = [source for source in inputs if source.key in self.context]
        others = [source for source in inputs if source.key not in self.context]
        piped = next((source for port, source in node.inputs if port == node.piped), None)
        self.facts[node.key] = node.facts
        if piped is not None and not node.lifted:
            known = self.facts[piped.key].but(kind=piped.type.name)
            with at_stage(node):
                self.facts[node.key] = node.facts.but(rate=node.operator.facts(known).rate)
            piped = by_chunks(node) or piped
            known = self.facts[piped.key].but(kind=piped.type.name)
        if node.key in self.extents:
            self.context[node.key], self.of[node.key] = Context(), frozenset({node.key})
            self.facts[node.key] = met(node, self.extents[node.key])
        elif piped is not None and piped.key in self.context and not (node.lifted or node.operator.sink):
            context = node.operator.context(known)
            above = frozenset().union(*(self.of[source.key] for source in streaming))
            surveyed = node.operator.survey() is not None and any(is_survey(source) for source in others)
            if surveyed:
                context = Context()
            if not context.whole or (node.operator.survey() is not None and self._in_one(above)):
                slack = SLACK / known.rate if known.rate and context != Context() else 0.0
                self.context[node.key] = (
                    Context() if context.whole else Context(context.before + slack, context.after + slack)
                )
                self.of[node.key] = above
        if node.key in self.context:
            later = [self.level[source.key] + 1 for source in others]
            self.level[node.key] = max([0, *later, *(self.level[source.key] for source in streaming)])
        else:
            self.level[node.key] = max((self.level[source.key] for source in inputs), default=-1)

    def _in_one(self, sources: frozenset[str]) -> bool:
        """Whether all of these sources fit into one chunk together."""
        return len(self._chunks(sources)) == 1

    def _chunks(self, sources: frozenset[str]) -> tuple[TimeRange, ...]:
        return chunks([extent for key in sources for extent in self.extents[key]], self.chunk)

    def surveyed(self) -> list[Node]:
        """The stages with the surveys that those need which are run in more than one chunk."""
        out: list[Node] = []
        new: dict[str, Node] = {}
        for node in self.order:
            node = replace(node, inputs=tuple((port, new.get(s.key, s)) for port, s in node.inputs))
            if (by := by_chunks(node)) is not None and self._streams(by):
                whole = {s.key: whole_of(s) for _, s in node.inputs if s is not by and self._streams(s)}
                node = replace(node, inputs=tuple((port, whole.get(s.key, s)) for port, s in node.inputs))
                out += (w for w in whole.values() if w.key not in {other.key for other in out})
            asked = node.operator.survey()
            piped = next((source for port, source in node.inputs if port == node.piped), None)
            given = {port for port, _ in node.inputs}
            if asked and piped is not None and self._streams_in_parts(piped) and asked[0] not in given:
                port, operator = asked
                key = hashlib.sha256(f"survey {operator.word} of {node.key}".encode()).hexdigest()[:20]
                (signature,) = operator.signatures()
                assert signature.piped is not None
                survey = Node(
                    key, operator, ((signature.piped.name, piped),), signature.gives, Facts(), node.place,
                    piped=signature.piped.name,
                )  # fmt: skip
                out.append(survey)
                node = replace(node, inputs=(*node.inputs, (port, whole_of(survey))))
                out.append(dict(node.inputs)[port])
            out.append(node)
            new[node.key] = node
        return out

    def _streams(self, node: Node) -> bool:
        """Whether it streams, or would once what comes before it has been surveyed."""
        return self._sources_through_surveys(node) is not None

    def _streams_in_parts(self, node: Node) -> bool:
        """Whether it streams in parts, or would once what comes before it has been surveyed."""
        sources = self._sources_through_surveys(node)
        return sources is not None and not self._in_one(sources)

    def _sources_through_surveys(self, node: Node) -> frozenset[str] | None:
        if node.key in self.of:
            return self.of[node.key]
        piped = next((source for port, source in node.inputs if port == node.piped), None)
        if piped is None or node.lifted:
            return None
        known = self.facts[piped.key].but(kind=piped.type.name)
        if node.operator.survey() is None and node.operator.context(known).whole:
            return None
        return self._sources_through_surveys(piped)

    def steps(self, wanted: Sequence[str], glance: bool) -> tuple[Segment | Node, ...]:
        """Pass by pass: first what streams in it, then what needs the whole of that."""
        looked, used = set(wanted), set()
        for node in self.order:
            if node.key not in self.context:
                taken = {source.key for _, source in node.inputs}
                looked |= taken if node.word == "show" else set()
                used |= taken if node.word != "show" else set()
        asked = looked | used
        glanced = {n.key for n in self.order if n.key in looked - used and not is_table(n)}
        self.glanced = frozenset(glanced if glance else ())
        steps: list[Segment | Node] = []
        placed: set[str] = set()

        def place(*more: Segment | Node) -> None:
            steps.extend(more)
            for step in more:
                placed.update(node.key for node in (step.targets if isinstance(step, Segment) else (step,)))

        for level in range(-1, max(self.level.values(), default=-1) + 1):
            here = [n for n in self.order if self.level[n.key] == level]
            whole = [n for n in here if n.key not in self.context]
            for segment in self._segments([n for n in here if n.key in self.context and n.key in asked]):
                place(segment)
                for node in whole:
                    if node.key not in placed and all(s.key in placed for _, s in node.inputs):
                        place(node)
            place(*(node for node in whole if node.key not in placed))
        return tuple(steps)

    def _segments(self, targets: Sequence[Node]) -> list[Segment]:
        """Targets that share a source run together."""
        groups: list[tuple[frozenset[str], list[Node]]] = []
        for target in targets:
            sources, members = self.of[target.key], [target]
            apart = []
            for other, nodes in groups:
                if other & sources:
                    sources, members = other | sources, [*nodes, *members]
                else:
                    apart.append((other, nodes))
            groups = [*apart, (sources, members)]
        return [self._segment(members, sources) for sources, members in groups]

    def _segment(self, targets: Sequence[Node], sources: frozenset[str]) -> Segment:
        margins = margins_of(self.order, self.context, targets)
        nodes = tuple(node for node in self.order if node.key in margins)
        try:
            cut = self._chunks(sources)
        except TooMany as error:
            raise fault(targets[0], str(error), code="run") from None
        extents = [extent for key in sources for extent in self.extents[key]]
        contexts = {node.key: self.context[node.key] for node in nodes}
        glanced = self.glanced if len(cut) > 1 else frozenset()
        return Segment(nodes, tuple(targets), contexts, span_of(extents), cut, glanced)


def margins_of(
    order: Sequence[Node], contexts: Mapping[str, Context], targets: Iterable[Node]
) -> dict[str, Context]:
    """How far around a chunk the value of each stage must hold, so that the targets' hold in it."""
    margins = {node.key: Context() for node in targets}
    for node in reversed(order):
        if node.key not in margins or node.key not in contexts:
            continue
        own, need = contexts[node.key], margins[node.key]
        for _, source in node.inputs:
            if source.key in contexts:
                had = margins.get(source.key, Context())
                before, after = own.before + need.before, own.after + need.after
                margins[source.key] = Context(max(had.before, before), max(had.after, after))
    return margins
