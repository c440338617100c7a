"""What a contract decides about rows: pure functions over Arrow columns, no I/O.

A value is first tidied (white space, the contract's `remove`), then parsed to its type, then held against its limits.
A row with any problem is rejected whole, with the first problem's column and value, and every problem in its reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from functions import operation, parsing
from functions.contract import Column, Contract, folded
from functions.operation import OPERATION
from functions.parsing import Parsed
from functions.readers.rows import BrokenRow, TextRows

SAMPLE_VALUES = 100  # that show what a column has become
SYMBOL_FOR_NULL = "\N{SYMBOL FOR NULL}"
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
class Reading:
    """How well a column could be read: how many values it states, how many are not of its type, and some of those."""

    stated: int
    unreadable: int
    sample: list[str]


@dataclass(frozen=True)
class Checked:
    """Rows held against their contract.

    `valid` has the contract's columns, typed, and source_row; `rejected` has the columns of REJECTED, its `row`
    the whole row as JSON by the platform's column names. Where nothing is rejected, `encoded` has those columns of
    `valid` that repeat themselves, each value once.
    """

    valid: pa.Table
    rejected: pa.Table
    readings: dict[str, Reading] = field(default_factory=dict)
    encoded: dict[str, pa.DictionaryArray] = field(default_factory=dict)


def check(contract: Contract, rows: TextRows) -> Checked:
    """Hold rows of text against their contract."""
    texts = {column.name: _tidy(column, _text_of(column, rows.table)) for column in contract.columns}
    retracts = _retracts(texts, len(rows.source_rows))
    parsed = {column.name: _parse(column, texts[column.name], retracts) for column in contract.columns}
    parsed = _with_returns(contract, texts, parsed)
    bad = _any([result.bad for result in parsed.values()], len(rows.source_rows))
    valid = pa.table({**{name: result.values for name, result in parsed.items()}, "source_row": rows.source_rows})
    readings = {name: _reading(texts[name], result) for name, result in parsed.items()}
    broken = _broken(rows.broken)
    if not bad.any():
        encoded = {name: result.encoded for name, result in parsed.items() if result.encoded is not None}
        return Checked(valid, broken, readings, encoded)
    rejected = _rejected(contract, rows, parsed, bad)
    return Checked(valid.filter(pa.array(~bad)), pa.concat_tables([rejected, broken]), readings)


def also_rejected(
    contract: Contract, rows: TextRows, checked: Checked, more: np.ndarray, reasons: list[str]
) -> Checked:
    """The same with some of the valid rows rejected as a whole, each for its reason."""
    numbers = checked.valid["source_row"].combine_chunks().filter(pa.array(more))
    table = rows.table.take(pc.index_in(numbers, value_set=rows.source_rows))
    nothing = pa.nulls(len(numbers), pa.string())
    rejected = pa.table([numbers, nothing, nothing, pa.array(reasons), _as_json(contract, table)], schema=REJECTED)
    return Checked(
        checked.valid.filter(pa.array(~more)), pa.concat_tables([checked.rejected, rejected]), checked.readings
    )


def _reading(texts: pa.Array, parsed: Parsed) -> Reading:
    stated = len(texts) - texts.null_count
    unreadable = parsed.values.null_count - texts.null_count
    sample = []
    if unreadable:
        wrong = pc.and_(pc.is_valid(texts), pc.is_null(parsed.values))
        sample = texts.filter(wrong).slice(0, SAMPLE_VALUES).to_pylist()
    return Reading(stated, unreadable, sample)


def _text_of(column: Column, table: pa.Table) -> pa.Array:
    position = _places(table).get(folded(column.physical_name))
    if position is None:
        return pa.array([column.default] * table.num_rows, pa.string())
    return table.column(position).combine_chunks()


def _places(table: pa.Table) -> dict[str, int]:
    """Where each column is, by its name as it is compared; the first counts."""
    return {folded(name): place for place, name in reversed(list(enumerate(table.column_names)))}


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
    parsed = parsing.parse(column.logical_type, texts, column.options)
    if column.required and texts.null_count:
        missing = _mask(pc.is_null(texts))
        parsed = parsed.also(missing if column.is_key else missing & ~retracts, "is missing")
    return parsed


def _with_returns(contract: Contract, texts: dict[str, pa.Array], parsed: dict[str, Parsed]) -> dict[str, Parsed]:
    """The same, with the quantity of what the contract calls a return negative, however the file states it."""
    if contract.returns is None:
        return parsed
    is_return = pc.fill_null(pc.match_substring_regex(texts[contract.returns.column], contract.returns.pattern), False)
    quantity = parsed["quantity"]
    values = pc.if_else(is_return, pc.negate(pc.abs(quantity.values)), quantity.values)
    return {**parsed, "quantity": replace(quantity, values=values, encoded=None)}


def _any(masks: list[np.ndarray], length: int) -> np.ndarray:
    return np.logical_or.reduce(masks) if masks else np.zeros(length, dtype=bool)


def _mask(condition: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(condition, False).to_numpy(zero_copy_only=False), dtype=bool)


def _rejected(contract: Contract, rows: TextRows, parsed: dict[str, Parsed], bad: np.ndarray) -> pa.Table:
    """The rows with a problem, column by column: a file may have a great many of them."""
    places = np.flatnonzero(bad)
    table = rows.table.take(pa.array(places))
    original = {column.name: _without_nul(_text_of(column, table)) for column in contract.columns}
    problems = [_problems(column, original[column.name], parsed[column.name], places) for column in contract.columns]
    column_name, value = pa.nulls(len(places), pa.string()), pa.nulls(len(places), pa.string())
    for column, problem in reversed(list(zip(contract.columns, problems, strict=True))):
        column_name = pc.if_else(pc.is_valid(problem), column.physical_name, column_name)
        value = pc.if_else(pc.is_valid(problem), original[column.name], value)
    return pa.table(
        {
            "source_row": rows.source_rows.take(pa.array(places)),
            "column_name": column_name,
            "value": value,
            "reason": pc.binary_join_element_wise(*problems, "; ", null_handling="skip"),
            "row": _as_json(contract, table),
        },
        schema=REJECTED,
    )


def _problems(column: Column, original: pa.Array, parsed: Parsed, places: np.ndarray) -> pa.Array:
    """For each rejected row, what is wrong with this column; null where nothing is."""
    reasons = pa.array(parsed.reasons(places), pa.string())
    return pc.binary_join_element_wise(f"{column.physical_name}: ", _quoted(original), reasons, "")


def _quoted(texts: pa.Array, longest: int = 80) -> pa.Array:
    """Each text as Python writes it, shortened, with a space behind it; empty where there is nothing to show."""
    short = pc.if_else(
        pc.greater(pc.utf8_length(texts), longest),
        pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, longest), "…", ""),
        texts,
    )
    distinct = pc.fill_null(short, "").dictionary_encode()
    shown = [f"{text!r} " if text.strip() else "" for text in distinct.dictionary.to_pylist()]
    return pa.array(shown, pa.string()).take(distinct.indices)


def _as_json(contract: Contract, table: pa.Table) -> pa.Array:
    """Each row whole: the contract's columns by the platform's names, the others by their own."""
    original = {column.name: _without_nul(_text_of(column, table)) for column in contract.columns}
    known = {folded(column.physical_name) for column in contract.columns}
    others = {
        _shown(name): _without_nul(table.column(place).combine_chunks())
        for place, name in enumerate(table.column_names)
        if folded(name) not in known and name
    }
    members = [
        pc.binary_join_element_wise(f"{json.dumps(name, ensure_ascii=False)}: ", _json_values(texts), "")
        for name, texts in {**others, **original}.items()
    ]
    return pc.binary_join_element_wise("{", pc.binary_join_element_wise(*members, ", "), "}", "")


def _json_values(texts: pa.Array) -> pa.Array:
    """Texts as JSON strings; each text that occurs is written once."""
    distinct = texts.dictionary_encode()
    written = [json.dumps(text, ensure_ascii=False) for text in distinct.dictionary.to_pylist()]
    return pc.fill_null(pa.array(written, pa.string()).take(distinct.indices), "null")


def json_text(row: dict[str, Any]) -> str:
    """A row as JSON that PostgreSQL can hold: it has no character NUL, which is shown as its symbol."""
    clean = {_shown(name): _shown(value) for name, value in row.items()}
    return json.dumps(clean, ensure_ascii=False, default=_plain)


def _shown(value: Any) -> Any:
    return value.replace("\x00", SYMBOL_FOR_NULL) if isinstance(value, str) else value


def _without_nul(texts: pa.Array) -> pa.Array:
    return pc.replace_substring(texts, "\x00", SYMBOL_FOR_NULL)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _broken(rows: list[BrokenRow]) -> pa.Table:
    return pa.table(
        {
            "source_row": [row.source_row for row in rows],
            "column_name": [None] * len(rows),
            "value": [_shown(row.text) for row in rows],
            "reason": [f"the row {row.reason}" for row in rows],
            "row": [json_text({"text": row.text}) for row in rows],
        },
        schema=REJECTED,
    )
