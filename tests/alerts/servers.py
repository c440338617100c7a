"""Real servers that take alerts: mail, encrypted and with a login or slow, and a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "shop@example.com", "correct horse"


@dataclass
class Mailbox:
    """What a mail server took; `answers_late` is how long it keeps the client waiting after that."""

    port: int = 0
    answers_late: float = 0
    refuses: tuple[str, ...] = ()
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert server.transport
        content = envelope.original_content or b""
        self.mails.append(message_from_bytes(content, policy=default))
        self.was_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        await asyncio.sleep(self.answers_late)
        return "250 taken"

    def log_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(USER if right else "somebody else")
        return AuthResult(success=right, handled=False)

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]


@contextlib.contextmanager
def mail_server(tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False) -> Iterator[Mailbox]:
    """A mail server on this machine; with `tls`, it takes nothing unencrypted, and with `login` from no stranger."""
    mailbox = Mailbox()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=tls if implicit else None,
        tls_context=None if implicit else tls,
        require_starttls=bool(tls) and not implicit,
        authenticator=mailbox.log_in,
        auth_required=login,
        auth_require_tls=not implicit,
    )
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class Hook:
    """What a webhook was sent, and the status with which it answers."""

    url: str = ""
    status: int = 200
    posts: list[tuple[dict[str, Any], str]] = field(default_factory=list)


@contextlib.contextmanager
def webhook_server() -> Iterator[Hook]:
    """A webhook on this machine."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append((json.loads(body), self.headers["Idempotency-Key"]))
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook.url = f"http://127.0.0.1:{server.server_port}/services/secret"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
