"""A text that is read no faster than its rows are taken: left alone, Arrow reads CSV up to 32 blocks ahead."""

from __future__ import annotations

import io
from collections.abc import Iterator
from threading import Condition
from typing import Any

import pyarrow as pa

BLOCKS_AHEAD = 2  # one whose rows are taken, and one that shows where its last row ends
PATIENCE_SECONDS = 0.05  # blocks before the first row that fits give no batch: the next is awaited in vain


class Paced(io.RawIOBase):
    """A file for a reader that reads it, a block at a time, in a thread of its own."""

    def __init__(self, stream: io.BufferedReader[Any]) -> None:
        """Give what `stream` does."""
        self._stream = stream
        self._change = Condition()
        self._ahead = 0
        self._is_begun = self._is_over = False

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next block, when its turn comes; nothing once nobody takes what is read."""
        with self._change:
            while self._ahead >= BLOCKS_AHEAD and not self._is_over:
                if not self._change.wait(None if self._is_begun else PATIENCE_SECONDS):
                    break
            if self._is_over:
                return b""
            self._ahead += 1
        return self._stream.read(size)

    def batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """What the reader of this file makes of it: from the first row that fits on, a batch for each block."""
        try:
            for batch in reader:
                self._take()
                yield batch
        finally:
            with self._change:
                self._is_over = True
                self._change.notify()

    def _take(self) -> None:
        with self._change:
            self._ahead = min(self._ahead, BLOCKS_AHEAD) - 1  # it is more only after blocks that gave no batch
            self._is_begun = True
            self._change.notify()
