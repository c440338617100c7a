"""pg8000 with one round trip a statement, where it takes three: for a small file, a load does little but wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pg8000
from pg8000 import core


class Connection(pg8000.Connection):  # type: ignore[misc] # pg8000 has no types
    """A connection that sends a statement with its parameters, and then reads what comes of both.

    https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY: an error in any step has the server
    skip what follows, up to the Sync.
    """

    def execute_unnamed(
        self, statement: str, vals: Sequence[Any] = (), oids: Sequence[int] = (), stream: Any = None
    ) -> core.Context:
        """Execute a statement that is used once; what is COPYed from or to is `stream`."""
        context = core.Context(statement, stream=stream)
        self.send_PARSE(core.NULL_BYTE, statement, oids)
        self.send_DESCRIBE_STATEMENT(core.NULL_BYTE)
        self.send_BIND(core.NULL_BYTE, core.make_params(self.py_types, vals))
        self.send_EXECUTE()
        core._write(self._sock, core.SYNC_MSG)
        core._flush(self._sock)
        self.handle_messages(context)
        return context
