"""CSV is read no faster than its rows are taken, so that memory does not depend on who is slower."""

import io
import time
from collections.abc import Iterator

from functions import contract, readers
from functions.readers import detect
from functions.readers.pace import BLOCKS_AHEAD
from functions.readers.rows import MAX_ROW_BYTES, TextRows

HEADER = b"order_id,line_no,sale_timestamp,product_id,quantity,unit_price,currency\n"
ROW = b"A1,1,2026-01-01,P1,2,9.5,GBP\n"
BROKEN = b"A1," + b"1" * 500 + b"\n"
LONG_FILE = HEADER + ROW * (12 * MAX_ROW_BYTES // len(ROW))
BUFFERED = 256 * 1024


def chunks_of(stream: io.BytesIO) -> Iterator[TextRows]:
    return readers.read(
        detect.open_file("sales/a.csv", stream, 10**9), contract.for_object("sales/a.csv"), "sales/a.csv"
    )


def test_no_more_than_a_block_or_two_is_read_ahead_of_the_rows_that_are_taken() -> None:
    stream = io.BytesIO(LONG_FILE)
    for taken, _ in enumerate(chunks_of(stream), start=1):
        time.sleep(0.05)  # for the thread that reads: it would be through with the file
        # `_closed` holds one chunk back, to see whether it is the last.
        assert stream.tell() <= (taken + 1 + BLOCKS_AHEAD) * MAX_ROW_BYTES + BUFFERED


def test_a_stretch_without_a_single_good_row_is_read_through() -> None:
    count = 4 * MAX_ROW_BYTES // len(BROKEN)
    chunks = list(chunks_of(io.BytesIO(HEADER + ROW + BROKEN * count + ROW)))
    assert [number for chunk in chunks for number in chunk.source_rows.to_pylist()] == [1, count + 2]
    assert sum(len(chunk.broken) for chunk in chunks) == count


def test_a_file_that_is_given_up_is_read_no_further() -> None:
    stream = io.BytesIO(LONG_FILE)
    chunks = chunks_of(stream)
    next(chunks)
    del chunks
    time.sleep(0.2)
    assert stream.tell() <= (2 + BLOCKS_AHEAD) * MAX_ROW_BYTES + BUFFERED
