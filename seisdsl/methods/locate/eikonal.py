"""First arrivals in a medium that changes with depth only, by the factored eikonal equation.

T = T0 tau, where T0 is the time at the source's own speed: tau is smooth where T has its cone, so a
first-order scheme is good to milliseconds (Luo and Qian 2011, doi:10.1016/j.jcp.2011.02.022).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

ROUNDS = 3  # at most, of sweeps in four directions
SETTLED = 1e-6  # seconds by which a round changes nothing that matters


class _Axis(NamedTuple):
    """What the nodes of a diagonal see along one axis."""

    time: Tensor  # of the earlier neighbour
    alpha: Tensor  # the derivative of T along the axis is alpha tau - beta
    beta: Tensor
    side: Tensor  # +1 where the earlier neighbour is on the lower side


def eikonal(slowness: Tensor, sources: Tensor, distances: int, step: float) -> Tensor:
    """Times [source, depth, distance] of sources at r = 0 and at nodes of depth, by their numbers.

    `slowness` is that of each node of depth (s/km); nodes are `step` km apart, in depth and distance.
    """
    depths, count, device = len(slowness), len(sources), slowness.device
    z = (torch.arange(depths, device=device) - sources[:, None]) * step
    r = torch.arange(distances, device=device) * step
    own = slowness[sources][:, None, None]
    away = torch.hypot(z[:, :, None].double(), r.double())
    plain = own * away  # T0
    safe = away.clamp(min=1e-9)
    slopes = (own * z[:, :, None] / safe, own * r / safe)
    around = (z.abs()[:, :, None] <= 1.5 * step) & (r <= 1.5 * step)
    mean = (slowness[None, :, None] + own) / 2
    tau = torch.where(around, mean / own, torch.inf).flatten(1)
    fixed = around.flatten(1)
    flat = tuple(value.expand(count, depths, distances).flatten(1) for value in (plain, *slopes))
    local = slowness[:, None].expand(depths, distances).flatten()
    orders = _diagonals(depths, distances, device)
    for _ in range(ROUNDS):
        before = tau
        for nodes in orders:
            better = _updated(tau, flat, local, nodes, depths, distances, step)
            better = torch.where(fixed[:, nodes], tau[:, nodes], better)
            tau = tau.index_copy(1, nodes, torch.minimum(better, tau[:, nodes]))
        change = ((before - tau) * flat[0])[tau != before]
        if not len(change) or float(change.max()) < SETTLED:
            break
    return (tau * flat[0]).view(count, depths, distances)


def _diagonals(depths: int, distances: int, device: torch.device) -> list[Tensor]:
    """Nodes that no other of them waits for, in the order of four sweeps."""
    row = torch.arange(depths, device=device)[:, None]
    column = torch.arange(distances, device=device)[None]
    number = (row * distances + column).flatten()
    out: list[Tensor] = []
    for sums in (row + column, row - column + distances - 1):
        by_sum = sums.flatten()
        order = torch.argsort(by_sum, stable=True)
        parts = list(torch.split(number[order], torch.bincount(by_sum).tolist()))
        out += [*parts, *reversed(parts)]
    return out


def _updated(
    tau: Tensor,
    flat: tuple[Tensor, ...],
    local: Tensor,
    nodes: Tensor,
    depths: int,
    distances: int,
    step: float,
) -> Tensor:
    row, column = nodes.div(distances, rounding_mode="floor"), nodes % distances
    plain = flat[0][:, nodes]
    axes = [
        _axis(
            tau, flat, nodes, plain, stride, (place > 0, place < last - 1), flat[1 + number][:, nodes], step
        )
        for number, (stride, place, last) in enumerate(((distances, row, depths), (1, column, distances)))
    ]
    slow = local[nodes]
    both = _two(axes, slow)
    time = both * plain
    for axis in axes:
        along = axis.side * (axis.alpha * both - axis.beta)
        time = torch.where((along >= 0) & (time >= axis.time), time, torch.inf)
    one = torch.minimum(axes[0].time, axes[1].time) + slow * step
    time = torch.where(time.isfinite(), time, one)
    return time / plain.clamp(min=1e-12)


def _axis(
    tau: Tensor,
    flat: tuple[Tensor, ...],
    nodes: Tensor,
    plain: Tensor,
    stride: int,
    inside: tuple[Tensor, Tensor],
    slope: Tensor,
    step: float,
) -> _Axis:
    last = tau.shape[1] - 1
    taus, times = [], []
    for sign, there in zip((-1, 1), inside, strict=True):
        near = (nodes + sign * stride).clamp(0, last)
        taus.append(torch.where(there, tau[:, near], torch.inf))
        times.append(torch.where(there, tau[:, near] * flat[0][:, near], torch.inf))
    lower = times[0] <= times[1]
    side = torch.where(lower, 1.0, -1.0).to(plain.dtype)
    value = torch.where(lower, taus[0], taus[1])
    value = torch.where(value.isfinite(), value, 0)
    alpha = side * plain / step + slope
    return _Axis(torch.minimum(*times), alpha, side * plain / step * value, side)


def _two(axes: list[_Axis], slow: Tensor) -> Tensor:
    """The larger root of (alpha tau - beta)^2 summed over both axes = slowness^2; infinite where there is none."""
    a = sum(axis.alpha**2 for axis in axes)
    b = sum(axis.alpha * axis.beta for axis in axes)
    c = sum(axis.beta**2 for axis in axes) - slow**2
    inner = b**2 - a * c
    known = torch.stack([axis.time.isfinite() for axis in axes]).all(0) & (inner >= 0)
    root = (b + inner.clamp(min=0).sqrt()) / torch.as_tensor(a).clamp(min=1e-30)
    return torch.where(known, root, torch.inf)
