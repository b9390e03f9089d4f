"""Waves as they might also have come: [trace, time] with a mask of what was recorded."""

from __future__ import annotations

import hashlib
import math

import torch
from torch import Generator, Tensor

Pair = tuple[Tensor, Tensor]


def chance(seed: int, *key: object) -> Generator:
    """Random numbers that belong to what the key names, in whatever order it comes up."""
    digest = hashlib.blake2b(f"{seed} {key}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))


def between(low: float, high: float, own: Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=own, dtype=torch.float64))


def log_between(low: float, high: float, own: Generator) -> float:
    return math.exp(between(math.log(low), math.log(high), own))


def moved(samples: Tensor, mask: Tensor, late: int, length: int) -> Pair:
    """The middle `length` samples of what comes `late` samples later; what was not at hand is a gap."""
    first = (samples.shape[-1] - length) // 2 - late
    ahead, after = max(0, -first), max(0, first + length - samples.shape[-1])
    part = slice(max(0, first), max(0, min(samples.shape[-1], first + length)))
    pad = (min(ahead, length), min(after, length))
    return (
        torch.nn.functional.pad(samples[..., part], pad),
        torch.nn.functional.pad(mask[..., part], pad),
    )


def turned(samples: Tensor, mask: Tensor, horizontal: tuple[int, int], angle: float) -> Pair:
    """The second of two horizontal components towards the first by an angle; a gap in one is one in both."""
    out, known = real(samples).clone(), mask.clone()
    one, two = horizontal
    both = mask[one] & mask[two]
    cos, sin = math.cos(angle), math.sin(angle)
    out[one] = cos * samples[one] - sin * samples[two]
    out[two] = sin * samples[one] + cos * samples[two]
    known[[one, two]] = both
    return out.masked_fill(~known, 0), known


def dead(mask: Tensor, share: float, own: Generator) -> Tensor:
    """The mask with components missing at random; one that holds something stays."""
    alive = torch.rand(len(mask), generator=own) >= share
    there = mask.any(-1).cpu()
    if not (alive & there).any() and there.any():
        held = there.nonzero()[:, 0]
        alive[held[int(torch.randint(len(held), (), generator=own))]] = True
    return mask & alive.to(mask.device)[:, None]


def amplitude(samples: Tensor, mask: Tensor) -> float:
    """Root mean square of what was recorded, without each trace's mean; zero of nothing."""
    known = mask.sum(-1, keepdim=True).clamp(min=1)
    values = samples.double().masked_fill(~mask, 0)
    level = (values - values.sum(-1, keepdim=True) / known).masked_fill(~mask, 0)
    return math.sqrt(float((level**2).sum() / mask.sum().clamp(min=1)))


def added(samples: Tensor, mask: Tensor, noise: Tensor, known: Tensor, factor: float) -> Pair:
    """With so many times the noise; a gap in either is one."""
    both = mask & known
    mixed = real(samples) + factor * noise
    return mixed.to(real(samples).dtype).masked_fill(~both, 0), both


def real(samples: Tensor) -> Tensor:
    """Counts as floating point numbers."""
    return samples if samples.is_floating_point() else samples.float()
