"""A recurrent network that gives the next day of a normalised series, and what is needed to train it."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn

LOW, HIGH = 0.1, 0.9  # what the training part of a series is scaled to
_CLIP = 1.0  # of gradients
_EDGE = 15  # days whose median tells where a series is
_CLEAR = 5.0  # times the scatter of a day: less motion than this over the window cannot be scaled by
_WIDEST = 0.98  # quantile of how far series go beyond their first window


class NextDay(nn.Module):
    """One layer of long short-term memory, and a line from its last state to the next value."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.memory = nn.LSTM(1, hidden, batch_first=True)
        self.last = nn.Linear(hidden, 1)

    def forward(self, windows: Tensor) -> Tensor:
        """[row, day] to [row]"""
        states, _ = self.memory(windows[..., None])
        following: Tensor = self.last(states[:, -1])[:, 0]
        return following


def interpolated(values: Tensor, mask: Tensor, longest: int) -> tuple[Tensor, Tensor]:
    """Gaps of at most `longest` days filled by straight lines; longer ones stay gaps [..., day]."""
    length = values.shape[-1]
    day = torch.arange(length, device=values.device)
    before = torch.where(mask, day, -1).cummax(-1).values
    after = length - 1 - torch.where(mask.flip(-1), day, -1).cummax(-1).values.flip(-1)
    inside = (before >= 0) & (after < length)
    short = inside & (after - before - 1 <= longest)
    low, high = before.clamp_min(0), after.clamp_max(length - 1)
    share = (day - low) / (high - low).clamp_min(1)
    filled = torch.gather(values, -1, low) * (1 - share) + torch.gather(values, -1, high) * share
    return torch.where(short, filled, 0.0), short | mask


# Scales ------------------------------------------------------------------------------------------------


def first_window(values: Tensor, mask: Tensor, window: int, scatter: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Where a series begins, how far it goes within the window [...], and whether that stands out."""
    held = values.masked_fill(~mask, float("nan"))
    begin = torch.nanmedian(held[..., :5], -1).values
    motion = torch.nanmedian(held[..., window - _EDGE : window], -1).values - begin
    clear = motion.abs() > _CLEAR * scatter
    return begin.nan_to_num(0.0), motion.nan_to_num(1.0), clear & motion.isfinite()


def widest(values: Tensor, mask: Tensor, begin: Tensor, motion: Tensor, clear: Tensor) -> float:
    """How many times the motion of the first window series go, nearly all of them."""
    far = ((values - begin[..., None]) / motion[..., None]).masked_fill(~mask, float("nan"))
    reach = torch.nan_to_num(far, -1.0).amax(-1)[clear]
    return float(torch.quantile(reach, _WIDEST)) if len(reach) else 1.0


def lowest_highest(values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Of each series [...]."""
    low = values.masked_fill(~mask, float("inf")).amin(-1)
    high = values.masked_fill(~mask, -float("inf")).amax(-1)
    known = high > low
    return torch.where(known, low, 0.0), torch.where(known, high, 1.0)


# Training and forecasts -----------------------------------------------------------------------------------


def windows_of(mask: Tensor, window: int) -> Tensor:
    """[number, (series, first day)]: where a window and the day after it are all there."""
    whole = mask.unfold(-1, window + 1, 1).all(-1)
    return whole.nonzero()


def trained(
    network: NextDay,
    series: Tensor,
    places: Tensor,
    held: Tensor,
    window: int,
    *,
    epochs: int,
    batch: int,
    each: int,
    rate: float,
    patience: int,
    seed: int,
    tell: Callable[[str], None] = lambda line: None,
) -> list[dict[str, float]]:
    """Fit by mean absolute error; the network is left with the weights that judged `held` best.

    `places` and `held` are [number, (series, first day)] of windows; `each` of them are drawn for a pass.
    """
    chance = Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(network.parameters(), rate)
    offset = torch.arange(window + 1, device=series.device)
    judged = held[torch.randperm(len(held), generator=chance)[:2048]]
    best, least, since, history = _copied(network), float("inf"), 0, []
    for epoch in range(epochs):
        for group in optimiser.param_groups:
            group["lr"] = rate * (0.05 + 0.475 * (1 + math.cos(math.pi * epoch / epochs)))
        drawn = places[torch.randint(len(places), (each,), generator=chance)]
        network.train()
        total = 0.0
        for at in range(0, each, batch):
            own = drawn[at : at + batch]
            rows = series[own[:, :1], own[:, 1:] + offset]
            wrong = (network(rows[:, :-1]) - rows[:, -1]).abs().mean()
            optimiser.zero_grad()
            torch.autograd.backward(wrong)
            nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimiser.step()
            total += float(wrong.detach()) * len(own)
        row = {"epoch": epoch + 1.0, "loss": total / each, "rate": optimiser.param_groups[0]["lr"]}
        network.eval()
        with torch.no_grad():
            if len(judged):
                rows = series[judged[:, :1], judged[:, 1:] + offset]
                parts = [(network(part[:, :-1]) - part[:, -1]).abs() for part in torch.split(rows, 512)]
                row["valid_loss"] = float(torch.cat(parts).mean())
        history.append(row)
        now = row.get("valid_loss", row["loss"])
        tell(f"pass {epoch + 1} of {epochs}: {now:.5f}")
        best, least, since = (_copied(network), now, 0) if now < least else (best, least, since + 1)
        if since >= patience:
            break
    network.load_state_dict(best)
    network.eval()
    return history


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def ahead(network: NextDay, windows: Tensor, days: int, tile: int = 512) -> Tensor:
    """[row, day]: day after day from the last window [row, day], each forecast read for the next.

    The state is worked out anew from the whole window for every day.
    """
    parts = []
    with torch.no_grad():
        for rows in torch.split(windows, tile):
            length = rows.shape[1]
            record = torch.cat([rows, rows.new_zeros(len(rows), days)], 1)
            for day in range(days):
                record[:, length + day] = network(record[:, day : day + length])
            parts.append(record[:, length:])
    return torch.cat(parts)
