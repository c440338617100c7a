"""What a file is: by its name, checked against how it begins."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, cast

from functions.errors import PermanentError
from functions.readers.bounded import Bounded
from functions.readers.text import encoding_of

Format = Literal["csv", "json", "ndjson", "xlsx", "parquet"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
STARTS: dict[Format, bytes] = {"xlsx": b"PK\x03\x04", "parquet": b"PAR1"}
NAMES: dict[Format, str] = {"xlsx": "an Excel workbook", "parquet": "a Parquet file"}
KNOWN_STARTS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"<?xml": "an XML file",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}
HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class Opened:
    """A file ready to be read: its format and its unpacked bytes."""

    format: Format
    stream: io.BufferedReader[Any]


def open_file(name: str, stream: BinaryIO, max_bytes: int) -> Opened:
    """Open the upload `name`; raises PermanentError where it is empty, of no known type, or not what its name says."""
    is_packed = name.lower().endswith(".gz")
    plain_name = name[:-3] if is_packed else name
    extension = "." + plain_name.rsplit(".", 1)[-1].lower()
    if extension not in FORMATS:
        raise PermanentError(
            f"{name} is of a type that is not read here. "
            f"Save it as {', '.join(FORMATS)}, each also packed as .gz, and upload it again."
        )
    source = cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if is_packed else stream
    unpacked = io.BufferedReader(Bounded(source, max_bytes, name), HEAD_BYTES)
    _check_start(name, FORMATS[extension], unpacked.peek(HEAD_BYTES))
    return Opened(FORMATS[extension], unpacked)


def _check_start(name: str, expected: Format, head: bytes) -> None:
    if not head.strip():
        raise PermanentError(f"{name} is empty. Export it again and upload it under the same name.")
    found = _kind(head)
    if expected in STARTS and not head.startswith(STARTS[expected]):
        raise PermanentError(f"{name} is named as {NAMES[expected]}, but it is {found}. {_advice()}")
    if expected not in STARTS and found != "text":
        raise PermanentError(f"{name} is named as a {expected.upper()} file, but it is {found}. {_advice()}")


def _kind(head: bytes) -> str:
    for start, kind in KNOWN_STARTS.items():
        if head.startswith(start):
            return kind
    # A stray NUL in a text is for its row to answer for; more of them are no text, except in UTF-16.
    is_text = head.count(0) * 20 <= len(head) or encoding_of(head) != "utf-8"
    return "text" if is_text else "binary data"


def _advice() -> str:
    return f"Rename it to what it is, or export it again in the format of its name ({', '.join(FORMATS)})."
