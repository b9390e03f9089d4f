"""The same results on any number of workers, and after one of them dies. A real scheduler on loopback."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seisdsl.diagnostics import Faults
from seisdsl.engine.cluster import Cluster, NoCluster, Program, cluster
from seisdsl.engine.run import Engine
from seisdsl.engine.store import Store
from seisdsl.language.check import check
from seisdsl.source import SourceText

pytestmark = pytest.mark.filterwarnings("ignore::Warning")  # Dask's own, of ports and clean-ups

TOYS = Path(__file__).with_name("toys.py")
MINUTE = 60 * 10**9
TEXT = f'use "{TOYS}"\nticks lasts=20min slow=50ms | less-mean | smoothed | bursts above=15'


def table(executor: Any, store: Store, text: str = TEXT) -> Any:
    checked = check(SourceText.of(text, "toys.seis"), running=True)
    assert checked.graph is not None
    engine = Engine(MINUTE, store, glance=True)
    if executor is not None:
        engine.executor = executor
    ((_, value),) = engine.values(checked.graph.nodes, checked.graph.wanted)
    return value


def program(store: Store, text: str = TEXT) -> Program:
    return Program.of(SourceText.of(text, "toys.seis"), {}, "cpu", MINUTE, store)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = table(None, Store(tmp_path_factory.mktemp("alone")))
    assert len(found) > 10
    return found


@pytest.fixture(scope="module")
def two() -> Iterator[Any]:
    """A cluster that runs by itself, as on a machine of its own."""
    from distributed import LocalCluster

    running = LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    )
    yield running
    running.close()


def test_a_running_cluster_gives_the_same(two: Any, alone: Any, tmp_path: Path) -> None:
    store = Store(tmp_path)
    workers = cluster(program(store), address=two.scheduler_address, workers=None)
    assert table(workers, store).frame.equals(alone.frame)
    workers.close()


def test_a_worker_that_is_killed_loses_nothing(two: Any, alone: Any, tmp_path: Path) -> None:
    store = Store(tmp_path)
    workers = cluster(program(store), address=two.scheduler_address, workers=None)
    victims = [next(iter(workers.client.run(os.getpid).values()))]
    work = workers.work

    class Deadly(Cluster):
        def work(self, *given: Any) -> Iterator[Any]:
            for number, done in enumerate(work(*given)):
                if number == 3 and victims:
                    os.kill(victims.pop(), signal.SIGKILL)
                yield done

    assert table(Deadly(workers.client, workers.program), store).frame.equals(alone.frame)
    assert not victims
    workers.close()


def test_a_fault_on_a_worker_is_told_at_its_place(two: Any, tmp_path: Path) -> None:
    store, text = Store(tmp_path), f'use "{TOYS}"\nticks | picky second=300 | bursts'
    workers = cluster(program(store, text), address=two.scheduler_address, workers=None)
    with pytest.raises(Faults, match="`picky` failed") as failed:
        table(workers, store, text)
    place = failed.value.diagnostics[0].labels[0].place
    assert (place.text, place.start.line) == ("picky", 2)
    workers.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 4])
def test_any_number_of_workers_gives_the_same(number: int, alone: Any, tmp_path: Path) -> None:
    store = Store(tmp_path)
    workers = cluster(program(store), address=None, workers=number)
    assert len(workers.client.scheduler_info()["workers"]) == number
    assert table(workers, store).frame.equals(alone.frame)
    workers.close()


def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seisdsl.engine.cluster.PATIENCE", 1)
    with pytest.raises(NoCluster, match=r"no cluster with a worker answers at tcp://127\.0\.0\.1:1"):
        cluster(program(Store(tmp_path)), address="tcp://127.0.0.1:1", workers=None)
