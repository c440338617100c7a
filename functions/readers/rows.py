"""What every reader gives: rows of text with their numbers in the file, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from functions.errors import PermanentError

if TYPE_CHECKING:
    from functions.contract import Contract

ROWS_AT_ONCE = 20_000
RECORDS_AT_ONCE = 500
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


class NumberedRow(NamedTuple):
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
    """Rows that become a table; the records among them do so a few at a time, while the processor has them at hand."""

    names: Record = field(default_factory=dict)  # of which only the keys count
    numbers: list[int] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    columns: dict[str, list[pa.Array]] = field(default_factory=dict)
    broken: list[BrokenRow] = field(default_factory=list)
    text: int = 0

    def add(self, row: NumberedRow | BrokenRow) -> None:
        if isinstance(row, BrokenRow):
            self.broken.append(row)
            self.text += len(row.text)
            return
        number, record = row
        self.numbers.append(number)
        self.records.append(record)
        self.names.update(record)
        self.text += sum(map(len, filter(None, record.values())))
        if len(self.records) == RECORDS_AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        before = len(self.numbers) - len(self.records)
        for name in self.names:
            if name not in self.columns:
                self.columns[name] = [pa.nulls(before, pa.string())]
            self.columns[name].append(pa.array([record.get(name) for record in self.records], pa.string()))
        self.records.clear()

    @property
    def is_full(self) -> bool:
        count = len(self.numbers) + len(self.broken)
        return count >= ROWS_AT_ONCE or self.text >= TEXT_AT_ONCE or count * len(self.names) >= CELLS_AT_ONCE

    def table(self) -> TextRows:
        self._settle()
        columns = {name: pa.concat_arrays(arrays) for name, arrays in self.columns.items()}
        # A table without columns has no length; the row numbers give it one.
        nothing = {"": pa.nulls(len(self.numbers), pa.string())}
        return TextRows(pa.table(columns or nothing), pa.array(self.numbers, pa.int64()), self.broken)


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
    if chunk.numbers or chunk.broken:
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
