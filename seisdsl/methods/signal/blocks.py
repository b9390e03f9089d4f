"""Recorded runs through a recursive filter, block by block.

A run is cut into whole blocks from the end at which the filter enters it. What is left over at
the other end is a block of its own, which no other waits for.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seisdsl.methods.masks import complete, edges
from seisdsl.methods.room import empty, zeros
from seisdsl.methods.signal.cascade import BLOCK, BlockForm

IN_CACHE = 2**17  # samples at once on a processor, whose cache holds them; a GPU takes more
LONG = 2**17  # samples of a run that is worth a turn of its own


def runs(mask: Tensor) -> Tensor:
    """First sample of each recorded run, and the one after its last, counted through all traces: [2, run]."""
    traces, length = mask.shape
    if complete(mask):
        start = torch.arange(traces, device=mask.device) * length
        return torch.stack([start, start + length])
    found = edges(mask)
    return (found - found.div(length + 1, rounding_mode="floor")).T


def passed(samples: Tensor, runs: Tensor, form: BlockForm, dtype: torch.dtype) -> Tensor:
    """What the filter makes of each run of [trace, time] from rest; zero outside of runs."""
    start, end = runs
    lengths = end - start
    whole = int(lengths.sum()) == samples.numel()
    out = (empty if whole else zeros)(tuple(samples.shape), dtype, samples.device)
    left = form.to_state.new_zeros(len(form.to_state), len(start))  # by the whole blocks of each run
    if whole:
        _side_by_side(samples, out, form, left)
    else:
        given, taken = samples.view(1, -1), out.view(1, -1)
        long = lengths >= LONG
        for run, first, last in zip(long.nonzero().flatten().tolist(), *runs[:, long].tolist(), strict=True):
            _side_by_side(given[:, first:last], taken[:, first:last], form, left[:, run : run + 1])
        _packed(given[0], taken[0], runs, (~long).nonzero()[:, 0], form, left)
    _rests(samples.view(-1), out.view(-1), runs, form, left)
    return out


def _side_by_side(samples: Tensor, out: Tensor, form: BlockForm, left: Tensor) -> None:
    """The whole blocks of runs of one length: [run, time]."""
    total, length = samples.shape
    count = length // BLOCK
    if not count * total:
        return
    start = length - count * BLOCK if form.backward else 0
    given, taken = (
        values[:, start : start + count * BLOCK].view(total, count, BLOCK) for values in (samples, out)
    )
    tile = _tile(samples.device)
    many = min(total, max(1, tile // count))
    step = min(count, max(1, tile // many))
    rows, result = left.new_empty(many * step, BLOCK + len(left)), left.new_empty(many * step, BLOCK)
    for run in range(0, total, many):
        own = slice(run, run + many)
        state = torch.zeros_like(left[:, own])
        for first in range(0, count, step):
            blocks = slice(first, first + step)
            if form.backward:
                blocks = slice(max(0, count - first - step), count - first)
            state = _tile_of_runs(given[own, blocks], taken[own, blocks], form, state, rows, result)
        left[:, own] = state


def _tile_of_runs(
    given: Tensor, taken: Tensor, form: BlockForm, state: Tensor, rows: Tensor, result: Tensor
) -> Tensor:
    """Some blocks of runs, [run, block, sample], and the states before them: gives those after."""
    many, count = given.shape[:2]
    rows, result = rows[: many * count], result[: many * count]
    rows[:, :BLOCK].view(count, many, BLOCK).copy_(given.transpose(0, 1))
    added = form.to_state @ rows[:, :BLOCK].T
    if form.backward:
        added = added.view(-1, count, many).flip(1).flatten(1)
    states = torch.cat([state, added], 1)
    for power, leap in enumerate(form.leaps):
        if (apart := 2**power) > count:
            break
        states[:, apart * many :] += leap @ states[:, : -apart * many]
    before = states[:, :-many]
    if form.backward:
        before = before.view(-1, count, many).flip(1).flatten(1)
    rows[:, BLOCK:] = before.T
    torch.mm(rows, form.to_output, out=result)
    taken.copy_(result.view(count, many, BLOCK).transpose(0, 1))
    return states[:, -many:]


def _packed(samples: Tensor, out: Tensor, runs: Tensor, some: Tensor, form: BlockForm, left: Tensor) -> None:
    """The whole blocks of runs of any length, one run behind the other."""
    start, end = runs[:, some]
    count = (end - start) // BLOCK
    run = torch.arange(len(count), device=count.device).repeat_interleave(count)
    place = torch.arange(len(run), device=count.device) - (count.cumsum(0) - count)[run]
    at = end[run] - (place + 1) * BLOCK if form.backward else start[run] + place * BLOCK
    before = torch.cat([run[:1], run])
    is_last = place + 1 == count[run]
    state = left[:, :1] * 0
    tile = _tile(samples.device)
    for first in range(0, len(at), tile):
        here, of = at[first : first + tile], before[first : first + tile + 1]
        values = _every_block(samples)[here].double()
        states = torch.cat([state, form.to_state @ values.T], 1)
        for power, leap in enumerate(form.leaps):
            if (apart := 2**power) >= len(of):
                break
            carried = leap @ states[:, :-apart]
            states[:, apart:] += carried.masked_fill_(of[apart:] != of[:-apart], 0)
        state = states[:, -1:]
        last = is_last[first : first + tile].nonzero()[:, 0]
        left[:, some[run[first + last]]] = states[:, last + 1]
        entered = states[:, :-1].masked_fill(of[1:] != of[:-1], 0)
        given = torch.cat([values, entered.T], 1) @ form.to_output
        _every_block(out)[here] = given.to(out.dtype)


def _rests(samples: Tensor, out: Tensor, runs: Tensor, form: BlockForm, left: Tensor) -> None:
    """What is left of each run: less than a block."""
    low, high = runs
    whole = (high - low) // BLOCK * BLOCK
    low, high = (low, high - whole) if form.backward else (low + whole, high)
    column = torch.arange(BLOCK, device=low.device)
    ragged, tile = (high > low).nonzero()[:, 0], _tile(samples.device)
    for first in range(0, len(ragged), tile):
        some = ragged[first : first + tile]
        begin = high[some] - BLOCK if form.backward else low[some]
        index = begin[:, None] + column
        outside = (index < low[some, None]) | (index >= high[some, None])
        rows = samples[index.clamp(0, len(samples) - 1)].double().masked_fill_(outside, 0)
        given = torch.cat([rows, left[:, some].T], 1) @ form.to_output
        out[index[~outside]] = given[~outside].to(out.dtype)


def _every_block(samples: Tensor) -> Tensor:
    """The block that begins at each sample, as a view."""
    return samples.as_strided((len(samples) - BLOCK + 1, BLOCK), (1, 1), samples.storage_offset())


def _tile(device: torch.device) -> int:
    """Blocks at once."""
    return (IN_CACHE if device.type == "cpu" else 2**8 * IN_CACHE) // BLOCK
