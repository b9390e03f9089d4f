"""A recurrent network that gives the next value of a normalised series, and what is needed to train it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

LOW, HIGH = 0.1, 0.9  # what the training part of a series is scaled to
_CLIP = 1.0  # of gradients
_EDGE = 15  # days whose median tells where a series is
_CLEAR = 5.0  # times the scatter of a day: less motion than this over the window is not divided by
_WIDEST = 0.98  # quantile of how far series go beyond their first window
_JUDGED = 250  # values ahead at most by which a network is judged while it learns


class Next(nn.Module):
    """One layer of long short-term memory, and a line from its last state to the next value.

    With `change` it reads how far the window is from its last value, and gives how far the next is.
    """

    def __init__(self, hidden: int, channels: int, change: bool) -> None:
        super().__init__()
        self.change = change
        self.memory = nn.LSTM(channels, hidden, batch_first=True)
        self.last = nn.Linear(hidden, channels)

    def forward(self, windows: Tensor) -> Tensor:
        """[row, channel, step] to [row, channel]"""
        end = windows[..., -1] if self.change else torch.zeros_like(windows[..., -1])
        states, _ = self.memory((windows - end[..., None]).transpose(1, 2))
        following: Tensor = self.last(states[:, -1])
        return end + following / windows.shape[-1] if self.change else following


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


def means(values: Tensor, mask: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """Of the `step` days that end with each day, where half of them or more are known [..., day]."""
    if step == 1:
        return values, mask

    def total(rows: Tensor) -> Tensor:
        summed = nn.functional.pad(rows.masked_fill(~mask, 0).cumsum(-1), (step, 0))
        return summed[..., step:] - summed[..., :-step]

    known = total(torch.ones_like(values))
    there = known >= step / 2
    return torch.where(there, total(values) / known.clamp_min(1), 0.0), there


# Scales ------------------------------------------------------------------------------------------------


def first_window(values: Tensor, mask: Tensor, window: int) -> tuple[Tensor, Tensor]:
    """Where a series begins, and how far it is from there at the end of the window [...]."""
    held = values.masked_fill(~mask, float("nan"))
    begin = torch.nanmedian(held[..., :5], -1).values
    motion = torch.nanmedian(held[..., window - _EDGE : window], -1).values - begin
    return begin.nan_to_num(0.0), motion.nan_to_num(0.0)


def reach(values: Tensor, mask: Tensor, begin: Tensor, window: int, scatter: Tensor) -> Tensor:
    """How far a series goes from its beginning within the window, no less than what noise does [...]."""
    far = (values - begin[..., None])[..., :window].abs().masked_fill(~mask[..., :window], 0).amax(-1)
    return (far**2 + (_CLEAR * scatter) ** 2).sqrt()


def widest(values: Tensor, mask: Tensor, begin: Tensor, size: Tensor, clear: Tensor) -> float:
    """How many times `size` series go from where they begin, nearly all of them."""
    far = ((values - begin[..., None]).abs().masked_fill(~mask, 0).amax(-1) / size)[clear]
    return float(torch.quantile(far, _WIDEST)) if len(far) else 1.0


def lowest_highest(values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Of each series [...]."""
    low = values.masked_fill(~mask, float("inf")).amin(-1)
    high = values.masked_fill(~mask, -float("inf")).amax(-1)
    known = high > low
    return torch.where(known, low, 0.0), torch.where(known, high, 1.0)


