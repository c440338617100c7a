"""`python -m tests.infra.google_provider WHEEL RESOURCE… -- DATA_SOURCE…`: a provider that has only a schema.

Terraform asks it what the arguments are (protocol tfplugin6, over gRPC) and then checks a configuration against that
by itself: arguments, types, references, modules. It takes any value and makes nothing. Prints the address on which it
listens.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from tests.infra.google_schema import Attribute, Bindings, Block

NESTING = {"single": 1, "list": 2, "set": 3}
PROVIDER = Block(
    "google",
    attributes=[
        Attribute("project", "string"),
        Attribute("region", "string"),
        Attribute("default_labels", ["map", "string"]),
    ],
)
# hashicorp/random, of which one ephemeral resource is used.
PASSWORD = Block(
    "random_password",
    attributes=[
        Attribute("length", "number", required=True),
        Attribute("special", "bool"),
        Attribute("result", "string", computed=True),
    ],
)


def number(tag: int, value: int) -> bytes:
    """A number or truth value as a field of a Protocol Buffers message."""
    return _varint(tag << 3) + _varint(value)


def text(tag: int, value: str | bytes) -> bytes:
    """Text, bytes or a message within a message."""
    data = value.encode() if isinstance(value, str) else value
    return _varint(tag << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def encoded(block: Block) -> bytes:
    """The message Schema.Block."""
    attributes = b"".join(text(2, _attribute(item)) for item in block.attributes)
    return attributes + b"".join(text(3, _nested(item)) for item in block.blocks)


def _attribute(item: Attribute) -> bytes:
    """The message Schema.Attribute; what need not be given may also be known after apply."""
    fields = text(1, item.name) + text(2, json.dumps(item.type))
    if item.required:
        fields += number(4, 1)
    elif not item.computed:
        fields += number(5, 1) + (b"" if item.write_only else number(6, 1))
    else:
        fields += number(6, 1)
    return fields + (number(11, 1) if item.write_only else b"")


def _nested(item: Block) -> bytes:
    """The message Schema.NestedBlock."""
    fields = text(1, item.name) + text(2, encoded(item)) + number(3, NESTING[item.nesting])
    if item.nesting != "single":
        fields += number(4, int(item.required)) + number(5, item.at_most)
    return fields


def schema(block: Block) -> bytes:
    """The message Schema."""
    return text(2, encoded(block))


def schemas(tag: int, blocks: Iterable[Block]) -> bytes:
    """A map from names to schemas."""
    return b"".join(text(tag, text(1, block.name) + text(2, schema(block))) for block in blocks)


class Answers(grpc.GenericRpcHandler):  # type: ignore[misc] # the library is not typed
    """GetProviderSchema has an answer; to all else the empty message says: no objection."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Who answers the call; nobody where it is none of tfplugin6.Provider."""
        service, method = call.method.strip("/").split("/")
        if service != "tfplugin6.Provider":
            return None
        answer = self._answer if method == "GetProviderSchema" else b""
        reply: Callable[[bytes, grpc.ServicerContext], bytes] = lambda _request, _context: answer  # noqa: E731
        return grpc.unary_unary_rpc_method_handler(reply)


def main(wheel: str, *names: str) -> None:
    """Serve until it is ended."""
    resources, data_sources = names[: names.index("--")], names[names.index("--") + 1 :]
    bindings = Bindings(Path(wheel), resources, data_sources)
    answer = text(1, schema(PROVIDER))
    answer += schemas(2, [bindings.schema(name) for name in resources])
    answer += schemas(3, [bindings.schema(name, is_data=True) for name in data_sources])
    answer += schemas(8, [PASSWORD])
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((Answers(answer),))
    sys.stdout.write(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])
