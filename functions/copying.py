"""Columns as text that PostgreSQL reads: tables for COPY … FROM STDIN, arrays as literals."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv


def as_csv(table: pa.Table) -> memoryview:
    """The rows as CSV without a header."""
    text = io.BytesIO()
    # Without empty batches: for one at the beginning, pyarrow 26 writes what happens to lie in its buffer.
    filled = pa.Table.from_batches([batch for batch in table.to_batches() if batch.num_rows], table.schema)
    csv.write_csv(_with_plain_times(filled), text, csv.WriteOptions(include_header=False))
    return text.getbuffer()


def as_array(texts: pa.Array) -> str:
    """The texts as an array of PostgreSQL: the driver takes twenty times as long to write a list as one."""
    escaped = pc.replace_substring_regex(texts, r'(["\\\\])', r"\\\1")
    quoted = pc.binary_join_element_wise('"', escaped, '"', "").fill_null("NULL")
    return "{" + ",".join(quoted.to_pylist()) + "}"


def _with_plain_times(table: pa.Table) -> pa.Table:
    """The table with its instants (UTC) as text: to write them as they are takes pyarrow ten times as long."""
    for at, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz:
            local = table.column(at).cast(pa.timestamp(column.type.unit)).cast(pa.string())
            table = table.set_column(at, column.name, pc.binary_join_element_wise(local, "Z", ""))
    return table
