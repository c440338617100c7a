"""The relay in this process, between a real gRPC client and a real HTTP server."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import urllib3

from functions.settings import Settings
from local.relay.dispatch import Dispatcher
from local.relay.event import functions_of_buckets
from local.relay.inbox import Inbox, grpc_server, http_server
from local.relay.queue import Queue
from tests.local.relay_target import Publisher, Received, eventually, target
from tests.local.stacks import free_port


class Relay:
    """A running relay whose functions are all the same target."""

    def __init__(self, folder: Path, url: str, concurrency: int = 4, attempts: int = 12) -> None:
        self.queue = Queue(folder / "events.sqlite")
        functions = functions_of_buckets(Settings())
        urls = {function: f"{url}/{function}" for function in functions.values()}
        self.dispatcher = Dispatcher(self.queue, urls, concurrency, attempts, first_wait=0.02)
        self.inbox = Inbox(self.queue, self.dispatcher, functions)
        port = free_port()
        self.grpc = grpc_server(self.inbox, port)
        self.http = http_server(self.inbox, 0)
        self.publisher = Publisher(port)
        self.inlet = f"http://127.0.0.1:{self.http.server_port}"

    @contextmanager
    def running(self) -> Iterator["Relay"]:
        self.dispatcher.start()
        self.grpc.start()
        Thread(target=self.http.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.publisher.close()
            self.grpc.stop(None).wait()
            self.http.shutdown()
            self.http.server_close()

    def is_idle(self) -> bool:
        return not self.inbox.stats()["pending"]


@pytest.fixture
def function() -> Iterator[Received]:
    with target() as received:
        yield received


@pytest.fixture
def relay(tmp_path: Path, function: Received) -> Iterator[Relay]:
    with Relay(tmp_path, function.url, attempts=3).running() as running:
        yield running


def test_an_upload_arrives_as_a_cloud_event(relay: Relay, function: Received) -> None:
    relay.publisher.upload('sales/ä b"100%.csv')
    assert eventually(relay.is_idle)
    [(headers, body)] = function.events
    assert headers["ce-type"] == "google.cloud.storage.object.v1.finalized"
    assert headers["ce-source"] == "//storage.googleapis.com/projects/_/buckets/eco-raw"
    assert headers["ce-subject"] == "objects/sales/%C3%A4%20b%22100%25.csv"
    assert headers["ce-time"] == "2026-01-01T00:00:00Z"
    assert headers["ce-specversion"] == "1.0"
    assert body["name"] == 'sales/ä b"100%.csv'


@pytest.mark.parametrize(("bucket", "event"), [("eco-archive", "OBJECT_FINALIZE"), ("eco-raw", "OBJECT_DELETE")])
def test_what_no_function_listens_to_is_ignored(relay: Relay, function: Received, bucket: str, event: str) -> None:
    assert relay.publisher.upload("a", bucket, event) == "ignored"
    assert relay.is_idle()
    assert function.events == []


def test_a_refused_event_comes_again(relay: Relay, function: Received) -> None:
    function.refuse_first = 2
    relay.publisher.upload("a")
    assert eventually(relay.is_idle)
    assert function.names() == ["a"] * 3
    assert relay.inbox.stats()["dead"] == {}


def test_a_dead_letter_is_kept_with_its_error_and_can_be_sent_again(relay: Relay, function: Received) -> None:
    function.status = 503
    relay.publisher.upload("a")
    assert eventually(lambda: relay.inbox.stats()["dead"] == {"validate": 1})
    stats = urllib3.request("GET", f"{relay.inlet}/stats").json()
    assert stats["dead_letters"] == [
        {"function": "validate", "subject": "objects/a", "attempts": 3, "error": "HTTP 503: "}
    ]
    function.status = 200
    assert urllib3.request("POST", f"{relay.inlet}/dead-letters/redrive").json() == {"redriven": 1}
    assert eventually(lambda: len(function.events) == 4 and relay.is_idle())
    assert relay.inbox.stats()["dead"] == {}


def test_events_that_come_one_by_one_go_to_all_instances_of_a_function(
    tmp_path: Path, function: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(function.url.rsplit(":", 1)[1])
    addresses = ["127.0.0.1", "127.0.0.2"]
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda host: (host, [], addresses))
    with (
        target(port, "127.0.0.2") as second,
        Relay(tmp_path, f"http://functions.invalid:{port}").running() as relay,
    ):
        for number in range(40):
            relay.publisher.upload(str(number))
            assert eventually(relay.is_idle)
        assert function.names() and second.names()
        assert len(function.names() + second.names()) == 40


def test_no_more_events_than_agreed_are_under_way_at_one_function(tmp_path: Path, function: Received) -> None:
    function.seconds = 0.02
    with Relay(tmp_path, function.url, concurrency=3).running() as relay:
        for number in range(60):
            relay.publisher.upload(str(number))
        assert eventually(relay.is_idle)
    assert function.most_busy == 3
    assert sorted(function.names(), key=int) == [str(number) for number in range(60)]


def test_many_small_events_pass_in_seconds(tmp_path: Path, function: Received) -> None:
    with Relay(tmp_path, function.url).running() as relay:
        begin = time.monotonic()
        for number in range(1200):
            relay.publisher.upload(str(number))
        assert eventually(relay.is_idle, 30)
        assert time.monotonic() - begin < 10
    assert len(set(function.names())) == 1200


def test_the_inlet_takes_cloud_events_for_a_function(relay: Relay, function: Received) -> None:
    headers = {"ce-id": "1", "ce-type": "t", "ce-source": "s", "ce-specversion": "1.0", "x-other": "dropped"}
    answer = urllib3.request("POST", f"{relay.inlet}/load", headers=headers, body=json.dumps({"name": "a"}))
    assert answer.status == 202
    assert eventually(relay.is_idle)
    [(received, body)] = function.events
    assert received["ce-id"] == "1"
    assert "x-other" not in received
    assert body == {"name": "a"}


@pytest.mark.parametrize(("path", "status"), [("/load", 400), ("/nothing", 404)])
def test_the_inlet_refuses_what_is_not_an_event(relay: Relay, path: str, status: int) -> None:
    answer = urllib3.request("POST", f"{relay.inlet}{path}", body="{}")
    assert answer.status == status
    assert answer.json()["error"]
    assert relay.is_idle()


def test_an_event_for_a_function_that_is_away_waits_for_it(tmp_path: Path) -> None:
    port = free_port()
    with Relay(tmp_path, f"http://127.0.0.1:{port}").running() as relay:
        relay.publisher.upload("a")
        assert eventually(lambda: relay.inbox.stats()["pending"] == {"validate": 1})
        with target(port) as function:
            assert eventually(relay.is_idle)
            assert function.names() == ["a"]
