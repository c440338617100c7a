"""Parquet: its columns as the text that the contract reads, a bounded number of rows at a time.

What decodes it is a process of its own (parquet_process.py), since a damaged file can take all memory or abort.
"""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from shutil import copyfileobj
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from functions.contract import Contract, folded
from functions.errors import PermanentError
from functions.readers import nested, parquet_process
from functions.readers.nested import Number, Pairs
from functions.readers.rows import TextRows, checked, in_chunks

MAX_FILE_BYTES = 2_000_000_000
MEMORY_BYTES = 32 * 1024 * 1024
SECONDS_TO_END = 60
COMMAND = (sys.executable, "-P", "-m", parquet_process.__name__)
# Of this process's environment the other gets what Python and its libraries may need to start, and no secret.
INHERITED = ("LD_LIBRARY_PATH", "PYTHONHOME")
# Arrow's own allocators reserve gigabytes beforehand, and each thread its stack, of what that process may have.
FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# By these a process ends over its file, or is ended over the memory that this took; by others when the platform stops.
BY_THE_FILE = {
    signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGKILL, signal.SIGSEGV, signal.SIGTRAP,
}  # fmt: skip

logger = logging.getLogger(__name__)


class ProcessFailedError(RuntimeError):
    """The process that reads Parquet failed, for a reason that is not in the file; the event comes again."""


def read(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a Parquet file; raises PermanentError where it cannot be read."""
    with tempfile.TemporaryFile() as file, _process(_stored(stream, file, name), name) as process:
        try:
            yield from _tables(process, contract, name)
        except (pa.ArrowException, ValueError, KeyError, OverflowError) as error:
            raise PermanentError(f"{name} {parquet_process.unreadable(error)}") from error


def _stored(stream: io.BufferedReader[Any], file: IO[bytes], name: str) -> IO[bytes]:
    """The file on disk, from its beginning; Parquet is read from its end."""
    copyfileobj(stream, file, MEMORY_BYTES)
    if file.tell() > MAX_FILE_BYTES:
        raise PermanentError(f"{name} is larger than {MAX_FILE_BYTES:,} bytes. Split it into smaller files.")
    file.seek(0)
    return file


@dataclass(frozen=True)
class _Process:
    """The process that reads the file `name`: what it writes, and what it has to say."""

    popen: subprocess.Popen[bytes]
    said: IO[bytes]
    name: str

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Where its stream breaks off, raise what it died of."""
        try:
            yield
        except (pa.ArrowException, OSError):
            self.check_end()
            raise

    def check_end(self) -> None:
        """Wait for its end; raises PermanentError where the file is to blame, else ProcessFailedError."""
        code = self.popen.wait(SECONDS_TO_END)
        if code == 0:
            return
        self.said.seek(0)
        said = self.said.read(MEMORY_BYTES).decode(errors="replace").strip()
        if code == parquet_process.REFUSED:
            raise PermanentError(f"{self.name} {said.splitlines()[-1]}")
        logger.warning("reading Parquet failed", extra={"object": self.name, "code": code, "said": said[-2000:]})
        if code == parquet_process.TOO_LARGE or -code in BY_THE_FILE:
            raise PermanentError(
                f"{self.name} is broken, or takes more than {parquet_process.MAX_MEMORY_BYTES:,} bytes of memory to be "
                "read. Write it again in smaller row groups, or as CSV, and upload it."
            )
        raise ProcessFailedError(f"reading {self.name} ended with {code}: {said[-500:]}")


@contextmanager
def _process(file: IO[bytes], name: str) -> Iterator[_Process]:
    """A process that reads the file; whatever happens here, it is gone afterwards."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 # a fixed command
            COMMAND, stdin=file, stdout=subprocess.PIPE, stderr=said, env=_environment()
        ) as popen,
    ):
        try:
            yield _Process(popen, said, name)
        finally:
            popen.kill()


def _environment() -> dict[str, str]:
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return paths | FRUGAL | {name: os.environ[name] for name in INHERITED if name in os.environ}


def _batches(stream: pa.RecordBatchReader, process: _Process) -> Iterator[pa.RecordBatch]:
    while True:
        with process.explaining():
            batch = next(stream, None)
        if batch is None:
            break
        yield batch
    process.check_end()


def _tables(process: _Process, contract: Contract, name: str) -> Iterator[TextRows]:
    with process.explaining():
        stream = pa.ipc.open_stream(process.popen.stdout)
    batches = _batches(stream, process)
    if any(_is_nested(field.type) for field in stream.schema):
        records = (_pairs(record) for batch in batches for record in batch.to_pylist())
        yield from checked(in_chunks(nested.rows(records, contract, count(1)), name), contract, name)
        return
    contract.check_columns(stream.schema.names, name)
    separators = {folded(column.physical_name): column.options.get("decimalSeparator") for column in contract.columns}
    first = 1
    for batch in batches:
        columns = [
            _texts(column, separators.get(folded(field.name)))
            for column, field in zip(batch.columns, batch.schema, strict=True)
        ]
        numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
        yield TextRows(pa.table(columns, names=batch.schema.names), numbers)
        first += batch.num_rows


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def _texts(column: pa.Array, separator: str | None) -> pa.Array:
    """A column as text: numbers with the contract's separator, days as the midnight that begins them."""
    is_number = pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)
    texts = pc.cast(column, pa.string())
    return pc.replace_substring(texts, ".", separator) if is_number and separator else texts


def _pairs(value: Any) -> Any:
    """A value of a nested column as if it had been read from JSON."""
    if isinstance(value, dict):
        return Pairs((key, _pairs(item)) for key, item in value.items())
    if isinstance(value, list):
        return [_pairs(item) for item in value]
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return Number(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, bool)) else json.dumps(value, default=str)
