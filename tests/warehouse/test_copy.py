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


def test_a_refused_copy_does_not_quote_the_row(pipeline: Pipeline) -> None:
    rows = pa.table({"row": ["SECRET"], "a": ["x"], "b": ["x"], "c": ["x"], "d": ["{}"]})
    with (
        pytest.raises(CopyRefusedError, match="SQLSTATE 22P02") as refused,
        pipeline.platforms["validate"].warehouse.transaction() as transaction,
    ):
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", rows)
    assert "SECRET" not in "".join(traceback.format_exception(refused.value))
