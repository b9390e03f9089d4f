"""What headers promise, judged: ids, times and rates that cannot be, and the runs that records make."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from time import time_ns
from typing import TYPE_CHECKING, Any

from seisdsl.data.mseed_headers import TEXT, Headers
from seisdsl.data.segments import Tally
from seisdsl.data.waves import NS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BAD_ID, BAD_TIME, BAD_RATE = "bad id", "bad time", "bad rate"
FASTEST, SLOWEST = 100_000, 1e-6  # Hz
CLOSE = 0.1  # of a sample: by as much may a record come early or late within a run
now: Callable[[], int] = time_ns
_DAY = 86400 * NS
_LAST = 4_102_444_800 * NS  # the year 2100
_TICK = 100_000  # ns: a header's time is no finer
_ID = re.compile(r"[A-Z0-9]{0,8}\.[A-Z0-9]{1,8}\.[A-Z0-9]{0,8}\.[A-Z0-9_]{1,10}")


def judged(table: Headers) -> tuple[Headers, list[tuple[str, str, Headers]]]:
    """The records with samples of which every header can be; and the others, by reason and in words."""
    import numpy as np

    table = table.only((table.samples > 0) & (table.encoding != TEXT))
    with np.errstate(invalid="ignore"):
        bad_rate = ~(np.isfinite(table.rate) & (table.rate > SLOWEST) & (table.rate <= FASTEST))
    bad_id = ~np.array([bool(_ID.fullmatch(name)) for name in table.ids] or [False])[table.name]
    latest = min(now() + _DAY, _LAST)
    unset = (table.start >= 0) & (table.start < _DAY)  # a clock that began at zero
    bad_time = (table.start < 0) | (table.start > latest) | (unset & ~unset.all())
    left_out = []
    for reason, bad, words in (
        (BAD_ID, bad_id, "has no name that a channel can have: {id}"),
        (BAD_TIME, bad_time & ~bad_id, "has records of a time that cannot be, {id}"),
        (BAD_RATE, bad_rate & ~bad_id & ~bad_time, "has a sampling rate of {rate:g} Hz, {id}"),
    ):
        if bad.any():
            left_out.append((reason, words, table.only(bad)))
    return table.only(~(bad_id | bad_time | bad_rate)), left_out


def tallies(file: str, left_out: list[tuple[str, str, Headers]]) -> list[Tally]:
    """One for each record that is left out for what its header says."""
    found = []
    for reason, words, table in left_out:
        for row in range(len(table)):
            name, rate = table.ids[table.name[row]], float(table.rate[row])
            start = None if reason == BAD_TIME else int(table.start[row])
            said = words.format(id=name, rate=rate)
            known = rate if reason != BAD_RATE else 0.0
            found.append(Tally(file, name, start, known, int(table.samples[row]), reason, said))
    return found


def by_run(table: Headers) -> tuple[Headers, Array]:
    """The records by channel, in the file's order, and where runs begin that follow one another in time."""
    import numpy as np

    order = np.argsort(table.name, kind="stable")
    table = table.only(order)
    if not len(table):
        return table, np.zeros(0, np.int64)
    alike = np.stack([table.name, table.quality, table.encoding])
    steady = (alike[:, 1:] == alike[:, :-1]).all(axis=0) & (table.rate[1:] == table.rate[:-1])
    lasting = np.rint(table.samples * (NS / table.rate)).astype(np.int64)
    late = table.start[1:] - table.start[:-1] - lasting[:-1]
    first = np.concatenate([[True], ~steady | (np.abs(late) > near(table.rate[1:]))])
    begins = np.flatnonzero(first).tolist()
    runs: list[int] = []
    for begin, end in pairwise([*begins, len(table)]):
        runs += _steady(table, begin, end)
    return table, np.array(runs, np.int64)


def near(rate: Array | float) -> Any:
    """By how many ns the times of a run may differ from what its first one promises."""
    import numpy as np

    return np.minimum(np.maximum(CLOSE * NS / np.asarray(rate), 1.5 * _TICK), 0.5 * NS / np.asarray(rate))


def ahead(samples: Array | int, rate: Array | float) -> Array:
    """Time of samples after the first of their run, ns."""
    import numpy as np

    step = NS / np.asarray(rate)
    exact = samples * np.rint(step).astype(np.int64)
    return np.where(step == np.rint(step), exact, np.rint(samples * step).astype(np.int64))


def _steady(table: Headers, begin: int, end: int) -> list[int]:
    """Where runs begin among records that follow one another, so that none drifts off its first time."""
    import numpy as np

    runs = [begin]
    if end - begin < 2:
        return runs
    rate = float(table.rate[begin])
    while True:
        block = slice(runs[-1], end)
        before = np.cumsum(table.samples[block]) - table.samples[block]
        off = np.abs(table.start[block] - table.start[runs[-1]] - ahead(before, rate)) > near(rate)
        if not off.any():
            return runs
        runs.append(runs[-1] + int(np.argmax(off)))
