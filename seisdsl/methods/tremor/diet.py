"""What DiET reads of a spectrogram, and its network."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

FLOOR = 1e-3  # of the median power, below which levels are not told apart
SPREAD = 3.0  # decades below its peak where a window's colour is grey
AT_ONE = 1.0  # log-odds that a window is its event's, at the noise's amplitude
STEEP = 3.0  # by which they rise for an event e times as loud
SURE = 3.5  # log-odds of noise, and of events whose amplitude is not known


def planes(power: Tensor, known: Tensor) -> Tensor:
    """Feature planes [window, 2 · component, frequency, frame] of power [window, component, ...].

    First the level over its median in time, frequency by frequency, which knows neither the site nor
    steady noise; then the level below the window's largest, which keeps the colour. Frames that were
    not recorded (`known` [window, component, frame] False) and components without any are zero.
    """
    alive = (power > 0).any(2) & known  # a dead component has no power at all
    there = alive[:, :, None].expand_as(power)
    floor = FLOOR * _median(power.flatten(2), there.flatten(2))
    level = torch.log10(power + floor.clamp(min=torch.finfo(power.dtype).tiny)[..., None])
    largest = level.masked_fill(~there, -torch.inf).amax((2, 3), keepdim=True)
    over = (level - _median(level, there)).clamp(-SPREAD, 2 * SPREAD).masked_fill(~there, 0)
    colour = ((level - largest) / SPREAD + 1).clamp(min=-1).masked_fill(~there, 0)
    return torch.cat([over, colour], dim=1).float()


def likely(kind: Tensor, strength: Tensor, classes: int, noise: int | None) -> Tensor:
    """How likely each class is [example, class], of the number of its class and its amplitude over the noise.

    The louder an event, the likelier it is what it is said to be; so the odds fall with distance. What
    an event is not, it is likeliest noise. Of noise, and where it is not known, the strength is NaN or
    infinite.
    """
    odds = torch.where(strength.isfinite(), AT_ONE + STEEP * strength.clamp(min=1e-3).log(), SURE)
    own = odds.masked_fill(kind == (-1 if noise is None else noise), SURE).sigmoid()
    share = torch.full((len(kind), classes), 1 / max(classes - 1, 1), dtype=own.dtype, device=kind.device)
    if noise is not None and classes > 2:
        share[kind != noise] = 0.1 / (classes - 2)
        share[kind != noise, noise] = 0.9
    found = share * (1 - own)[:, None]
    return found.scatter(1, kind[:, None], own[:, None]).float()


def _median(values: Tensor, there: Tensor) -> Tensor:
    """Along the last dimension, kept as one, of the values that are there; zero where none is."""
    if not bool(there.all()):
        gone = values.masked_fill(~there, float("nan"))
        return gone.nanmedian(-1, keepdim=True).values.nan_to_num(0.0)
    if values.is_cuda:
        return values.median(-1, keepdim=True).values
    middle = (values.shape[-1] - 1) // 2
    parted = np.partition(values.numpy(), middle, axis=-1)  # ten times as fast as torch's on a processor
    return torch.from_numpy(parted[..., middle : middle + 1].copy())


class Block(nn.Module):
    """Two convolutions beside a straight way, then half as many frames."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.turn = nn.Sequential(
            nn.Conv2d(inward, outward, 3, padding=1, bias=False), nn.BatchNorm2d(outward), nn.ReLU(),
            nn.Conv2d(outward, outward, 3, padding=1, bias=False), nn.BatchNorm2d(outward),
        )  # fmt: skip
        self.straight = nn.Conv2d(inward, outward, 1) if inward != outward else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.turn(x) + self.straight(x))
        return nn.functional.max_pool2d(y, (1, 2)) if y.shape[-1] > 1 else y


class DiETNet(nn.Module):
    """Residual blocks that pool along time alone; where a pattern lies in frequency counts to the end."""

    def __init__(self, shape: tuple[int, ...], classes: int, width: int, dropout: float) -> None:
        super().__init__()
        inward, frequencies, _ = shape
        widths = (width, width * 3 // 2, width * 2, width * 3)
        self.stem = nn.Sequential(
            nn.Conv2d(inward, width, 5, stride=(1, 2), padding=2, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(*(Block(a, b) for a, b in zip((width, *widths), widths, strict=False)))
        self.colour = nn.Conv2d(widths[-1], widths[-1], (frequencies, 1), groups=widths[-1])
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(widths[-1], classes)

    def forward(self, x: Tensor) -> Tensor:
        if x.is_cuda or x.shape[0] > 1:
            x = x.contiguous(memory_format=torch.channels_last)
        seen = self.colour(self.blocks(self.stem(x))).flatten(2)
        logits: Tensor = self.head(self.dropout(seen.logsumexp(-1)))
        return logits


def shifted(rows: Tensor, by: Tensor) -> Tensor:
    """Rows [row, ..., frame] moved along time, each by its own number of frames, round the ends."""
    length = rows.shape[-1]
    at = (torch.arange(length, device=rows.device) - by[:, None]) % length
    return rows.gather(-1, at[:, None, None, :].expand(-1, rows.shape[1], rows.shape[2], -1))


def masked_frames(rows: Tensor, starts: Tensor, lengths: Tensor) -> Tensor:
    """Rows with a stretch of frames put to zero."""
    frame = torch.arange(rows.shape[-1], device=rows.device)
    hidden = (frame >= starts[:, None]) & (frame < (starts + lengths)[:, None])
    return rows.masked_fill(hidden[:, None, None], 0)


def without_components(rows: Tensor, kept: Tensor) -> Tensor:
    """Both planes of the components that are not `kept` [row, component] put to zero."""
    return rows.masked_fill(~torch.cat([kept, kept], dim=1)[..., None, None], 0)


def averaged(logits: Tensor, clear: Tensor, windows: int) -> tuple[Tensor, Tensor]:
    """The mean over the windows that cover each step: [station, window, class] and [station, window].

    Step c is covered by the windows c - `windows` + 1 to c; of those that can be judged. The first
    `windows` - 1 steps, which lack some, are not given.
    """
    weight = clear.to(logits.dtype)
    sums = (logits * weight[..., None]).unfold(1, windows, 1).sum(-1)
    number = weight.unfold(1, windows, 1).sum(-1)
    return sums / number.clamp(min=1)[..., None], number > 0
