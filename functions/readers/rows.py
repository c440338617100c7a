"""What every reader gives: rows of text with their numbers in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class BrokenRow:
    """A row that does not fall into columns."""

    source_row: int
    text: str
    reason: str


@dataclass(frozen=True)
class TextRows:
    """Some rows of a file.

    `table` holds text columns by the names of the file; `source_rows` (int64) their 1-based numbers among the file's
    rows of data, a header not counted; `broken` the rows between them that do not fall into columns.
    """

    table: pa.Table
    source_rows: pa.Array
    broken: list[BrokenRow] = field(default_factory=list)


def from_records(records: Sequence[Mapping[str, str | None]], source_rows: Sequence[int]) -> pa.Table:
    """A text table of records, a column for every name that occurs; what a record lacks is null."""
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: pa.array([record.get(name) for record in records], pa.string()) for name in names}
    # A table without columns has no length; the row numbers give it one.
    return pa.table(columns) if columns else pa.table({"": pa.nulls(len(source_rows), pa.string())})
