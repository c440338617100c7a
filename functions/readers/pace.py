"""A text that is read no faster than its rows are taken: left alone, Arrow reads CSV up to 32 blocks ahead."""

from __future__ import annotations

import io
from collections.abc import Iterator
from threading import Condition
from typing import Any

import pyarrow as pa

BLOCKS_AHEAD = 2  # one whose rows are taken, and one that shows where its last row ends
PATIENCE_SECONDS = 0.05  # a block of which no row fits gives no batch, so that the next is waited for in vain


class Paced(io.RawIOBase):
    """A file for a reader that reads it, a block at a time, in a thread of its own."""

    def __init__(self, stream: io.BufferedReader[Any]) -> None:
        """Give what `stream` does."""
        self._stream = stream
        self._change = Condition()
        self._ahead = 0
        self._is_awaited = True  # whoever opens the reader awaits the first block
        self._is_over = False

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next block, when its turn comes; nothing once nobody takes what is read."""
        with self._change:
            while self._ahead >= BLOCKS_AHEAD and not self._is_over:
                if not self._change.wait(PATIENCE_SECONDS) and self._is_awaited:
                    break
            if self._is_over:
                return b""
            self._ahead += 1
        return self._stream.read(size)

    def batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """What the reader of this file makes of it, a batch for each block."""
        try:
            while (batch := self._next(reader)) is not None:
                yield batch
        finally:
            self._tell(is_over=True)

    def _next(self, reader: pa.RecordBatchReader) -> pa.RecordBatch | None:
        self._tell(is_awaited=True)
        batch = next(reader, None)
        self._tell(is_awaited=False, taken=1)
        return batch

    def _tell(self, *, is_awaited: bool = False, taken: int = 0, is_over: bool = False) -> None:
        with self._change:
            self._is_awaited, self._is_over = is_awaited, is_over
            self._ahead -= taken
            self._change.notify()
