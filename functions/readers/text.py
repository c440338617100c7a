"""Text of any of the usual encodings as UTF-8, found out on the way and in one pass.

A file is UTF-8 until a byte says otherwise. If nothing but ASCII came before that byte, it is Windows-1252, which every
single-byte export of western Europe is or fits into. A file that was UTF-8 in earlier places is damaged, and refused.
"""

from __future__ import annotations

import codecs
import io
from typing import Any

from functions.errors import PermanentError

BLOCK_BYTES = 64 * 1024
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is how this one begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def encoding_of(head: bytes) -> str:
    """The encoding that the beginning of a file shows: by its mark, or by the zeros of UTF-16; else UTF-8."""
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    even, odd = head[0::2], head[1::2]
    if odd and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if odd and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return "utf-8"


class Utf8(io.RawIOBase):
    """The bytes of a text in any encoding, recoded."""

    def __init__(self, stream: io.BufferedReader[Any], encoding: str, is_guess: bool, name: str) -> None:
        """Read `stream` in `encoding`; where that is a guess, Windows-1252 is the other."""
        self._stream = stream
        self._name = name
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._may_be_windows = is_guess and encoding == "utf-8"
        self._ready = b""
        self._lines = 1
        self._ended = False
        self.tail = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what BufferedReader passes
        """Fill `buffer` whole, unless the file ends."""
        size = 0
        while size < len(buffer) and (self._ready or not self._ended):
            if not self._ready:
                block = self._stream.read(BLOCK_BYTES)
                self._ended = not block
                self._ready = self._recoded(block)
            taken = self._ready[: len(buffer) - size]
            buffer[size : size + len(taken)] = taken
            self._ready = self._ready[len(taken) :]
            size += len(taken)
        self.tail = (self.tail + bytes(buffer[:size][-BLOCK_BYTES:]))[-BLOCK_BYTES:]
        return size

    def _recoded(self, block: bytes) -> bytes:
        waiting = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(block, final=self._ended)
        except UnicodeDecodeError as error:
            text = self._as_windows(waiting + block, error)
        if not text.isascii():
            self._may_be_windows = False
        self._lines += text.count("\n")
        return text.encode()

    def _as_windows(self, data: bytes, error: UnicodeDecodeError) -> str:
        start = data[: error.start]
        if not self._may_be_windows or not start.isascii():
            raise self._refusal(error.object[: error.start]) from error
        self._encoding = "cp1252"
        self._decoder = codecs.getincrementaldecoder("cp1252")()
        try:
            return self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as undefined:
            raise self._refusal(data[: undefined.start]) from undefined

    def _refusal(self, before: bytes) -> PermanentError:
        line = self._lines + before.count(b"\n")
        return PermanentError(
            f"{self._name} cannot be read as text: line {line:,} is not in {self._encoding.upper()}. "
            "Save it as 'CSV UTF-8' or name its `encoding` in the contract, and upload it again."
        )


class Text(io.BufferedReader):
    """A text as UTF-8, read once."""

    def __init__(self, source: Utf8) -> None:
        """Read what `source` gives."""
        super().__init__(source, BLOCK_BYTES)
        self._source = source

    @property
    def tail(self) -> str:
        """The last that was read of it, some ten thousand characters."""
        return self._source.tail.decode("utf-8", errors="ignore")


def as_utf8(stream: io.BufferedReader[Any], encoding: str | None, name: str) -> Text:
    """The text of file `name` as UTF-8 without a mark, whatever it is in; `encoding` is what its contract says."""
    return Text(Utf8(stream, encoding or encoding_of(stream.peek(4)), encoding is None, name))
