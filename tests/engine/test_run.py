"""Programs run chunk by chunk: the same results, nothing worked out twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seisdsl.diagnostics import Faults
from seisdsl.engine.parts import Parts, seen, whole
from seisdsl.engine.plan import Segment, planned
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.language.check import check
from seisdsl.source import SourceText

TOYS = Path(__file__).with_name("toys.py")
SECOND = 10**9
CHUNKS = (0, None, 10 * SECOND, 60 * SECOND, 3600 * SECOND)  # in ns; 0 is the whole


def graph(text: str) -> Any:
    checked = check(SourceText.of(f'use "{TOYS}"\n{text}', "toys.seis"), running=True)
    assert checked.graph is not None, checked.diagnostics
    return checked.graph


def results(text: str, engine: Engine) -> list[Any]:
    made = graph(text)
    found = {node.key: whole(value) for node, value in engine.values(made.nodes, made.wanted)}
    return [found[result.node.key] for result in made.results]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TOYS_LOG", str(tmp_path / "log"))
    return tmp_path / "log"


def counted(log: Path) -> dict[str, int]:
    words = log.read_text().split() if log.exists() else []
    return {word: words.count(word) for word in words}


def test_results_do_not_depend_on_the_chunks(tmp_path: Path) -> None:
    text = "ticks lasts=10min | smoothed over=3s | bursts above=20"
    tables = [
        results(text, Engine(chunk, Store(tmp_path / str(number))))[0] for number, chunk in enumerate(CHUNKS)
    ]
    assert len(tables[0]) == 10
    assert all(table.frame.equals(tables[0].frame) for table in tables)
    assert all(table.simulated for table in tables)


@pytest.mark.parametrize("text", [
    "ticks | smoothed | largest",
    "ticks | less-mean | smoothed | bursts above=20 | where peak > 30 | count",
    "ticks | smoothed | bursts above=20 | sort by=peak order=down | head 3 | table columns=[time, peak]",
    "let a = ticks | smoothed\nlet b = fork { low = a | bursts, high = a | bursts above=30 }\nb.high | count",
    "(ticks | bursts | count) + (ticks seed=3 | bursts | count)",
    "let x = ticks | bursts | count\nassert x > 3",
    "ticks | less-mean | smoothed | bursts above=20 | weighed",
    "let a = ticks | smoothed\na | bursts above=20 | weighed waves=a | sort by=mean",
])  # fmt: skip
def test_barriers_and_tables_after_the_chunks(text: str, tmp_path: Path) -> None:
    whole_run, short = (
        results(text, Engine(chunk, Store(tmp_path / str(chunk)))) for chunk in (0, 60 * SECOND)
    )
    for one, other in zip(whole_run, short, strict=True):
        if hasattr(one, "frame"):
            assert one.frame.equals(other.frame)
        else:
            assert one == pytest.approx(other, rel=1e-6)


def test_a_second_run_computes_nothing(store: Store, log: Path) -> None:
    text = "ticks | smoothed | bursts | count"
    engine = Engine(60 * SECOND, store)
    assert results(text, engine) == results(text, again := Engine(60 * SECOND, store))
    assert (engine.fresh, again.fresh) == (10, 0)
    assert counted(log) == {"ticks": 10, "smoothed": 10}


def test_what_is_shared_is_computed_once(store: Store, log: Path) -> None:
    results("ticks | smoothed | bursts | count", Engine(60 * SECOND, store))
    results("ticks | smoothed | bursts | where peak > 30 | count", Engine(60 * SECOND, store))
    results("ticks | smoothed | bursts | sort by=peak", Engine(60 * SECOND, store))
    assert counted(log) == {"ticks": 10, "smoothed": 10}


def test_a_damaged_result_is_worked_out_again(store: Store) -> None:
    text = "ticks | bursts"
    before = results(text, Engine(60 * SECOND, store))[0]
    for path in store.folder.glob("*/*"):
        path.write_bytes(path.read_bytes()[:-3] + b"abc")
    engine = Engine(60 * SECOND, store)
    assert results(text, engine)[0].frame.equals(before.frame)
    assert engine.fresh == 10


def test_long_waves_come_in_parts_and_leave_nothing_behind(store: Store) -> None:
    made = graph("ticks | smoothed")
    engine = Engine(60 * SECOND, store)
    values = engine.values(made.nodes, made.wanted)
    _, value = next(values)
    assert isinstance(value, Parts)
    assert [part.span.seconds for part in value] == [60.0] * 10
    overview = seen(value)
    assert (overview.length, overview.recorded, overview.span.seconds) == (6000, (6000,), 600.0)
    assert value.whole.length == 6000
    assert list(values) == []
    kept = [store.get(path.name) for path in store.folder.glob("*/*")]
    assert not [value for value in kept if hasattr(value, "samples")]


def test_memory_that_runs_out_halves_the_chunk(store: Store) -> None:
    assert results("ticks | greedy most=20s | smoothed | bursts above=20 | count", Engine(0, store)) == [10]


def test_a_stage_that_never_has_enough_memory_says_so(store: Store) -> None:
    with pytest.raises(Faults, match="not enough memory") as failed:
        results("ticks | greedy most=0s | bursts", Engine(0, store))
    assert failed.value.diagnostics[0].labels[0].place.text == "greedy"


def test_a_failure_names_the_stage_and_the_records(store: Store, log: Path) -> None:
    text = "ticks | picky second=300 | smoothed | bursts | count"
    with pytest.raises(Faults, match="`picky` failed") as failed:
        results(text, Engine(60 * SECOND, store))
    notes = failed.value.diagnostics[0].notes
    assert "in the records of 2016-08-15T00:04:00Z to 2016-08-15T00:05:00Z" in notes  # and what lies around
    assert "ZeroDivisionError: by nought" in notes


def test_what_was_done_before_a_failure_is_kept(store: Store, log: Path) -> None:
    with pytest.raises(Faults):
        results("ticks | picky second=300 | bursts", Engine(60 * SECOND, store))
    done = counted(log)["ticks"]
    with pytest.raises(Faults):
        results("ticks | picky second=300 | bursts", Engine(60 * SECOND, store))
    assert counted(log)["ticks"] - done <= 2  # the chunk that fails, and the next one read ahead


def test_the_plan_tells_what_streams() -> None:
    made = graph("ticks | less-mean | smoothed | bursts | sort by=peak")
    plan = planned(made.nodes, made.wanted, chunk=60 * SECOND)
    words = [[n.word for n in s.nodes] if isinstance(s, Segment) else s.word for s in plan.steps]
    assert words == [["ticks", "sums"], "surveyed", ["ticks", "less-mean", "smoothed", "bursts"], "sort"]
    first, second = plan.segments
    assert (len(first.chunks), len(second.chunks)) == (10, 10)
    source = second.sources[0]
    assert second.margins[source.key].before == pytest.approx(
        3.1 + 2 * 2 / 10
    )  # two samples of slack a stage
    assert plan.segments[0].chunks[0].seconds == 60


def test_a_whole_table_meets_its_record_chunk_by_chunk() -> None:
    made = graph("ticks | smoothed | bursts | weighed")
    plan = planned(made.nodes, made.wanted, chunk=60 * SECOND)
    words = [[n.word for n in s.nodes] if isinstance(s, Segment) else s.word for s in plan.steps]
    assert words == [["ticks", "smoothed", "bursts"], "surveyed", ["ticks", "smoothed", "weighed"]]
    assert [len(segment.chunks) for segment in plan.segments] == [10, 10]


def test_one_chunk_needs_no_survey() -> None:
    made = graph("ticks | less-mean | bursts")
    plan = planned(made.nodes, made.wanted, whole=True)
    assert [[n.word for n in segment.nodes] for segment in plan.segments] == [
        ["ticks", "less-mean", "bursts"]
    ]


def test_a_users_operator_that_changed_runs_anew(tmp_path: Path, store: Store) -> None:
    own = tmp_path / "own.py"
    text = TOYS.read_text(encoding="utf-8")
    for times, expected in ((9, 10), (0, 0)):
        own.write_text(text.replace("1 + 9 * burst", f"1 + {times} * burst"), encoding="utf-8")
        checked = check(
            SourceText.of(f'use "{own}"\nticks | bursts above=20 | count', "own.seis"), running=True
        )
        assert checked.graph is not None
        ((_, count),) = Engine(60 * SECOND, store).values(checked.graph.nodes, checked.graph.wanted)
        assert count == expected


def test_long_waves_are_saved_part_by_part(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import obspy

    from seisdsl.engine.output import writing_to

    def refused(self: Parts) -> Any:
        raise AssertionError("the whole was asked for")

    with writing_to(tmp_path):
        made = graph('ticks | smoothed | save "parts.mseed"')
        monkeypatch.setattr(Parts, "whole", property(refused))
        list(Engine(60 * SECOND, store, glance=True).values(made.nodes, made.wanted))
        monkeypatch.undo()
        made = graph('ticks | smoothed | save "whole.mseed"')
        list(Engine(0, store).values(made.nodes, made.wanted))
    parts, whole_file = (
        obspy.read(str(tmp_path / name), format="MSEED") for name in ("parts.mseed", "whole.mseed")
    )
    (one,), (other,) = parts.merge(), whole_file.merge()
    assert (one.id, one.stats.starttime, one.stats.npts) == (other.id, other.stats.starttime, 6000)
    assert (one.data == other.data).all()


def test_what_is_only_looked_at_is_not_held(store: Store) -> None:
    made = graph("ticks | smoothed | show | less-mean")
    shown = [value for _, value in Engine(60 * SECOND, store, glance=True).values(made.nodes, made.wanted)]
    assert [type(value).__name__ for value in shown] == ["WavesOverview"] * 2
    assert [value.recorded for value in shown] == [(6000,)] * 2
    kept = [store.get(path.name) for path in store.folder.glob("*/*")]
    assert not [value for value in kept if hasattr(value, "samples")]
