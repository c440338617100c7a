"""Rejected rows wait for one another, many at a time; pieces of a file without any leave nothing behind."""

import pyarrow as pa
import pytest

from functions.rules import REJECTED
from functions.validate import LOGGED_BYTES, LOGGED_ROWS, Rejected


def rows(count: int, text: str = "{}") -> pa.Table:
    row = {"source_row": 1, "column_name": "quantity", "value": "x", "reason": "is no number", "row": text}
    return pa.Table.from_pylist([row] * count, REJECTED)


def test_pieces_without_rejected_rows_are_not_kept() -> None:
    waiting = Rejected()
    for _ in range(1000):
        waiting.add(REJECTED.empty_table())
    assert not waiting.tables
    assert not waiting.is_much


@pytest.mark.parametrize(("piece", "pieces"), [(rows(LOGGED_ROWS // 4), 4), (rows(1, "x" * (LOGGED_BYTES // 2)), 2)])
def test_many_or_long_rows_wait_no_longer(piece: pa.Table, pieces: int) -> None:
    waiting = Rejected()
    for _ in range(pieces):
        assert not waiting.is_much
        waiting.add(piece)
    assert waiting.is_much
    assert sum(table.num_rows for table in waiting.tables) == pieces * piece.num_rows
