"""CSV is read no faster than its rows are taken, so that memory does not depend on who is slower."""

import io
import time
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import contract, readers
from functions.errors import PermanentError
from functions.readers import delimited, detect, pace
from functions.readers.pace import BLOCKS_AHEAD
from functions.readers.rows import MAX_ROW_BYTES, TextRows

HEADER = b"order_id,line_no,sale_timestamp,product_id,quantity,unit_price,currency\n"
ROW = b"A1,1,2026-01-01,P1,2,9.5,GBP\n"
BROKEN = b"A1," + b"1" * 500 + b"\n"
LINES_OVER_BLOCKS = 4 * MAX_ROW_BYTES // len(BROKEN)
LONG_FILE = HEADER + ROW * (12 * MAX_ROW_BYTES // len(ROW))
BUFFERED = 256 * 1024
PIECES = [
    ROW,
    BROKEN[:20] + b"\n",
    b"\n",
    b"\n" * 40,
    b"   \n",
    b"\r\n",
    b'"two\n\nlines",1,2026-01-01,P1,2,9.5,GBP\n',
    b",,,,,,\n",
]


def chunks_of(stream: io.BytesIO) -> Iterator[TextRows]:
    opened = detect.open_file("sales/a.csv", stream, 10**9)
    return readers.read(opened, contract.for_object("sales/a.csv"), "sales/a.csv")


def test_no_more_than_a_block_or_two_is_read_ahead_of_the_rows_that_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 60)  # however busy the machine is
    stream = io.BytesIO(LONG_FILE)
    for taken, _ in enumerate(chunks_of(stream), start=1):
        time.sleep(0.05)  # for the thread that reads: it would be through with the file
        # One chunk is held back, to see whether it is the last.
        assert stream.tell() <= (taken + 1 + BLOCKS_AHEAD) * MAX_ROW_BYTES + BUFFERED


@pytest.mark.parametrize("before", [b"", ROW])
def test_a_stretch_without_a_single_good_row_is_read_through(before: bytes) -> None:
    file = HEADER + before + BROKEN * LINES_OVER_BLOCKS + ROW
    chunks = list(chunks_of(io.BytesIO(file)))
    numbers = [number for chunk in chunks for number in chunk.source_rows.to_pylist()]
    assert numbers == ([1] if before else []) + [LINES_OVER_BLOCKS + 1 + bool(before)]
    assert sum(len(chunk.broken) for chunk in chunks) == LINES_OVER_BLOCKS


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=100))
def test_whatever_blocks_hold_none_is_awaited_for_ever(pieces: list[bytes]) -> None:
    with patch.object(delimited, "MAX_ROW_BYTES", 200):  # so that a short file has many blocks
        try:
            rows = sum(len(chunk.source_rows) for chunk in chunks_of(io.BytesIO(HEADER + b"".join(pieces))))
        except PermanentError:
            return  # a row that is longer than such a block, for Arrow looks for its end in the next one only
    assert rows >= pieces.count(ROW)


def test_a_file_that_is_given_up_is_read_no_further() -> None:
    stream = io.BytesIO(LONG_FILE)
    chunks = chunks_of(stream)
    next(chunks)
    del chunks
    time.sleep(0.2)
    assert stream.tell() < len(LONG_FILE)
