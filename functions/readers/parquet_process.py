"""A process of its own that reads the Parquet file on its standard input and writes its rows to the standard output as
an Arrow stream: `python -m functions.readers.parquet_process < file`.

A damaged file of 2 kB can make Arrow take gigabytes or abort. Here that ends this process alone; columnar.py, which
starts it, says why the file was refused. It ends with REFUSED where it knows that itself, and then says on standard
error, in one line, what is wrong: the rest of a sentence that begins with the name of the file. It ends with TOO_LARGE
where it ran out of memory. It imports nothing but Arrow's Parquet reader, since every file pays for that.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from typing import IO

import pyarrow as pa
from pyarrow import parquet

from functions.readers.rows import MAX_COLUMNS, ROWS_AT_ONCE

REFUSED = 3
TOO_LARGE = 4
MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CHUNK_BYTES = 512 * 1024 * 1024  # of a column in a row group, unpacked
MAX_BATCH_BYTES = 32 * 1024 * 1024  # that the other process has to take at a time
MAX_ROWS = 1_000_000_000
THRIFT_BYTES = 16 * 1024 * 1024
CELLS_AT_ONCE = 500_000
IN_BYTES = 64 * 1024  # of each column
OUT_BYTES = 1024 * 1024


class RefusedError(Exception):
    """The file is not read; the message is the rest of a sentence that begins with its name."""


def main() -> int:
    """Read standard input, write standard output; returns the exit code."""
    _limit(resource.RLIMIT_DATA, MAX_MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)  # a core dump would hold a shop's rows
    try:
        with open(0, "rb", buffering=0) as file, open(1, "wb", buffering=OUT_BYTES) as out:
            copy(file, out)
    except MemoryError:
        return TOO_LARGE
    except BrokenPipeError:
        raise  # nobody reads any more, which says nothing about the file
    except RefusedError as error:
        return _refuse(str(error))
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError, RecursionError) as error:
        return _refuse(unreadable(error))
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _refuse(why: str) -> int:
    sys.stderr.write(" ".join(why.split()) + "\n")
    return REFUSED


def unreadable(error: Exception) -> str:
    """What is said of a file over which Arrow stumbled, after its name."""
    told = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
    return f"is named as a Parquet file, but cannot be read as one ({told}). Write it again and upload it."


def copy(file: IO[bytes], out: IO[bytes]) -> None:
    """Write the rows of a Parquet file as an Arrow stream; raises RefusedError, or what Arrow raises."""
    opened = parquet.ParquetFile(
        file,
        buffer_size=IN_BYTES,
        pre_buffer=False,
        thrift_string_size_limit=THRIFT_BYTES,
        thrift_container_size_limit=THRIFT_BYTES,
    )
    _check_size(opened.metadata)
    schema = pa.schema([_plain_field(field) for field in opened.schema_arrow])
    size = max(1, min(ROWS_AT_ONCE, CELLS_AT_ONCE // max(1, opened.metadata.num_columns)))
    with pa.ipc.new_stream(out, schema) as stream:
        for batch in opened.iter_batches(batch_size=size, use_threads=False):
            _check_texts(batch)
            for piece in _pieces(batch if batch.schema.equals(schema) else batch.cast(schema)):
                stream.write_batch(piece)


def _check_size(metadata: parquet.FileMetaData) -> None:
    if metadata.num_columns > MAX_COLUMNS:
        raise RefusedError(f"has more than {MAX_COLUMNS:,} different columns. Leave out what is not read.")
    if metadata.num_rows > MAX_ROWS:
        raise RefusedError(f"says that it has more than {MAX_ROWS:,} rows. Split it into smaller files.")
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for column in range(group.num_columns):
            if group.column(column).total_uncompressed_size > MAX_CHUNK_BYTES:
                raise RefusedError(
                    f"unpacks to more than {MAX_CHUNK_BYTES:,} bytes in column "
                    f"{group.column(column).path_in_schema!r} of row group {number + 1}. Write smaller row groups."
                )


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type without dictionaries: a text that a million rows refer to is unpacked here, where memory is bounded."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_struct(kind):
        return pa.struct([_plain_field(field) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_plain_field(kind.key_field), _plain_field(kind.item_field))
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(_plain_field(kind.value_field), kind.list_size)
    if pa.types.is_large_list(kind):
        return pa.large_list(_plain_field(kind.value_field))
    return pa.list_(_plain_field(kind.value_field)) if pa.types.is_list(kind) else kind


def _plain_field(field: pa.Field) -> pa.Field:
    return field.with_type(_plain(field.type))


def _check_texts(batch: pa.RecordBatch) -> None:
    """Arrow reads any bytes as text, and trips over them later."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            raise pa.ArrowInvalid(f"column {name!r}: {error}") from error


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    rows = max(1, batch.num_rows * MAX_BATCH_BYTES // max(batch.nbytes, MAX_BATCH_BYTES))
    return (batch.slice(first, rows) for first in range(0, batch.num_rows, rows))


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # without clearing up gigabytes first
