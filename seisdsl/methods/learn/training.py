"""Fitting a network: the same seed, rows and settings give the same weights, also after a stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Generator, Tensor, nn

from seisdsl.methods.learn.checkpoints import kept, let_go, taken_up

WARM = 0.1  # of all steps, in which the rate rises
DECAY = 1e-2  # of the weights, AdamW's


@dataclass(frozen=True)
class Rows:
    """What a network reads [row, ...], and what it should give for each row.

    The number of a class, how likely each class is [row, class], or anything else.
    """

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Settings:
    epochs: int = 30
    batch: int = 64
    rate: float = 1e-3  # largest learning rate; it rises, then falls as a cosine
    patience: int = 8  # passes without a better validation loss until training stops
    balance: bool = True  # whether every class is drawn as often as any other
    seed: int = 1


@dataclass
class State:
    """All that a training needs to go on, and the best network so far."""

    network: dict[str, Tensor]
    moments: list[dict[str, Tensor]] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    least: float = math.inf
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def since_best(self) -> int:
        losses = [row["judged"] for row in self.history]
        return len(losses) - 1 - losses.index(min(losses)) if losses else 0


def fit(
    network: nn.Module,
    rows: Rows,
    valid: Rows | None,
    settings: Settings,
    *,
    loss: Callable[[Tensor, Tensor], Tensor],
    varied: Callable[[Tensor, Generator], Tensor],
    classes: int,
    place: Path | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> State:
    """The state after the last pass; `best` holds the weights that judged the validation rows best.

    Where `place` is given, each pass is kept there until the training is over, and one that was
    stopped goes on from its last whole pass.
    """
    device = next(network.parameters()).device
    if rows.inputs.ndim == 4:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    state = taken_up(place) if place else None
    if state is None:
        state = State(_copied(network))
    network.load_state_dict(state.network)
    optimiser = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=DECAY)
    _restore(optimiser, state.moments)
    share = _shares(rows.targets, classes) if settings.balance else torch.ones(len(rows))
    steps = math.ceil(len(rows) / settings.batch)
    began, before = time.monotonic(), len(state.history)
    for epoch in range(before, settings.epochs):
        if state.history and state.since_best >= settings.patience:
            break
        total = 0.0
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(settings.seed * 100_003 + epoch)
            chance = Generator().manual_seed(settings.seed * 100_003 + epoch)
            drawn = torch.multinomial(share, steps * settings.batch, replacement=True, generator=chance)
            network.train()
            for step, own in enumerate(drawn.view(steps, -1)):
                at = (epoch * steps + step) / (settings.epochs * steps)
                optimiser.param_groups[0]["lr"] = settings.rate * rise_and_fall(at)
                read = varied(rows.inputs[own].float(), chance).to(device)
                wrong = loss(network(read), rows.targets[own].to(device))
                optimiser.zero_grad()
                wrong.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                total += float(wrong.detach())
        row = {"epoch": epoch + 1.0, "loss": total / steps, "rate": settings.rate * rise_and_fall(at)}
        if valid is not None and len(valid):
            row |= judged(network, valid, loss, classes)
        row["judged"] = row.get("valid_loss", row["loss"])
        if not math.isfinite(row["judged"]):
            raise FloatingPointError(f"the loss is not finite in pass {epoch + 1}: try a smaller `rate`")
        state = replace(
            state,
            network=_copied(network),
            moments=_moments(optimiser),
            history=[*state.history, row],
        )
        if row["judged"] < state.least:
            state.best, state.least = state.network, row["judged"]
        if place:
            kept(place, state)
        tell(_line(row, settings.epochs, (time.monotonic() - began) / (epoch + 1 - before)))
    if place:
        let_go(place)
    return state


def judged(
    network: nn.Module, rows: Rows, loss: Callable[[Tensor, Tensor], Tensor], classes: int, tile: int = 256
) -> dict[str, float]:
    """Loss over all rows, and for numbers of classes the share that is right, over all and by class."""
    device = next(network.parameters()).device
    network.eval()
    with torch.inference_mode():
        parts = (rows.inputs[at : at + tile] for at in range(0, len(rows), tile))
        output = torch.cat([network(part.float().to(device)).cpu() for part in parts])
    found = {"valid_loss": float(loss(output, rows.targets))}
    if (kind := _kinds(rows.targets, classes)) is not None:
        right = (output.argmax(1) == kind).double()
        recalls = [float(right[own].mean()) for n in range(classes) if (own := kind == n).any()]
        found |= {"accuracy": float(right.mean()), "balanced_accuracy": sum(recalls) / len(recalls)}
    return found


def rise_and_fall(at: float) -> float:
    """The rate in a share of the training, over its largest: a straight rise, then half a cosine."""
    if at < WARM:
        return 0.05 + 0.95 * at / WARM
    return 0.5 * (1 + math.cos(math.pi * (at - WARM) / (1 - WARM)))


def _shares(targets: Tensor, classes: int) -> Tensor:
    """How often each row is drawn so that classes come alike: 1 / (classes · rows of its class)."""
    kind = _kinds(targets, classes)
    if kind is None:
        return torch.ones(len(targets))
    number = torch.bincount(kind, minlength=classes)
    return 1 / number[kind].double() / int((number > 0).sum())


def _kinds(targets: Tensor, classes: int) -> Tensor | None:
    """The number of each row's class, or of its likeliest; none where it is not classes that are learnt."""
    if targets.is_floating_point():
        return targets.argmax(1) if targets.shape[1:] == (classes,) else None
    return targets if targets.ndim == 1 else None


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}


def _moments(optimiser: torch.optim.Optimizer) -> list[dict[str, Tensor]]:
    own = optimiser.state_dict()["state"]
    return [{name: value.detach().cpu().clone() for name, value in own[n].items()} for n in sorted(own)]


def _restore(optimiser: torch.optim.Optimizer, moments: list[dict[str, Tensor]]) -> None:
    if moments:
        known = optimiser.state_dict()
        optimiser.load_state_dict({**known, "state": dict(enumerate(moments))})


def _line(row: dict[str, float], epochs: int, seconds: float) -> str:
    said = [f"pass {row['epoch']:.0f} of {epochs}: loss {row['loss']:.3f}"]
    if "valid_loss" in row:
        said.append(f"validation {row['valid_loss']:.3f}")
    if "balanced_accuracy" in row:
        said.append(f"balanced accuracy {row['balanced_accuracy']:.3f}")
    left = seconds * (epochs - row["epoch"])
    return ", ".join(said) + f", at most {left / 60:.1f} min left"
