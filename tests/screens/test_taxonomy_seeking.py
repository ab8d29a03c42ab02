"""Searches in a thread: the first screenful at once where it comes in time, as a message where it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from labtui.screens.taxonomy.seeking import WAIT_SECONDS, Seeking
from labtui.taxonomy.browsing.searching import Found

Told = list[tuple[Found, bool]]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def found(*, done: bool) -> Found:
    return Found([], {"": [0] * 7}, done)


def _fail() -> list[Found]:
    raise RuntimeError("no such index")


def no(error: BaseException) -> None:
    raise AssertionError(error)


def test_what_comes_in_time_is_handed_over_and_the_rest_is_told() -> None:
    told: Told = []
    first, last = found(done=False), found(done=True)
    assert Seeking().seek(lambda _: iter([first, last]), lambda *one: told.append(one), no) is first
    until(lambda: told)
    assert told == [(last, False)]


def test_a_slow_disk_holds_nobody_up() -> None:
    told: Told = []
    gate = threading.Event()

    def slow(_: Callable[[], bool]) -> Iterator[Found]:
        gate.wait(30)
        yield found(done=True)

    began = time.monotonic()
    assert Seeking().seek(slow, lambda *one: told.append(one), no) is None
    # Far from the 30 seconds the disk would take, however busy the machine is.
    assert time.monotonic() - began < 10 + WAIT_SECONDS
    gate.set()
    until(lambda: told)
    assert [first for _, first in told] == [True]


def test_the_next_search_ends_the_one_before() -> None:
    seeking = Seeking()
    ended = threading.Event()

    def endless(cancelled: Callable[[], bool]) -> Iterator[Found]:
        while not cancelled():
            time.sleep(0.005)
        ended.set()
        yield from ()

    seeking.seek(endless, lambda *_: no(AssertionError()), no)
    seeking.seek(lambda _: iter([found(done=True)]), lambda *_: None, no)
    assert ended.wait(30)


def test_quietly_everything_is_told_at_the_end() -> None:
    told: Told = []
    assert (
        Seeking().seek(
            lambda _: iter([found(done=False), found(done=False), found(done=True)]),
            lambda *one: told.append(one),
            no,
            at_once=False,
        )
        is None
    )
    until(lambda: told)
    assert [(one.done, first) for one, first in told] == [(True, True)]


def test_an_error_is_told() -> None:
    errors: list[BaseException] = []

    def broken(_: Callable[[], bool]) -> Iterator[Found]:
        yield from [found(done=True)] if errors else _fail()

    Seeking().seek(broken, lambda *_: None, errors.append)
    until(lambda: errors)
    assert str(errors[0]) == "no such index"
