"""A real HTTP server in the place of a function, and a real client in the place of the storage emulator."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from google.pubsub_v1.types import PublishRequest, PublishResponse, PubsubMessage

PUBLISH = "/google.pubsub.v1.Publisher/Publish"


@dataclass
class Received:
    """What a function received, and what it is to answer."""

    url: str = ""
    events: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    refuse_first: int = 0
    seconds: float = 0.0
    busy: int = 0
    most_busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self.lock:
            self.busy += 1
            self.most_busy = max(self.busy, self.most_busy)
        time.sleep(self.seconds)
        with self.lock:
            self.busy -= 1
            self.events.append((headers, json.loads(body)))
            return 500 if len(self.events) <= self.refuse_first else self.status

    def names(self) -> list[str]:
        return [body["name"] for _, body in self.events]


@contextmanager
def target(port: int = 0, address: str = "127.0.0.1") -> Iterator[Received]:
    """A function's server that answers as `Received.status` says."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(received.take({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer((address, port), Handler) as server:
        received.url = f"http://{address}:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield received
        finally:
            server.shutdown()


class Publisher:
    """Publishes as the storage emulator does."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._publish = self._channel.unary_unary(
            PUBLISH, request_serializer=PublishRequest.serialize, response_deserializer=PublishResponse.deserialize
        )

    def upload(self, name: str, bucket: str = "eco-raw", event: str = "OBJECT_FINALIZE") -> str:
        body = {"bucket": bucket, "name": name, "generation": "1", "timeCreated": "2026-01-01T00:00:00Z", "size": "3"}
        message = PubsubMessage(
            data=json.dumps(body).encode(), attributes={"bucketId": bucket, "objectId": name, "eventType": event}
        )
        request = PublishRequest(topic="projects/local/topics/uploads", messages=[message])
        return str(self._publish(request, timeout=10, wait_for_ready=True).message_ids[0])

    def close(self) -> None:
        self._channel.close()


def eventually(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Whether something comes to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()
