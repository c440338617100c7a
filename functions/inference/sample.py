"""A sample file as a table of text, read without a contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from functions import readers
from functions.contract import Contract, Layout, folded
from functions.readers import detect
from functions.readers.header import DELIMITERS
from functions.settings import Settings

MOST_ROWS = 200_000
MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Sample:
    """The first rows of a file: its columns as tidied text, null where nothing is stated, and how it is laid out."""

    columns: dict[str, pa.Array]
    rows: int
    is_whole: bool
    layout: Layout
    repeated: tuple[str, ...]
    broken: int


def read(path: Path, layout: Layout) -> Sample:
    """Read a file; raises PermanentError. Orders whose lines are a list are unfolded."""
    sample = _read(path, layout)
    lines = _lines(sample)
    return _read(path, replace(layout, lines=lines)) if lines else sample


def _read(path: Path, layout: Layout) -> Sample:
    contract = Contract("sample", "0", "sales", "*", (), layout=layout)
    tables, rows, size, broken, is_whole = [], 0, 0, 0, True
    with path.open("rb") as stream:
        opened = detect.open_file(path.name, stream, Settings().max_file_bytes)
        for chunk in readers.read(opened, contract, path.name):
            tables.append(_named(chunk.table))
            rows, size = rows + chunk.table.num_rows, size + chunk.table.nbytes
            broken += len(chunk.broken)
            if rows >= MOST_ROWS or size >= MOST_BYTES:
                is_whole = False
                break
    names = [name for table in tables[:1] for name in table.column_names]
    counts = [folded(name) for name in names]
    repeated = tuple(dict.fromkeys(name for name in names if folded(name) and counts.count(folded(name)) > 1))
    once = [_without(table, repeated) for table in tables]
    whole = pa.concat_tables(once, promote_options="default") if once else pa.table({})
    columns = {name: _tidy(whole[name]) for name in whole.column_names if name.strip()}
    return Sample(columns, rows, is_whole, layout, repeated, broken)


def _named(table: pa.Table) -> pa.Table:
    return table.rename_columns([name.strip() for name in table.column_names])


def _without(table: pa.Table, repeated: tuple[str, ...]) -> pa.Table:
    """The columns whose names stand there once."""
    places = [place for place, name in enumerate(table.column_names) if name and name not in repeated]
    return table.select(places)


def _tidy(column: pa.ChunkedArray) -> pa.Array:
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _lines(sample: Sample) -> str | None:
    """The column that holds lists of objects: the lines of an order."""
    return next((name for name, texts in sample.columns.items() if _holds_objects(texts)), None)


def _holds_objects(texts: pa.Array) -> bool:
    values = [text for text in texts.slice(0, 50).to_pylist() if text is not None]
    return any(text.startswith("[{") for text in values) and all(text.startswith("[") for text in values)


def unusual_delimiter(layout: Layout) -> str | None:
    """The delimiter, where the reader would not find it by itself."""
    return layout.delimiter if layout.delimiter and layout.delimiter not in DELIMITERS else None
