"""COPY of whole columns."""

import traceback

import pyarrow as pa
import pytest

from functions.warehouse import CopyRefusedError
from tests.pipeline import Pipeline

AWKWARD = ["", None, 'quo"te', "two\nlines", "back\\slash", "\\N", "\\.", "comma,", "ünïcode 産品", " space "]


def test_every_text_arrives_as_it_is(pipeline: Pipeline) -> None:
    rows = pa.table(
        {"row": range(len(AWKWARD)), "a": AWKWARD, "b": AWKWARD, "c": ["x"] * len(AWKWARD), "d": ["{}"] * 10}
    )
    with pipeline.platforms["validate"].warehouse.transaction() as transaction:
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", rows)
        found = transaction.connection.exec_driver_sql("SELECT value FROM incoming_rejected ORDER BY source_row")
        assert list(found.scalars()) == AWKWARD


def test_nothing_is_written_for_an_empty_chunk(pipeline: Pipeline) -> None:
    """As where a row that could not be split into columns is the only one that is rejected."""
    empty = pa.table({"row": [0], "a": ["x"], "b": ["x"], "c": ["x"], "d": ["{}"]}).slice(0, 0)
    rows = pa.table({"row": [1], "a": [""], "b": ['too"many'], "c": ["y"], "d": ["{}"]})
    with pipeline.platforms["validate"].warehouse.transaction() as transaction:
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", pa.concat_tables([empty, rows, empty]))
        found = transaction.connection.exec_driver_sql("SELECT value FROM incoming_rejected")
        assert list(found.scalars()) == ['too"many']


def test_a_refused_copy_does_not_quote_the_row(pipeline: Pipeline) -> None:
    rows = pa.table({"row": ["SECRET"], "a": ["x"], "b": ["x"], "c": ["x"], "d": ["{}"]})
    with (
        pytest.raises(CopyRefusedError, match="SQLSTATE 22P02") as refused,
        pipeline.platforms["validate"].warehouse.transaction() as transaction,
    ):
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", rows)
    assert "SECRET" not in "".join(traceback.format_exception(refused.value))
