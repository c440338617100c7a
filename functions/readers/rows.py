"""What every reader gives: rows of text with their numbers in the file, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from functions.errors import PermanentError

if TYPE_CHECKING:
    from functions.contract import Contract

ROWS_AT_ONCE = 20_000
TEXT_AT_ONCE = 4 * 1024 * 1024
CELLS_AT_ONCE = 2_000_000
MAX_COLUMNS = 1_000
MAX_ROW_BYTES = 2 * 1024 * 1024

Record = dict[str, str | None]


@dataclass(frozen=True)
class BrokenRow:
    """A row that does not fall into columns."""

    source_row: int
    text: str
    reason: str


@dataclass(frozen=True)
class NumberedRow:
    """A row that does, by the names of the file."""

    source_row: int
    record: Record


@dataclass(frozen=True)
class TextRows:
    """Some rows of a file.

    `table` holds text columns by the names of the file; `source_rows` (int64) their 1-based numbers among the file's
    rows of data, a header not counted; `broken` the rows between them that do not fall into columns.
    """

    table: pa.Table
    source_rows: pa.Array
    broken: list[BrokenRow] = field(default_factory=list)


@dataclass
class _Chunk:
    names: dict[str, None] = field(default_factory=dict)
    records: list[NumberedRow] = field(default_factory=list)
    broken: list[BrokenRow] = field(default_factory=list)
    text: int = 0

    def add(self, row: NumberedRow | BrokenRow) -> None:
        if isinstance(row, BrokenRow):
            self.broken.append(row)
            self.text += len(row.text)
            return
        self.records.append(row)
        self.names.update(dict.fromkeys(row.record))
        self.text += sum(len(value) for value in row.record.values() if value)

    @property
    def is_full(self) -> bool:
        count = len(self.records) + len(self.broken)
        return count >= ROWS_AT_ONCE or self.text >= TEXT_AT_ONCE or count * len(self.names) >= CELLS_AT_ONCE

    def table(self) -> TextRows:
        numbers = pa.array([row.source_row for row in self.records], pa.int64())
        columns = {name: pa.array([row.record.get(name) for row in self.records], pa.string()) for name in self.names}
        # A table without columns has no length; the row numbers give it one.
        return TextRows(pa.table(columns or {"": pa.nulls(len(numbers), pa.string())}), numbers, self.broken)


def in_chunks(rows: Iterable[NumberedRow | BrokenRow], file: str) -> Iterator[TextRows]:
    """Rows as tables, a column for every name that occurs; what a row lacks is null.

    Raises PermanentError where there are more names than a table can have.
    """
    chunk = _Chunk()
    for row in rows:
        chunk.add(row)
        check_width(len(chunk.names), file, row.source_row)
        if chunk.is_full:
            yield chunk.table()
            chunk = _Chunk()
    if chunk.records or chunk.broken:
        yield chunk.table()


def checked(chunks: Iterable[TextRows], contract: Contract, file: str) -> Iterator[TextRows]:
    """The same chunks; where the first that has rows lacks a required column in all of them, PermanentError."""
    is_checked = False
    for rows in chunks:
        if not is_checked and rows.table.num_rows:
            contract.check_columns(rows.table.column_names, file)
            is_checked = True
        yield rows


def check_width(columns: int, file: str, row: int = 0) -> None:
    """Raise PermanentError where there are more columns than are read here."""
    if columns > MAX_COLUMNS:
        where = f" in row {row:,}" if row else ""
        raise PermanentError(
            f"{file} has more than {MAX_COLUMNS:,} different columns{where}. Leave out what is not read."
        )
