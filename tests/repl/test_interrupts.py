"""Ctrl-C while libraries are loaded comes when they are."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from seisdsl.repl.interrupts import held_back


def test_an_interrupt_inside_comes_at_the_end() -> None:
    done = []

    def load() -> None:
        with held_back():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        load()
    assert done == ["all of it"]


def test_afterwards_it_comes_at_once() -> None:
    with held_back():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_thread_has_no_signals() -> None:
    done = []

    def work() -> None:
        with held_back():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
