"""Programs from Python: checked, run, and their results worked out as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from seisdsl.data.segments import Account
from seisdsl.diagnostics import Faults
from seisdsl.engine.device import Choice, on
from seisdsl.engine.output import writing_to
from seisdsl.engine.parts import whole
from seisdsl.engine.provenance import explained
from seisdsl.engine.run import Engine
from seisdsl.graph import Graph, Node
from seisdsl.inputs import PLAIN, taken, written
from seisdsl.language.check import Checked, check
from seisdsl.language.suggest import nearest
from seisdsl.operator import Registry
from seisdsl.source import SourceText

Program = str | Path | SourceText


class Results(Mapping[str, Any]):
    """What a program names, by name; each is worked out when it is first asked for.

    `results["picks"]` and `results.picks` are the same. `last` is what the last pipeline without a
    name gave.
    """

    def __init__(
        self, graph: Graph, device: Choice = "auto", engine: Engine | None = None, out: Path | None = None
    ) -> None:
        self.graph = graph
        self._device = device
        self._engine = engine or Engine()
        self._out = out
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self.take(name)[0]

    def take(self, *names: str) -> list[Any]:
        """Several of them, worked out in one pass over the record."""
        return self._values([self._node(name) for name in names])

    def _node(self, name: str) -> Node:
        node = self.graph.names.get(name)
        if node is None:
            meant = nearest(name, list(self))
            known = f"did you mean `{meant}`?" if meant else f"there are: {', '.join(self) or 'none'}"
            raise KeyError(f"nothing that flows is called `{name}`; {known}")
        return node

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph.names)

    def __len__(self) -> int:
        return len(self.graph.names)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name in self if name.isidentifier())]

    def __repr__(self) -> str:
        lines = [f"{name}: {node.type}" for name, node in self.graph.names.items()]
        return "\n".join([f"Results of {len(lines)} name{'' if len(lines) == 1 else 's'}", *lines])

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def run(self) -> list[Any]:
        """Every statement that asks for a value, in order."""
        return self._values([result.node for result in self.graph.results])

    def finish(self) -> None:
        """Run every statement; a long value that was only written or drawn is not held for it."""
        self._work_out([result.node for result in self.graph.results])

    @property
    def last(self) -> Any:
        """What the last statement that asks for a value gave; None where there is none."""
        return self.run()[-1] if self.graph.results else None

    def _values(self, wanted: list[Node]) -> list[Any]:
        self._work_out(wanted)
        return [whole(self._known[node.key]) for node in wanted]

    def _work_out(self, asked: list[Node]) -> None:
        wanted = [node for node in asked if node.key not in self._known]
        if not wanted:
            return
        nodes = Graph((), {str(at): node for at, node in enumerate(wanted)}).nodes
        folder = nullcontext() if self._out is None else writing_to(self._out)
        with on(self._device), folder, explained(self.graph):
            for node, value in self._engine.values(nodes, wanted):
                self._known[node.key] = value if node.operator.sink else whole(value)

    @property
    def account(self) -> Account:
        """What became of every sample that was read from files."""
        return self._engine.account


def run(
    program: Program, *, device: Choice = "auto", out: str | Path | None = None, **values: Any
) -> Results:
    """Check and run a program: `run("stream mine | sta-lta | count", mine=waves)`.

    Values given by name are records (Waves, or an obspy Stream; `stream NAME` gives them), tables (a
    data frame, an obspy Catalog, an earlier result), an obspy Inventory, which says where the
    stations of the records stand, or the program's parameters: numbers, dates, and texts as one
    writes them on the command line. Files are written below `out`, the current folder if not given.
    Raises `Faults` where the program is not sound.
    """
    checked = _checked(program, values, running=True, device=device)
    if checked.graph is None:
        raise Faults(checked.diagnostics)
    results = Results(checked.graph, device, out=None if out is None else Path(out))
    results.finish()
    return results


def check_program(
    program: Program,
    given: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    operators: Registry | None = None,
    running: bool = False,
    **named: Any,
) -> Checked:
    """What a program means, and what is wrong with it, without running anything.

    Named values are as `run` takes them. The result is `sound` or not, and has the `diagnostics`,
    the `graph` and the `parameters`.
    """
    return _checked(program, {**(values or {}), **(given or {}), **named}, running, operators=operators)


def _checked(
    program: Program,
    values: Mapping[str, Any],
    running: bool,
    *,
    operators: Registry | None = None,
    device: Choice = "auto",
) -> Checked:
    given = {name: written(value) for name, value in values.items() if isinstance(value, PLAIN | Path)}
    with on(device):
        inputs = taken({name: value for name, value in values.items() if name not in given})
    return check(_source(program), given, inputs, operators, running)


def _source(program: Program) -> SourceText:
    if isinstance(program, SourceText):
        return program
    return SourceText.read(program) if isinstance(program, Path) else SourceText.of(program)
