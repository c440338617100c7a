"""The HTTP side of a function: Lambda's Runtime API for its process, and `POST …/invocations` for who invokes it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; the second is that of AWS's Runtime Interface Emulator.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.aws.function import Function, InvocationError

RUNTIME = "/2018-06-01/runtime"
INVOCATIONS = "/2015-03-31/functions/function/invocations"
ERROR_CHARACTERS = 500


def server(name: str, function: Function, address: str, port: int) -> ThreadingHTTPServer:
    """A server for one function; not serving yet."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._answer(200, b"{}")
                return
            invocation = function.next(self.client_address[0]) if self.path == f"{RUNTIME}/invocation/next" else None
            if invocation is None:
                self._answer(404, b"{}")
                return
            headers = {
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
            }
            self._answer(200, invocation.event, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == INVOCATIONS:
                self._invoke(body)
                return
            if self.path.startswith(f"{RUNTIME}/invocation/"):
                invocation_id, outcome = self.path.removeprefix(f"{RUNTIME}/invocation/").split("/")
                if outcome == "response":
                    function.answered(invocation_id, body)
                else:
                    function.failed(invocation_id, body.decode(errors="replace")[:ERROR_CHARACTERS])
            self._answer(202, b"{}")

        def _invoke(self, event: bytes) -> None:
            try:
                self._answer(200, function.invoke(event))
            except InvocationError as error:
                self._answer(502, json.dumps({"errorMessage": str(error)}).encode())

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for header, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(header, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Requests are not worth a line each."""

    made = ThreadingHTTPServer((address, port), Handler)
    made.daemon_threads = True
    return made
