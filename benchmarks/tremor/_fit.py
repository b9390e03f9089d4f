"""Networks of the operators fitted to tensors, and what their answers are worth."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from seisdsl.learning import Learned
from seisdsl.methods.learn.training import Rows, Settings, fit


def fitted(
    method: Learned,
    rows: Tensor,
    label: Tensor,
    seed: int,
    epochs: int,
    classes: int = 3,
    balance: bool = True,
    rate: float = 1e-3,
) -> nn.Module:
    """A network after passes over the rows, every class drawn as often as any other or as it comes."""
    torch.manual_seed(seed)
    network = method.network(tuple(rows.shape[1:]), classes)
    settings = Settings(epochs, batch=32, rate=rate, patience=epochs, balance=balance, seed=seed)
    state = fit(
        network, Rows(rows, label), None, settings, loss=method.loss, varied=method.varied, classes=classes
    )
    network.load_state_dict(state.network)
    return network.eval()


def answers(network: nn.Module, rows: Tensor) -> Tensor:
    """The class that a network names for each row."""
    with torch.no_grad():
        return torch.cat([network(part).argmax(1) for part in rows.split(256)])


def recalls(said: Tensor, label: Tensor, classes: int = 3) -> list[float]:
    return [float((said[label == one] == one).float().mean()) for one in range(classes)]


def balanced_accuracy(said: Tensor, label: Tensor) -> float:
    return float(np.mean(recalls(said, label)))


def interval(values: Tensor) -> list[float]:
    """Mean, and a 95 % interval from drawing the cases again 2,000 times."""
    numbers = values.double().numpy()
    rng = np.random.default_rng(0)
    means = [numbers[rng.integers(0, len(numbers), len(numbers))].mean() for _ in range(2000)]
    return [float(numbers.mean()), *map(float, np.quantile(means, [0.025, 0.975]))]
