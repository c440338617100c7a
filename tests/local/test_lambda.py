"""What Lambda does around a function, as local.aws does it: an invocation to each process that has none."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep

import pytest

from local.aws.function import Function, InvocationError


def invoked(function: Function, pool: ThreadPoolExecutor, event: bytes) -> Future[bytes]:
    return pool.submit(function.invoke, event)


def test_several_processes_work_at_once_and_each_answer_is_of_its_own_event() -> None:
    function = Function()
    with ThreadPoolExecutor() as pool:
        answers = [invoked(function, pool, event) for event in (b"1", b"2", b"3")]
        given = [function.next(place) for place in ("a", "b", "c")]
        for invocation in reversed(given):
            assert invocation is not None
            function.answered(invocation.id, b"done " + invocation.event)
        assert [answer.result(10) for answer in answers] == [b"done 1", b"done 2", b"done 3"]


def test_a_process_that_asks_anew_has_given_up_what_it_had_and_the_others_have_not() -> None:
    function = Function()
    with ThreadPoolExecutor() as pool:
        answers = {event: invoked(function, pool, event) for event in (b"1", b"2")}
        first, second = function.next("a"), function.next("b")
        assert first and second
        asking = pool.submit(function.next, "a")
        with pytest.raises(InvocationError, match="ended before it answered"):
            answers[first.event].result(10)
        function.answered(first.id, b"too late")
        function.answered(second.id, b"in time")
        assert answers[second.event].result(10) == b"in time"
        answers[b"3"] = invoked(function, pool, b"3")
        third = asking.result(10)
        assert third and third.event == b"3"
        function.answered(third.id, b"")


def test_no_more_is_fetched_than_processes_are_idle() -> None:
    function, fetching = Function(), threading.Semaphore(0)

    def fetch() -> None:
        with function.idle_process():
            fetching.release()
            sleep(0.3)

    with ThreadPoolExecutor() as pool:
        fetches = [pool.submit(fetch) for _ in range(3)]
        sleep(0.1)
        assert not fetching.acquire(blocking=False)  # nobody asks yet
        asked = pool.submit(function.next, "a")
        assert fetching.acquire(timeout=10)
        assert not fetching.acquire(timeout=0.1)
        for done in fetches:
            done.result(10)
        invoked(function, pool, b"x")
        given = asked.result(10)
        assert given is not None
        function.answered(given.id, b"")
