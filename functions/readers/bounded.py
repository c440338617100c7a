"""Streams that end before a small file can unpack for ever."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO

from functions.errors import PermanentError


class Bounded(io.RawIOBase):
    """A stream that refuses to give more than `limit` bytes."""

    def __init__(self, stream: BinaryIO, limit: int, name: str) -> None:
        """Read `stream`, of the file `name`, up to `limit` bytes."""
        self._stream = stream
        self._left = limit
        self._limit = limit
        self._name = name

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader passes
        """Fill `buffer`; raises PermanentError past the limit, or where the file is not what it says."""
        data = self._read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise PermanentError(
                f"{self._name} holds more than {self._limit:,} bytes unpacked. Split it into smaller files."
            )
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise PermanentError(
                f"{self._name} is named as a gzip file, but cannot be unpacked ({error}). Pack it again and upload it."
            ) from error
