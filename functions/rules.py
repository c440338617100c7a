"""What a contract decides about rows: pure functions over Arrow columns, no I/O.

A value is first tidied (white space, the contract's `remove`), then parsed to its type, then held against its limits.
A row with any problem is rejected whole, with the first problem's column and value, and every problem in its reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from functions import operation
from functions.contract import Column, Contract, folded
from functions.operation import OPERATION
from functions.parsing import PARSERS, Parsed
from functions.readers.rows import BrokenRow, TextRows

REJECTED = pa.schema(
    [
        ("source_row", pa.int64()),
        ("column_name", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("row", pa.string()),
    ]
)


@dataclass(frozen=True)
class Checked:
    """Rows held against their contract.

    `valid` has the contract's columns, typed, and source_row; `rejected` has the columns of REJECTED, its `row`
    the whole row as JSON by the platform's column names.
    """

    valid: pa.Table
    rejected: pa.Table


def check(contract: Contract, rows: TextRows) -> Checked:
    """Hold rows of text against their contract."""
    texts = {column.name: _tidy(column, _text_of(column, rows.table)) for column in contract.columns}
    retracts = _retracts(texts, len(rows.source_rows))
    parsed = {column.name: _parse(column, texts[column.name], retracts) for column in contract.columns}
    bad = _any([result.bad for result in parsed.values()], len(rows.source_rows))
    valid = pa.table({**{name: result.values for name, result in parsed.items()}, "source_row": rows.source_rows})
    rejected = _rejected(contract, rows, parsed, bad) if bad.any() else REJECTED.empty_table()
    return Checked(valid.filter(pa.array(~bad)), pa.concat_tables([rejected, _broken(rows.broken)]))


def _text_of(column: Column, table: pa.Table) -> pa.Array:
    for position, name in enumerate(table.column_names):
        if folded(name) == folded(column.physical_name):
            return table.column(position).combine_chunks()
    return pa.array([column.default] * table.num_rows, pa.string())


def _tidy(column: Column, texts: pa.Array) -> pa.Array:
    tidy = pc.utf8_trim_whitespace(texts)
    if column.remove:
        tidy = pc.replace_substring_regex(tidy, column.remove, "")
    empty = pc.equal(tidy, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), tidy) if pc.any(empty).as_py() else tidy


def _retracts(texts: dict[str, pa.Array], length: int) -> np.ndarray:
    """Where a row takes something back: it names what, and need not state it."""
    return _mask(operation.retracts(texts[OPERATION])) if OPERATION in texts else np.zeros(length, dtype=bool)


def _parse(column: Column, texts: pa.Array, retracts: np.ndarray) -> Parsed:
    """The typed values, and where and why a text is not one."""
    parsed = PARSERS[column.logical_type](texts, column.options)
    if column.required and texts.null_count:
        missing = _mask(pc.is_null(texts))
        parsed = parsed.also(missing if column.is_key else missing & ~retracts, "is missing")
    return parsed


def _any(masks: list[np.ndarray], length: int) -> np.ndarray:
    return np.logical_or.reduce(masks) if masks else np.zeros(length, dtype=bool)


def _mask(condition: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(condition, False).to_numpy(zero_copy_only=False), dtype=bool)


def _rejected(contract: Contract, rows: TextRows, parsed: dict[str, Parsed], bad: np.ndarray) -> pa.Table:
    places = np.flatnonzero(bad)
    original = {column.name: _text_of(column, rows.table).take(pa.array(places)) for column in contract.columns}
    problems = [_problems(column, original[column.name], parsed[column.name], places) for column in contract.columns]
    first = np.argmax([[text is not None for text in column] for column in problems], axis=0)
    reasons = ["; ".join(filter(None, row)) for row in zip(*problems, strict=True)]
    return pa.table(
        {
            "source_row": rows.source_rows.take(pa.array(places)),
            "column_name": [contract.columns[position].physical_name for position in first],
            "value": [
                _without_nul(original[contract.columns[position].name][row].as_py())
                for row, position in enumerate(first)
            ],
            "reason": [_without_nul(reason) for reason in reasons],
            "row": _as_json(contract, rows.table.take(pa.array(places)), original),
        },
        schema=REJECTED,
    )


def _problems(column: Column, original: pa.Array, parsed: Parsed, places: np.ndarray) -> list[str | None]:
    """For each rejected row, what is wrong with this column; None where nothing is."""
    reasons = parsed.reasons(places)
    return [
        None if reason is None else f"{column.physical_name}: {_quoted(value)}{reason}"
        for value, reason in zip(original.to_pylist(), reasons, strict=True)
    ]


def _quoted(value: str | None, longest: int = 80) -> str:
    if value is None or not value.strip():
        return ""
    shown = value if len(value) <= longest else value[:longest] + "…"
    return f"{shown!r} "


def _as_json(contract: Contract, table: pa.Table, original: dict[str, pa.Array]) -> list[str]:
    """Each row whole: the contract's columns by the platform's names, the others by their own."""
    known = {folded(column.physical_name) for column in contract.columns}
    others = {name: table.column(name) for name in dict.fromkeys(table.column_names) if folded(name) not in known}
    return [json_text(row) for row in pa.table({**others, **original}).to_pylist()]


def json_text(row: dict[str, Any]) -> str:
    """A row as JSON that PostgreSQL can hold: it has no character NUL, which is shown as its symbol."""
    clean = {_without_nul(name): _without_nul(value) for name, value in row.items()}
    return json.dumps(clean, ensure_ascii=False, default=_plain)


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "\N{SYMBOL FOR NULL}") if isinstance(value, str) else value


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _broken(rows: list[BrokenRow]) -> pa.Table:
    return pa.table(
        {
            "source_row": [row.source_row for row in rows],
            "column_name": [None] * len(rows),
            "value": [_without_nul(row.text) for row in rows],
            "reason": [f"the row {row.reason}" for row in rows],
            "row": [json_text({"text": row.text}) for row in rows],
        },
        schema=REJECTED,
    )
