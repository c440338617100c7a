"""Archives months of sales: to Parquet, read back and compared row by row, and only then out of the warehouse."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
from pyarrow import csv, parquet

from functions.events import ObjectEvent
from functions.runtime import Platform
from functions.store import ObjectStore
from functions.warehouse import Transaction

ROWS_AT_ONCE = 50_000
BLOCK_BYTES = 8 * 1024 * 1024

SCHEMA = pa.schema(
    [
        ("order_id", pa.string()),
        ("line_no", pa.int32()),
        ("sale_timestamp", pa.timestamp("us", tz="UTC")),
        ("sale_date", pa.date32()),
        ("product_key", pa.int64()),
        ("customer_key", pa.int64()),
        ("quantity", pa.int32()),
        ("unit_price", pa.decimal128(18, 6)),
        ("discount_rate", pa.decimal128(7, 6)),
        ("net_amount", pa.decimal128(24, 6)),
        ("currency", pa.string()),
        ("country", pa.string()),
        ("carbon_savings_kg", pa.decimal128(24, 6)),
        ("run_id", pa.string()),
        ("source_row", pa.int64()),
        ("product_id", pa.string()),
        ("customer_id", pa.string()),
    ]
)
# How COPY writes: an empty text in quotes, no value at all for NULL, and whatever is in a text as it is.
PARSING = csv.ParseOptions(newlines_in_values=True)
CONVERSION = csv.ConvertOptions(
    column_types=SCHEMA, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
)


class ArchiveMismatchError(RuntimeError):
    """The archive read back is not what the warehouse holds: the month stays where it is."""


def archive_month(on: Platform, first_day: date) -> str | None:
    """Move a month of sales from the warehouse to the archive bucket; returns the name of the archive.

    None where the month has no partition any more. Raises ArchiveMismatchError, and leaves the month in the
    warehouse, where the archive does not hold the same rows: so it ends too where one of them changed while the
    archive was written. The next attempt writes a new archive.
    """
    stored = _upload(on, first_day)
    with on.warehouse.transaction() as transaction, _deleted_on_failure(on.store, stored):
        # Read back before the locks are taken: nobody waits for the bucket.
        lines = stage(transaction, on.store, stored)
        if not transaction.value("maintain/own_month", first_day=first_day):
            on.store.delete(stored)
            return None
        _compare(transaction, first_day, stored.name)
        transaction.run("maintain/drop_month", first_day=first_day, archive_name=stored.name, archived_lines=lines)
    return stored.name


def stage(transaction: Transaction, store: ObjectStore, archive: ObjectEvent) -> int:
    """Copy the rows of an archive into the temporary table archived_sale; returns how many there are."""
    transaction.run("maintain/archived_stage")
    lines = 0
    with store.open(archive) as stream:
        for batch in parquet.ParquetFile(stream).iter_batches(ROWS_AT_ONCE, columns=SCHEMA.names):
            transaction.copy("maintain/archived_copy", pa.Table.from_batches([batch]))
            lines += batch.num_rows
    transaction.run("maintain/archived_analyze")
    return lines


@contextmanager
def _deleted_on_failure(store: ObjectStore, archive: ObjectEvent) -> Iterator[None]:
    """Delete the archive where the block raises.

    To be entered inside the transaction that drops the month: what fails inside it was never committed, whereas a
    commit whose answer got lost may have happened, and then the archive is all there is of the month. An archive that
    stays though its month does is harmless: eco.sales_archive names those that count.
    """
    try:
        yield
    except BaseException:
        with suppress(*store.failures):
            store.delete(archive)
        raise


def _compare(transaction: Transaction, first_day: date, name: str) -> None:
    """Compare the rows of the month with those of archived_sale; raises ArchiveMismatchError."""
    differing = transaction.run("maintain/archived_compare", first_day=first_day).one()
    if differing.only_in_warehouse or differing.only_in_archive:
        raise ArchiveMismatchError(
            f"{name} is not what the warehouse holds: rows only in the warehouse {differing.only_in_warehouse}, "
            f"only in the archive {differing.only_in_archive}; the month is kept"
        )


def _upload(on: Platform, first_day: date) -> ObjectEvent:
    """Write the month to a new object of the archive bucket."""
    name = f"fact_sales/{first_day:%Y_%m}/{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.parquet"
    with tempfile.TemporaryDirectory() as folder:
        rows, archive = Path(folder) / "month.csv.gz", Path(folder) / "month.parquet"
        # By COPY and Arrow, since a Python object a value would take ten times as long.
        with on.warehouse.transaction() as transaction, gzip.open(rows, "wb", compresslevel=1) as sink:
            transaction.run("maintain/month_choose", first_day=first_day.isoformat())
            transaction.copy_out("maintain/month_copy", cast(BinaryIO, sink))
        _write(archive, rows)
        return on.store.create_from_file(on.settings.bucket_archive, name, archive)


def _write(archive: Path, rows: Path) -> None:
    """Turn rows as COPY wrote them into Parquet, a block at a time."""
    with (
        csv.open_csv(rows, csv.ReadOptions(block_size=BLOCK_BYTES), PARSING, CONVERSION) as batches,
        parquet.ParquetWriter(archive, SCHEMA, compression="zstd") as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)
