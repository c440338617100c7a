"""Columns in the forms that PostgreSQL reads: tables for COPY … FROM STDIN (FORMAT binary), arrays as literals.

https://www.postgresql.org/docs/18/sql-copy.html tells the format; a value is as the type's `…_recv` in the source of
PostgreSQL reads it. The library pgpq writes it too, but has no wheels for Linux on ARM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # no flags, and nothing more before the rows
END = b"\xff\xff"
NOTHING = pa.scalar(b"", pa.binary())
ROWS_AT_ONCE = 16_384
Piece = tuple[str, Any]  # a type of numpy, and a value for each row or for all

# How Arrow keeps a value, how it is sent, and which of Arrow's values is PostgreSQL's zero: 2000-01-01.
FIXED = {
    pa.uint8(): ("u1", "u1", 0),  # a boolean, once it has a byte of its own
    pa.int32(): ("<i4", ">i4", 0),
    pa.int64(): ("<i8", ">i8", 0),
    pa.float64(): ("<f8", ">f8", 0),
    pa.date32(): ("<i4", ">i4", 10_957),
    pa.timestamp("us", "UTC"): ("<i8", ">i8", 946_684_800_000_000),
    pa.binary(16): ("V16", "V16", 0),  # a UUID
}


def in_binary(table: pa.Table, json: Collection[str]) -> Iterator[bytes | pa.Buffer]:
    """The rows in the binary format of COPY, some thousands at once; the texts of the columns `json` become jsonb.

    Other columns are text, boolean, decimal, or of a type in FIXED; raises KeyError for another.
    """
    yield SIGNATURE
    for batch in table.to_batches(ROWS_AT_ONCE):
        columns = zip(batch.schema.names, batch.columns, strict=True)
        yield _rows([_as_jsonb(column) if name in json else column for name, column in columns])
    yield END


def as_arrays(table: pa.Table) -> dict[str, str]:
    """Each column as an array of PostgreSQL."""
    return {name: as_array(table[name].combine_chunks()) for name in table.column_names}


def as_array(values: pa.Array) -> str:
    """The values as an array of PostgreSQL: the driver takes twenty times as long to write a list as one."""
    if pa.types.is_string(values.type):
        escaped = pc.replace_substring(pc.replace_substring(values, "\\", r"\\"), '"', r"\"")
        written = pc.binary_join_element_wise('"', escaped, '"', "")
    else:
        written = values.cast(pa.string())
    listed = pa.ListArray.from_arrays([0, len(written)], written.fill_null("NULL"))
    return f"{{{pc.binary_join(listed, ',')[0].as_py()}}}"


def _rows(columns: list[pa.Array]) -> pa.Buffer:
    """A row after the other: how many columns it has, and of each the length and the value."""
    joined: list[pa.Array] = []
    fixed: list[Piece] = [(">i2", len(columns))]
    for column in columns:
        if column.null_count or pa.types.is_string(column.type) or pa.types.is_binary(column.type):
            values = _as_bytes(column)
            fixed.append((">i4", pc.fill_null(pc.binary_length(values), -1).to_numpy()))  # -1: null
            joined += [_bytes_of(fixed, len(column)), pc.fill_null(values, NOTHING)]
            fixed = []
        else:
            pieces = _pieces(column)
            fixed += [(">i4", sum(np.dtype(kind).itemsize for kind, _ in pieces)), *pieces]
    rows = pc.binary_join_element_wise(*joined, _bytes_of(fixed, len(columns[0])), NOTHING)
    return pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), NOTHING)[0].as_buffer()


def _as_jsonb(texts: pa.Array) -> pa.Array:
    """The version of jsonb's format, and the text."""
    return pc.binary_join_element_wise(pa.scalar(b"\1", pa.binary()), texts.cast(pa.binary()), NOTHING)


def _as_bytes(column: pa.Array) -> pa.Array:
    """The values as they are sent, and null."""
    if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
        return column.cast(pa.binary())
    return pc.if_else(column.is_valid(), _bytes_of(_pieces(column), len(column)), pa.scalar(None, pa.binary()))


def _bytes_of(pieces: list[Piece], rows: int) -> pa.Array:
    """For each row, the bytes of the pieces one after the other."""
    records = np.empty(rows, [(str(place), kind) for place, (kind, _) in enumerate(pieces)])
    for place, (_, values) in enumerate(pieces):
        records[str(place)] = values
    kept = pa.py_buffer(records.view("u1"))
    return pa.Array.from_buffers(pa.binary(records.itemsize), rows, [None, kept]).cast(pa.binary())


def _pieces(column: pa.Array) -> list[Piece]:
    """What a value consists of; whatever is there, in place of a null."""
    if pa.types.is_decimal(column.type):
        return _numeric(column)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    kept, sent, zero = FIXED[column.type]
    values = _kept(column, kept)
    return [(sent, values - zero if zero else values)]


def _kept(column: pa.Array, kind: str) -> np.ndarray:
    """The values as Arrow keeps them."""
    return np.frombuffer(column.buffers()[1], kind, column.offset + len(column))[column.offset :]


def _numeric(column: pa.Array) -> list[Piece]:
    """Digits to the base of 10,000, of which each is before or behind the point, never across."""
    negative, limbs = _magnitude(column)
    scale = column.type.scale
    digits: list[np.ndarray] = []
    behind_point = -(-scale // 4)
    divisor, factor = 10 ** (4 - -scale % 4), 10 ** (-scale % 4)
    while len(digits) < behind_point or any(limb.any() for limb in limbs):
        limbs, digit = _divided(limbs, divisor)
        digits.insert(0, digit * factor)
        divisor, factor = 10_000, 1
    weight = len(digits) - behind_point - 1  # of the first digit: the exponent of 10,000
    sign = np.where(negative, 0x4000, 0)
    head = [(">i2", len(digits)), (">i2", weight), (">u2", sign), (">i2", scale)]
    return [*head, *((">i2", digit) for digit in digits)]


def _magnitude(column: pa.Array) -> tuple[np.ndarray, list[np.ndarray]]:
    """Which decimals are negative; and all without sign and point, in 32 bits after the other, or at once if 64 do."""
    halves = _kept(column, "<u8, <u8")
    negative = halves["f1"] >> 63 == 1
    low = np.where(negative, -halves["f0"], halves["f0"])
    high = np.where(negative, ~halves["f1"] + (low == 0), halves["f1"])
    if not high.any():
        return negative, [low]
    return negative, [high >> 32, high & 0xFFFFFFFF, low >> 32, low & 0xFFFFFFFF]


def _divided(limbs: list[np.ndarray], divisor: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Long division: the quotient, and the remainder."""
    quotient, rest = [], np.zeros_like(limbs[0])
    for limb in limbs:
        whole = rest << 32 | limb
        quotient.append(whole // divisor)
        rest = whole - quotient[-1] * divisor
    return quotient, rest
