"""What a file is: by its name, checked against how it begins."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, cast

from functions.errors import PermanentError

Format = Literal["csv", "json", "ndjson", "xlsx"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
}
KNOWN_STARTS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
}
HEAD_BYTES = 64 * 1024
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Opened:
    """A file ready to be read: its format and its unpacked bytes."""

    format: Format
    stream: io.BufferedReader[Any]


class Bounded(io.RawIOBase):
    """A stream that refuses to give more than `limit` bytes, so that a small archive cannot unpack for ever."""

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


def open_file(name: str, stream: BinaryIO, max_bytes: int) -> Opened:
    """Open the upload `name`; raises PermanentError where it is empty, of no known type, or not what its name says."""
    plain_name = name.removesuffix(".gz")
    extension = "." + plain_name.rsplit(".", 1)[-1].lower()
    if extension not in FORMATS:
        raise PermanentError(
            f"{name} is of a type that is not read here. "
            f"Save it as {', '.join(FORMATS)}, each also packed as .gz, and upload it again."
        )
    source = cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if plain_name != name else stream
    unpacked = io.BufferedReader(Bounded(source, max_bytes, name), HEAD_BYTES)
    _check_start(name, FORMATS[extension], unpacked.peek(HEAD_BYTES))
    return Opened(FORMATS[extension], unpacked)


def _check_start(name: str, expected: Format, head: bytes) -> None:
    if not head.strip():
        raise PermanentError(f"{name} is empty. Export it again and upload it under the same name.")
    found = _kind(head)
    if expected == "xlsx" and not head.startswith(b"PK\x03\x04"):
        raise PermanentError(f"{name} is named as an Excel workbook, but it is {found}. {_advice()}")
    if expected != "xlsx" and found != "text":
        raise PermanentError(f"{name} is named as a {expected.upper()} file, but it is {found}. {_advice()}")


def _kind(head: bytes) -> str:
    for start, kind in KNOWN_STARTS.items():
        if head.startswith(start):
            return kind
    is_text = head.startswith(BYTE_ORDER_MARKS) or b"\x00" not in head[:1024]
    return "text" if is_text else "binary data"


def _advice() -> str:
    return f"Rename it to what it is, or export it again in the format of its name ({', '.join(FORMATS)})."
