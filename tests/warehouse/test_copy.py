"""COPY of whole columns."""

import traceback
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import archive
from functions.copying import in_binary
from functions.warehouse import CopyRefusedError
from tests.pipeline import Pipeline

AWKWARD = ["", None, 'quo"te', "two\nlines", "back\\slash", "\\N", "\\.", "comma,", "ünïcode 産品", " space "]

OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "timestamp[us, tz=UTC]": st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
    "date32[day]": st.dates(date(1, 1, 1), date(9999, 12, 31)),
}
NULLABLE = {"customer_key", "country", "carbon_savings_kg", "customer_id"}


def decimals(type_: pa.Decimal128Type) -> st.SearchStrategy[Decimal]:
    most = 10**type_.precision - 1
    return st.integers(-most, most).map(lambda digits: Decimal(f"{digits}e-{type_.scale}"))


def values(column: pa.Field) -> st.SearchStrategy[Any]:
    known = decimals(column.type) if pa.types.is_decimal(column.type) else OF_TYPE[str(column.type)]
    return st.none() | known if column.name in NULLABLE else known


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries({column.name: values(column) for column in archive.SCHEMA}), max_size=5))
def test_values_of_each_type_arrive_as_they_are(pipeline: Pipeline, rows: list[dict[str, Any]]) -> None:
    with pipeline.platforms["maintain"].warehouse.transaction() as transaction:
        transaction.run("maintain/archived_stage")
        # In chunks that begin within a block of Arrow, as slices do.
        table = pa.Table.from_pylist(rows, archive.SCHEMA)
        transaction.copy("maintain/archived_copy", pa.concat_tables([table.slice(0, 1), table.slice(1)]))
        found = transaction.connection.exec_driver_sql("SELECT * FROM archived_sale")
        assert [dict(row) for row in found.mappings()] == rows


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), precision=st.integers(1, 38))
def test_decimals_of_every_precision_and_scale_arrive_as_they_are(
    pipeline: Pipeline, data: st.DataObject, precision: int
) -> None:
    type_ = pa.decimal128(precision, data.draw(st.integers(0, precision)))
    numbers = data.draw(st.lists(st.none() | decimals(type_), min_size=1, max_size=5))
    with pipeline.platforms["maintain"].warehouse.transaction() as transaction:
        transaction.connection.exec_driver_sql("CREATE TEMPORARY TABLE probe (number numeric) ON COMMIT DROP")
        stream = in_binary(pa.table({"number": pa.array(numbers, type_)}), ())
        cursor: Any = transaction.connection.connection.cursor()
        cursor.execute("COPY probe FROM STDIN (FORMAT binary)", stream=stream)
        assert list(transaction.connection.exec_driver_sql("TABLE probe").scalars()) == numbers


def test_every_text_arrives_as_it_is(pipeline: Pipeline) -> None:
    rows = pa.table(
        {"row": range(len(AWKWARD)), "a": AWKWARD, "b": AWKWARD, "c": ["x"] * len(AWKWARD), "d": ["{}"] * 10}
    )
    with pipeline.platforms["validate"].warehouse.transaction() as transaction:
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", rows, json=["d"])
        found = transaction.connection.exec_driver_sql("SELECT value FROM incoming_rejected ORDER BY source_row")
        assert list(found.scalars()) == AWKWARD


def test_nothing_is_written_for_an_empty_chunk(pipeline: Pipeline) -> None:
    """As where a row that could not be split into columns is the only one that is rejected."""
    empty = pa.table({"row": [0], "a": ["x"], "b": ["x"], "c": ["x"], "d": ["{}"]}).slice(0, 0)
    rows = pa.table({"row": [1], "a": [""], "b": ['too"many'], "c": ["y"], "d": ["{}"]})
    with pipeline.platforms["validate"].warehouse.transaction() as transaction:
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", pa.concat_tables([empty, rows, empty]), json=["d"])
        found = transaction.connection.exec_driver_sql("SELECT value FROM incoming_rejected")
        assert list(found.scalars()) == ['too"many']


def test_a_refused_copy_does_not_quote_the_row(pipeline: Pipeline) -> None:
    rows = pa.table({"row": [1], "a": ["x"], "b": ["x"], "c": ["x"], "d": ["SECRET"]})
    with (
        pytest.raises(CopyRefusedError, match="SQLSTATE 22P02") as refused,
        pipeline.platforms["validate"].warehouse.transaction() as transaction,
    ):
        transaction.run("validate/stage_rejected")
        transaction.copy("validate/copy_rejected", rows, json=["d"])
    assert "SECRET" not in "".join(traceback.format_exception(refused.value))
