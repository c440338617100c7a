"""Parquet: its columns as the text that the contract reads, a bounded number of rows at a time."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from shutil import copyfileobj
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from functions.contract import Contract, folded
from functions.errors import PermanentError
from functions.readers import nested
from functions.readers.nested import Number, Pairs
from functions.readers.rows import (
    CELLS_AT_ONCE,
    ROWS_AT_ONCE,
    BrokenRow,
    NumberedRow,
    TextRows,
    check_width,
    checked,
    in_chunks,
)

MAX_FILE_BYTES = 2_000_000_000
MAX_CHUNK_BYTES = 512 * 1024 * 1024  # of a column in a row group, unpacked
MAX_ROWS = 1_000_000_000
MEMORY_BYTES = 32 * 1024 * 1024
THRIFT_BYTES = 16 * 1024 * 1024


def read(stream: io.BufferedReader[Any], contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a Parquet file; raises PermanentError where it cannot be read."""
    with tempfile.TemporaryFile() as file:
        copyfileobj(stream, file, MEMORY_BYTES)
        if file.tell() > MAX_FILE_BYTES:
            raise PermanentError(f"{name} is larger than {MAX_FILE_BYTES:,} bytes. Split it into smaller files.")
        try:
            opened = parquet.ParquetFile(
                file,
                buffer_size=1024 * 1024,
                pre_buffer=False,
                thrift_string_size_limit=THRIFT_BYTES,
                thrift_container_size_limit=THRIFT_BYTES,
            )
            _check_size(opened.metadata, name)
            yield from _tables(opened, contract, name)
        except (pa.ArrowException, OSError) as error:
            told = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
            raise PermanentError(
                f"{name} is named as a Parquet file, but cannot be read as one ({told}). Write it again and upload it."
            ) from error


def _check_size(metadata: parquet.FileMetaData, name: str) -> None:
    check_width(metadata.num_columns, name)
    if metadata.num_rows > MAX_ROWS:
        raise PermanentError(f"{name} says that it has more than {MAX_ROWS:,} rows. Split it into smaller files.")
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for column in range(group.num_columns):
            if group.column(column).total_uncompressed_size > MAX_CHUNK_BYTES:
                raise PermanentError(
                    f"{name} unpacks to more than {MAX_CHUNK_BYTES:,} bytes in column "
                    f"{group.column(column).path_in_schema!r} of row group {number + 1}. Write smaller row groups."
                )


def _tables(opened: parquet.ParquetFile, contract: Contract, name: str) -> Iterator[TextRows]:
    size = max(1, min(ROWS_AT_ONCE, CELLS_AT_ONCE // max(1, opened.metadata.num_columns)))
    batches = opened.iter_batches(batch_size=size, use_threads=False)
    if any(_is_nested(field.type) for field in opened.schema_arrow):
        yield from checked(in_chunks(_unfolded(batches, contract), name), contract, name)
        return
    contract.check_columns(opened.schema_arrow.names, name)
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
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    is_number = pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)
    texts = pc.cast(column, pa.string())
    return pc.replace_substring(texts, ".", separator) if is_number and separator else texts


def _unfolded(batches: Iterator[pa.RecordBatch], contract: Contract) -> Iterator[NumberedRow | BrokenRow]:
    number = 0
    for batch in batches:
        for record in batch.to_pylist():
            for row in nested.rows(_pairs(record), contract):
                number += 1
                yield NumberedRow(number, row) if isinstance(row, dict) else BrokenRow(number, row.text, row.reason)


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
