from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from seisdsl.data.examples import Examples
from seisdsl.data.model import Model
from seisdsl.data.series import Series
from seisdsl.data.table import Table
from seisdsl.language.types import INTEGER, NUMBER, ColumnOf, InputFile
from seisdsl.operator import Facts, Method, Operator, Unsuitable, param

if TYPE_CHECKING:
    from torch import Tensor

    from seisdsl.learning import Learned

A = TypeVar("A")
B = TypeVar("B")
TILE = 256  # values that are turned into rows at once
HISTORY = {
    "epoch": ColumnOf(INTEGER, help="pass over the examples"),
    "loss": ColumnOf(NUMBER, help="mean over the batches of the pass"),
    "valid_loss": ColumnOf(NUMBER, help="over the validation examples"),
    "accuracy": ColumnOf(NUMBER, help="share of validation examples that are named right"),
    "balanced_accuracy": ColumnOf(NUMBER, help="the same, every class counting alike"),
    "rate": ColumnOf(NUMBER, help="learning rate at the end of the pass"),
}


class Train(Operator, name="train"):
    """Fit a method's network to labelled examples.

    Gives a model, which is used by its name like an operator and saved as `.safetensors`. Classes are
    drawn alike often however rare they are, unless `balance=false`. With validation examples the
    weights of the best pass are kept, and training ends when `patience` passes have brought nothing
    better. The same seed gives the same weights on the same device; a training that was stopped goes
    on where it was. `start` begins with weights that are there: a few passes over records of one's
    own, with a smaller `rate`, fit a shipped network to one's own stations. Methods that learn from
    tables or series, such as `motion-model`, say all this by parameters of their own.
    """

    cite = "Loshchilov and Hutter 2019, arXiv:1711.05101"
    example = (
        "let data = simulate two-events duration=4min | spectrogram\n"
        "  | examples window=30s hop=10s classes=[noise, earthquake]\n"
        "data | train (DiET frames=8 width=2) epochs=1 | show"
    )
    tags = ("learning", "network")

    method: Method[A, B] = param(  # type: ignore[valid-type]
        ..., "the operator to fit, with its parameters"
    )
    epochs: int = param(30, "passes over the examples", at_least=1)
    batch: int = param(64, "examples at once", at_least=1)
    rate: float = param(1e-3, "largest learning rate", above=0)
    patience: int = param(8, "passes without gain on the validation examples until it ends", at_least=1)
    balance: bool = param(True, "draw every class alike often")
    seed: int = param(1, "the same seed gives the same weights", at_least=0)
    start: InputFile | None = param(None, "weights to begin with; `shipped` for those of seisdsl")

    def facts(self, piped: Facts) -> Facts:
        method = self._learned()
        self._refuse_other(method, bool(piped.kind) and piped.kind != "Examples")
        if method.by_rows:
            self._refuse_unheard(method)
        return Facts(simulated=piped.simulated)

    @overload
    def apply(
        self, examples: Examples[A], *, valid: Examples[A] | Table | Series | None = None
    ) -> Model[A, B]: ...
    @overload
    def apply(self, examples: Table, *, valid: Examples[A] | Table | Series | None = None) -> Model[A, B]: ...
    @overload
    def apply(
        self, examples: Series, *, valid: Examples[A] | Table | Series | None = None
    ) -> Model[A, B]: ...
    def apply(self, examples: Any, *, valid: Any = None) -> Model[A, B]:
        if valid is not None and isinstance(valid, Examples) != isinstance(examples, Examples):
            raise Unsuitable(
                "what is learnt from and what training ends by are of two kinds", parameter="valid"
            )
        if isinstance(examples, Table | Series):
            return self._by_rows(examples, valid)
        return self._by_examples(examples, valid)

    def _by_rows(self, table: Table | Series, valid: Table | Series | None) -> Model[A, B]:
        method = self._learned()
        self._refuse_other(method, True)
        weights, history = method.fit_rows(table, valid, self.seed)
        return Model(method, weights, _history(history))

    def _refuse_unheard(self, method: Learned) -> None:
        """What says how a network learns from examples says nothing to a method that learns in its own way."""
        for name in sorted(
            self.model_fields_set & {"balance", "batch", "epochs", "patience", "rate", "start"}
        ):
            own = name in type(method).model_fields
            raise Unsuitable(
                f"`{method.word}` learns in its own way, and does not listen to `{name}` of `train`",
                parameter=name,
                repair=f"say it to the method: `train ({method.word} {name}=...)`" if own else "",
            )

    def _refuse_other(self, method: Learned, table: bool) -> None:
        if table != method.by_rows:
            learns = "the rows of a table" if method.by_rows else "labelled examples"
            given = "a table" if table else "examples"
            raise Unsuitable(
                f"`{method.word}` learns from {learns}, and is given {given}",
                parameter="method",
                notes=[] if method.by_rows else ["`examples` gives labelled windows"],
            )

    def _by_examples(self, examples: Examples[A], valid: Examples[A] | None) -> Model[A, B]:
        from seisdsl.data.weights import Weights
        from seisdsl.engine.device import device
        from seisdsl.engine.progress import say
        from seisdsl.methods.learn.training import Rows, Settings, fit

        method = self._learned()
        classes = examples.classes or tuple(dict.fromkeys(examples.labels))
        self._refuse(examples, classes)
        rows = Rows(self._rows(method, examples), method.targets(examples, classes))
        other = None
        if valid is not None and len(valid):
            self._refuse(valid, classes)
            other = Rows(self._rows(method, valid), method.targets(valid, classes))
        shape = tuple(rows.inputs.shape[1:])
        network = self._network(method, shape, classes).to(device())
        settings = Settings(self.epochs, self.batch, self.rate, self.patience, self.balance, self.seed)
        state = fit(
            network, rows, other, settings, loss=method.loss, varied=method.varied, classes=len(classes),
            place=self._place(method, rows, other, classes), tell=say,
        )  # fmt: skip
        best = min(state.history, key=lambda row: row["judged"])
        trained = {
            "examples": len(examples),
            "by_class": {name: examples.labels.count(name) for name in classes},
            "validation": len(valid) if valid is not None else 0,
            "seed": self.seed,
            "passes": len(state.history),
            "best": {name: round(value, 6) for name, value in best.items() if name != "judged"},
        }
        weights = Weights(
            method.word, classes, shape, state.best, method.said(), method.about(examples.values[0]),
            trained=trained, simulated=examples.simulated,
        )  # fmt: skip
        return Model(method, weights, _history(state.history))

    def _learned(self) -> Learned:
        from seisdsl.learning import Learned

        if not issubclass(self.method.operator, Learned):
            raise Unsuitable(f"`{self.method.operator.word}` has no network to fit", parameter="method")
        made = self.method.made()
        assert isinstance(made, Learned)
        return made

    def _refuse(self, examples: Examples[A], classes: tuple[str, ...]) -> None:
        if not len(examples):
            raise Unsuitable("there is no example to learn from")
        if len(examples.labels) != len(examples):
            raise Unsuitable("the examples have no labels", notes=["`examples` gives labelled windows"])
        if unknown := sorted(set(examples.labels) - set(classes)):
            raise Unsuitable(f"validation examples are labelled {', '.join(unknown)}, which is not trained")
        if len(classes) < 2:
            raise Unsuitable(f"all examples are of one class, {classes[0]}: there is nothing to tell apart")

    def _rows(self, method: Learned, examples: Examples[A]) -> Tensor:
        import torch

        values = examples.values
        parts = [method.inputs(values[at : at + TILE]) for at in range(0, len(values), TILE)]
        return torch.cat([part.cpu() for part in parts])

    def _network(self, method: Learned, shape: tuple[int, ...], classes: tuple[str, ...]) -> Any:
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            network = method.network(shape, len(classes))
        if self.start is None:
            return network
        known = self._started(method)
        if known.classes != classes or known.shape != shape:
            raise Unsuitable(
                f"the weights to begin with tell {', '.join(known.classes)} apart in rows of {known.shape}, "
                f"and these examples are of {', '.join(classes)} in rows of {shape}",
                parameter="start",
            )
        try:
            network.load_state_dict(dict(known.tensors))
        except RuntimeError:
            raise Unsuitable(
                "the weights to begin with are of a network of another size",
                parameter="start",
                notes=[f"theirs: {dict(known.parameters)}", f"wanted: {method.said()}"],
            ) from None
        return network

    def _started(self, method: Learned) -> Any:
        from seisdsl.data.weights import read_weights

        if self.start == "shipped":
            return method.model_copy(update={"weights": None}).fitted()
        return read_weights(self.start or "")

    def fingerprint(self) -> dict[str, str]:
        return {"start": self._started(self._learned()).digest} if self.start else {}

    def _place(self, method: Learned, rows: Any, valid: Any, classes: tuple[str, ...]) -> Path:
        """Where this training is kept while it lasts: told by all that decides its weights."""
        from seisdsl.compiled import cache_folder

        said = repr((method.word, method.said(), self.model_dump(exclude={"method"}), classes))
        digest = hashlib.blake2b(said.encode(), digest_size=16)
        for tensor in (part for of in (rows, valid) if of is not None for part in (of.inputs, of.targets)):
            digest.update(tensor.contiguous().numpy().tobytes())
        return cache_folder() / "training" / f"{digest.hexdigest()}.safetensors"


def _history(rows: list[dict[str, float]]) -> Table:
    columns = {name: [row.get(name) for row in rows] for name in HISTORY}
    return Table.of(columns, extra=HISTORY)
