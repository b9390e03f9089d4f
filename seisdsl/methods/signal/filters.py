"""Recursive filters as products of small matrices: exact, with no loop over samples.

A cascade of second-order sections is one linear system with a small state. Over a block of
samples its output is one matrix times the block and the state in which the block begins; the
states of successive blocks follow from each other by doubling.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import scipy.signal
import torch
from torch import Tensor

from seisdsl.methods.signal.cascade import BLOCK, BlockForm, Sections, block_form

Kind = Literal["bandpass", "lowpass", "highpass"]


def butterworth(kind: Kind, edges: tuple[float, ...], rate: float, corners: int) -> Sections:
    """A Butterworth filter with its half-power points at `edges` (Hz)."""
    edge = edges[0] if len(edges) == 1 else edges
    return _sections(scipy.signal.butter(corners, edge, kind, output="sos", fs=rate))


def anti_alias(factor: int) -> Sections:
    """The lowpass before every `factor`-th sample is taken, as obspy has it.

    Chebyshev of the second kind, 96 dB down from the new Nyquist frequency on. Its passband
    (1 dB) is as wide as order 12 allows.
    """
    stop = passed = 1 / factor
    order = 13
    while order > 12:
        passed *= 0.99
        order, edge = scipy.signal.cheb2ord(passed, stop, 1, 96)
    return _sections(scipy.signal.cheby2(order, 96, edge, output="sos"))


def _sections(sos: Any) -> Sections:
    return tuple(tuple(float(value) for value in row) for row in sos)


def filtered(samples: Tensor, mask: Tensor, sections: Sections, *, zero_phase: bool = False) -> Tensor:
    """Pass every recorded run through the sections from rest: [trace, time].

    With `zero_phase` once more from its end to its start. Computed in double precision.
    """
    form = block_form(sections, samples.device)
    if not zero_phase:
        return _forth(samples, mask, form)
    forth = _forth(samples.double(), mask, form)
    return _forth(forth.flip(-1), mask.flip(-1), form).flip(-1).to(samples.dtype)


class Pieces(NamedTuple):
    """Recorded runs cut at the edges of blocks, in order of time."""

    block: Tensor  # which block, counted through all traces
    run: Tensor  # which run
    low: Tensor  # first sample in the block
    high: Tensor  # and the one after the last

    def kept(self, which: Tensor) -> Tensor:
        column = torch.arange(BLOCK, device=which.device)
        return (column >= self.low[which, None]) & (column < self.high[which, None])


def _pieces(mask: Tensor) -> Pieces:
    traces, length = mask.shape
    if mask.all():
        trace = torch.arange(traces, device=mask.device)
        start, end = torch.zeros_like(trace), torch.full_like(trace, length)
    else:
        edges = torch.nn.functional.pad(mask.to(torch.int8), (1, 1)).diff(dim=-1)
        trace, start = (edges == 1).nonzero().T
        end = (edges == -1).nonzero()[:, 1]
    first = start // BLOCK
    count = (end - 1) // BLOCK - first + 1
    run = torch.arange(len(count), device=mask.device).repeat_interleave(count)
    place = torch.arange(len(run), device=mask.device) - (count.cumsum(0) - count - first)[run]
    low = (start[run] - place * BLOCK).clamp(min=0)
    high = (end[run] - place * BLOCK).clamp(max=BLOCK)
    return Pieces(trace[run] * -(-length // BLOCK) + place, run, low, high)


def _forth(samples: Tensor, mask: Tensor, form: BlockForm) -> Tensor:
    if not samples.numel():
        return samples.clone()
    traces, length = samples.shape
    blocks = torch.nn.functional.pad(samples, (0, -length % BLOCK)).view(-1, BLOCK)
    pieces = _pieces(mask)
    partial = pieces.high - pieces.low < BLOCK
    # what a processor's cache holds, or what keeps a GPU busy
    tile = min(len(pieces.block), 2**11 if blocks.device.type == "cpu" else 2**19)
    before = torch.cat([pieces.run[:1], pieces.run])
    state = form.to_state.new_zeros(len(form.to_state), 1)
    buffer = state.new_empty(tile, len(form.to_output))
    out, ends = torch.empty_like(blocks), [blocks[:0]]
    for at in range(0, len(pieces.block), tile or 1):
        which = pieces.block[at : at + tile]
        runs = before[at : at + len(which) + 1]
        short = partial[at : at + tile].nonzero()[:, 0]
        kept = pieces.kept(at + short)
        part, states_before = buffer[: len(which), :BLOCK], buffer[: len(which), BLOCK:]
        part.copy_(blocks.index_select(0, which))
        part[short] *= kept
        states = torch.cat([state, form.to_state @ part.T], 1)
        _carry_over(states, runs, form)
        state = states[:, -1:]
        states_before.copy_((states[:, :-1] * (runs[1:] == runs[:-1])).T)
        given = (buffer[: len(which)] @ form.to_output).to(out.dtype)
        out.index_copy_(0, which, given)
        ends.append(given[short] * kept)
    whole = torch.zeros(len(blocks), dtype=torch.bool, device=mask.device)
    whole[pieces.block[~partial]] = True
    out.index_fill_(0, (~whole).nonzero()[:, 0], 0)
    out.index_add_(0, pieces.block[partial], torch.cat(ends))
    return out.view(traces, -1)[:, :length]


def _carry_over(states: Tensor, runs: Tensor, form: BlockForm) -> None:
    """From what each block alone leaves to what all blocks of its run up to it leave, in place."""
    alike = bool(runs[0] == runs[-1])
    for power, leap in enumerate(form.leaps):
        step = 2**power
        if step >= len(runs):
            break
        carried = leap @ states[:, :-step]
        states[:, step:] += carried if alike else carried * (runs[step:] == runs[:-step])
