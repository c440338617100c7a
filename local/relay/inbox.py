"""Where events come in: Pub/Sub's Publish over gRPC from the storage emulator, and CloudEvents over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from google.pubsub_v1.types import PublishRequest, PublishResponse

from local.home import ADDRESS
from local.relay import REDRIVE
from local.relay.dispatch import Dispatcher
from local.relay.event import Event, NotAnEventError, from_notification, from_request
from local.relay.queue import Queue


@dataclass(frozen=True)
class Inbox:
    """Keeps each event that comes in, then tells the dispatcher; `functions` names the function of each bucket."""

    queue: Queue
    dispatcher: Dispatcher
    functions: dict[str, str]

    def accept(self, event: Event) -> int:
        """Take an event in; its id. It is kept before this returns."""
        event_id = self.queue.add(event)
        self.dispatcher.announce(event_id, event.function)
        return event_id

    def publish(self, request: PublishRequest, _context: object) -> PublishResponse:
        """Pub/Sub's Publish: take in what a function listens to, acknowledge all."""
        ids = []
        for message in request.messages:
            event = from_notification(message.attributes, message.data, self.functions)
            ids.append(str(self.accept(event)) if event else "ignored")
        return PublishResponse(message_ids=ids)

    def redrive(self) -> int:
        """Put every dead letter back on its way; their number."""
        revived = self.queue.revive()
        for event_id, function in revived:
            self.dispatcher.announce(event_id, function)
        return len(revived)

    def stats(self) -> dict[str, Any]:
        """What is on its way: pending (in flight included), in flight and dead events by function."""
        pending, dead = self.queue.counts()
        letters = [asdict(letter) for letter in self.queue.dead_letters()]
        return {
            "pending": pending,
            "in_flight": self.dispatcher.in_flight(),
            "dead": dead,
            "dead_letters": letters,
        }


def grpc_server(inbox: Inbox, port: int, address: str = ADDRESS) -> grpc.Server:
    """A server that answers google.pubsub.v1.Publisher/Publish; not started yet."""
    publish = grpc.unary_unary_rpc_method_handler(
        inbox.publish,
        request_deserializer=PublishRequest.deserialize,
        response_serializer=PublishResponse.serialize,
    )
    handler = grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", {"Publish": publish})
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port(f"{address}:{port}")
    return server


def http_server(inbox: Inbox, port: int, address: str = ADDRESS) -> ThreadingHTTPServer:
    """A server for `POST /FUNCTION`, `GET /healthz`, `GET /stats` and `POST /dead-letters/redrive`."""
    functions = frozenset(inbox.functions.values())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answers: dict[str, Callable[[], dict[str, Any]]] = {"/healthz": dict, "/stats": inbox.stats}
            answer = answers.get(self.path)
            if answer is None:
                self._answer(404, {"error": f"there is no {self.path}; ask for /healthz or /stats"})
            else:
                self._answer(200, answer())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == REDRIVE:
                self._answer(200, {"redriven": inbox.redrive()})
            elif self.path.removeprefix("/") in functions:
                self._take_in(self.path.removeprefix("/"), body)
            else:
                self._answer(404, {"error": f"there is no function {self.path!r}, only {sorted(functions)}"})

        def _take_in(self, function: str, body: bytes) -> None:
            try:
                event = from_request(function, dict(self.headers), body)
            except NotAnEventError as error:
                self._answer(400, {"error": str(error)})
                return
            self._answer(202, {"id": inbox.accept(event)})

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Requests are not worth a line each."""

    return ThreadingHTTPServer((address, port), Handler)
