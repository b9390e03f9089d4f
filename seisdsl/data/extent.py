"""Where records lie: a run of one channel's samples in a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Extent:
    """A run of records of one channel that follow one another in time, as their headers promise.

    `offset` and `size` are the bytes of the file that hold them, with records of other channels
    between them where a file mixes channels. What is no miniSEED has neither records nor encoding.
    """

    file: str
    id: str
    start: int  # ns since 1970, of the first sample
    end: int  # and of the one that would follow the last
    rate: float
    samples: int
    offset: int = 0
    size: int = 0
    record_length: int = 0
    encoding: int = -1
    format: str = ""