# Training and forecasts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Windows:
    """Rows [row, channel, day], known where `mask` [row, day]; every `step`-th day is read, `size` of them."""

    rows: Tensor
    mask: Tensor
    size: int
    step: int

    def whole(self) -> Tensor:
        """[number, (row, first day)]: where a window and the value after it are all there."""
        last = self.mask.shape[1] - self.size * self.step
        there = self.mask[:, : max(last, 0)].clone()
        for at in range(1, self.size + 1):
            there &= self.mask[:, at * self.step : at * self.step + there.shape[1]]
        return there.nonzero()

    def read(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Windows [number, channel, step] and what follows each [number, channel]."""
        offset = self.step * torch.arange(self.size + 1, device=places.device)
        channel = torch.arange(self.rows.shape[1], device=places.device)
        values = self.rows[places[:, :1, None], channel[:, None], (places[:, 1:] + offset)[:, None]]
        return values[..., :-1], values[..., -1]


@dataclass(frozen=True)
class Judge:
    """How far forecasts of rows [row, channel, step] are from them, from the first window on.

    `unit` [row, channel] is what they are counted in.
    """

    rows: Tensor
    mask: Tensor
    size: int
    unit: Tensor

    @classmethod
    def of(cls, windows: Windows, rows: Tensor, unit: Tensor) -> Judge:
        """Of those rows whose first window is whole."""
        first, longest = windows.step - 1, windows.size + _JUDGED
        values = windows.rows[rows, :, first :: windows.step][..., :longest]
        mask = windows.mask[rows, first :: windows.step][:, :longest]
        whole = mask[:, : windows.size].all(1) & mask[:, windows.size :].any(1)
        return cls(values[whole], mask[whole], windows.size, unit[rows][whole])

    def error(self, network: Next) -> float:
        """Mean absolute, of what is known."""
        after = self.rows[..., self.size :]
        found = ahead(network, self.rows[..., : self.size], after.shape[-1])
        wrong = ((found - after).abs() * self.unit[..., None]).mean(1)
        return float(wrong[self.mask[:, self.size :]].mean())


def trained(
    network: Next,
    windows: Windows,
    places: Tensor,
    judge: Judge,
    *,
    epochs: int,
    batch: int,
    each: int,
    rate: float,
    seed: int,
    tell: Callable[[str], None] = lambda line: None,
) -> list[dict[str, float]]:
    """Fit by mean absolute error; the network is left with the weights that `judge` found best.

    `places` are the first days of windows, of which `each` are drawn for a pass.
    """
    chance = Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(network.parameters(), rate)
    best, least, history = _copied(network), float("inf"), []
    for epoch in range(epochs):
        for group in optimiser.param_groups:
            group["lr"] = rate * (0.01 + 0.495 * (1 + math.cos(math.pi * epoch / epochs)))
        drawn = places[torch.randint(len(places), (each,), generator=chance).to(places.device)]
        network.train()
        total = 0.0
        for own in torch.split(drawn, batch):
            window, following = windows.read(own)
            wrong = (network(window) - following).abs().mean()
            optimiser.zero_grad()
            torch.autograd.backward(wrong)
            nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimiser.step()
            total += float(wrong.detach()) * len(own)
        network.eval()
        row = {"epoch": epoch + 1.0, "loss": total / each, "rate": optimiser.param_groups[0]["lr"]}
        now = row["loss"]
        if len(judge.rows):
            now = row["valid_loss"] = judge.error(network)
        history.append(row)
        tell(f"pass {epoch + 1} of {epochs}: {now:.5f}")
        if now < least:
            best, least = _copied(network), now
    network.load_state_dict(best)
    network.eval()
    return history


def _copied(network: Next) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def ahead(network: Next, windows: Tensor, steps: int, tile: int = 512) -> Tensor:
    """[row, channel, step]: value after value from the last window, each forecast read for the next.

    The state is worked out anew from the whole window for every value.
    """
    parts = []
    with torch.no_grad():
        for rows in torch.split(windows, tile):
            length = rows.shape[-1]
            record = torch.cat([rows, rows.new_zeros(*rows.shape[:2], steps)], -1)
            for step in range(steps):
                record[..., length + step] = network(record[..., step : step + length])
            parts.append(record[..., length:])
    return torch.cat(parts)


def by_day(values: Tensor, last: Tensor, step: int, days: int) -> Tensor:
    """Means of `step` days [..., step] that follow the mean `last` [...], as straight lines by day."""
    knots = torch.cat([last[..., None], values], -1)
    at = (torch.arange(days, dtype=knots.dtype, device=knots.device) + (step + 1) / 2) / step
    low = at.long().clamp_max(knots.shape[-1] - 2)
    share = at - low
    return knots[..., low] * (1 - share) + knots[..., low + 1] * share
