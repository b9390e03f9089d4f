"""The graph of a program as a picture: stages in layers from top to bottom, joined by what flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from seisdsl.draw import stage
from seisdsl.graph import Graph, Node

WIDE, HIGH, GAP, DROP = 270, 48, 26, 40  # of a stage and the room around it, in pixels
_NARROW = 24  # of a line that passes a layer
_LETTERS = 31


@dataclass
class _Slot:
    """A place in a layer: a stage, or a line on its way to a later layer."""

    key: str
    wide: int
    before: list[_Slot]
    x: float = 0.0  # of its middle
    y: float = 0.0  # of its top


def flow_svg(graph: Graph, anchors: Mapping[str, str]) -> str:
    """An SVG element; `anchors` is where each stage leads to when it is chosen, by key.

    Its colours come from the page: classes `stage`, `flow`, `upstream`, `port`.
    """
    layers, lines = _layers(graph)
    across = _place(layers)
    down = len(layers) * (HIGH + DROP) - DROP + 2
    parts = [
        f'<svg class="flow-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {down:g}" '
        f'width="{across:g}" height="{down:g}" role="img" aria-label="the graph of the program">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    ends = _ends([way for way, _, _ in lines])
    parts += [_line(*line, end) for line, end in zip(lines, ends, strict=True)]
    slots = {slot.key: slot for layer in layers for slot in layer}
    parts += [_box(graph, node, slots[node.key], anchors.get(node.key, "")) for node in graph.nodes]
    return "".join([*parts, "</svg>"])


def _layers(graph: Graph) -> tuple[list[list[_Slot]], list[tuple[list[_Slot], str, bool]]]:
    """Each stage one layer below the lowest of its inputs, and the way of each line."""
    depth: dict[str, int] = {}
    slots: dict[str, _Slot] = {}
    layers: list[list[_Slot]] = []
    lines: list[tuple[list[_Slot], str, bool]] = []
    for node in graph.nodes:
        level = 1 + max((depth[source.key] for _, source in node.inputs), default=-1)
        depth[node.key] = level
        layers += [[] for _ in range(level + 1 - len(layers))]
        slot = slots[node.key] = _Slot(node.key, WIDE, [])
        for port, source in node.inputs:
            way = [slots[source.key]]
            for passed in range(depth[source.key] + 1, level):
                way.append(_Slot("", _NARROW, [way[-1]]))
                layers[passed].append(way[-1])
            slot.before.append(way[-1])
            told = "" if port == node.piped else port.rpartition(".")[2]
            lines.append(([*way, slot], told, port in node.upstream))
        layers[level].append(slot)
    return layers, lines


def _place(layers: Sequence[list[_Slot]]) -> float:
    """Where everything stands: below the middle of what it comes from, as far as there is room."""
    for number, layer in enumerate(layers):
        for slot in layer:
            slot.y = 1 + number * (HIGH + DROP)
            slot.x = sum(one.x for one in slot.before) / len(slot.before) if slot.before else 0.0
        layer.sort(key=lambda slot: slot.x)
        wanted = sum(slot.x for slot in layer) / len(layer)
        right = None
        for slot in layer:
            if right is not None:
                slot.x = max(slot.x, right + GAP + slot.wide / 2)
            right = slot.x + slot.wide / 2
        moved = wanted - sum(slot.x for slot in layer) / len(layer)
        for slot in layer:
            slot.x += moved
    left = min(slot.x - slot.wide / 2 for layer in layers for slot in layer)
    for layer in layers:
        for slot in layer:
            slot.x += 1 - left
    return max(slot.x + slot.wide / 2 for layer in layers for slot in layer) + 1


def _ends(ways: list[list[_Slot]]) -> list[float]:
    """Where the lines reach their stages: side by side, in the order in which they come."""
    coming: dict[int, list[int]] = {}
    for number, way in enumerate(ways):
        coming.setdefault(id(way[-1]), []).append(number)
    ends = [0.0] * len(ways)
    for numbers in coming.values():
        numbers.sort(key=lambda number: ways[number][-2].x)
        for place, number in enumerate(numbers, 1):
            ends[number] = ways[number][-1].x + WIDE * (place / (len(numbers) + 1) - 0.5)
    return ends


def _line(way: list[_Slot], port: str, upstream: bool, end: float) -> str:
    first = way[0]
    path = f"M{first.x:.1f} {first.y + HIGH:.1f}"
    y = first.y + HIGH
    for number, slot in enumerate(way[1:], 2):
        last = number == len(way)
        middle = (y + slot.y) / 2
        x = end if last else slot.x
        path += f"C{way[number - 2].x:.1f} {middle:.1f} {x:.1f} {middle:.1f} {x:.1f} {slot.y:.1f}"
        y = slot.y
        if not last:
            path += f"V{slot.y + HIGH:.1f}"
            y += HIGH
    kind = "flow upstream" if upstream else "flow"
    drawn = f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>'
    if port:
        drawn += (
            f'<text class="port" x="{end:.1f}" y="{way[-1].y - 10:.1f}">{escape(_short(port, 12))}</text>'
        )
    return drawn


def _box(graph: Graph, node: Node, slot: _Slot, anchor: str) -> str:
    text = stage(graph, node)
    title = text.rpartition(" | ")[2] if node.piped else text
    gives = ", ".join(
        part
        for part in (str(node.type), str(node.facts), "simulated" if node.facts.simulated else "")
        if part
    )
    left = slot.x - WIDE / 2
    kind = "stage made-up" if node.facts.simulated else "stage"
    box = (
        f'<g class="{kind}"><title>{escape(text)}</title>'
        f'<rect x="{left:.1f}" y="{slot.y:.1f}" width="{WIDE}" height="{HIGH}" rx="6"/>'
        f'<text class="word" x="{left + 10:.1f}" y="{slot.y + 20:.1f}">{escape(_short(title, _LETTERS))}</text>'
        f'<text class="gives" x="{left + 10:.1f}" y="{slot.y + 37:.1f}">{escape(_short(gives, _LETTERS + 6))}'
        "</text></g>"
    )
    return f'<a href="#{escape(anchor)}">{box}</a>' if anchor else box


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
