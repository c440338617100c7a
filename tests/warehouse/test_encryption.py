"""The connection to the database is encrypted where the other side takes that, as RDS Proxy insists on."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import trustme

from functions.warehouse import connect
from tests.pipeline import Pipeline

SSL_REQUEST = struct.pack(">ii", 8, 80877103)  # of PostgreSQL's protocol


def test_a_transaction_runs_under_tls_where_the_other_side_takes_it(pipeline: Pipeline) -> None:
    plain = pipeline.settings("eco_reader")
    with encrypting(plain.db_port) as (port, versions):
        warehouse = connect(replace(plain, db_port=port))
        with warehouse.transaction() as transaction:
            user = transaction.connection.exec_driver_sql("SELECT current_user").scalar()
        warehouse.engine.dispose()
    assert user == "eco_reader"
    assert versions == ["TLSv1.3"]


@contextmanager
def encrypting(behind: int) -> Iterator[tuple[int, list[str | None]]]:
    """The port of what takes one connection under TLS and no other, and passes it on; and which TLS it was."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    versions: list[str | None] = []

    def serve() -> None:
        outside, _ = listening.accept()
        assert outside.recv(len(SSL_REQUEST)) == SSL_REQUEST
        outside.sendall(b"S")
        with (
            closing(context.wrap_socket(outside, server_side=True)) as outer,
            closing(socket.create_connection(("127.0.0.1", behind))) as inner,
        ):
            versions.append(outer.version())
            threading.Thread(target=forward, args=(inner, outer), daemon=True).start()
            forward(outer, inner)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield listening.getsockname()[1], versions
        server.join(10)


def forward(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until nothing more does."""
    while data := source.recv(65536):
        target.sendall(data)
