"""Archives months of sales: to Parquet, read back and compared, and only then out of the warehouse."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from functions.runtime import Platform
from functions.warehouse import Transaction

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


class ArchiveMismatchError(RuntimeError):
    """The archive read back is not what the warehouse holds: the month stays where it is."""


@dataclass
class Sums:
    """What archive and warehouse must agree on."""

    rows: int = 0
    net_amount: Decimal = Decimal(0)

    def add(self, table: pa.Table) -> None:
        """Add the rows of a table."""
        self.rows += table.num_rows
        self.net_amount += pc.sum(table["net_amount"]).as_py() or Decimal(0)


def archive_month(on: Platform, first_day: date) -> str:
    """Move a month of sales from the warehouse to the archive bucket; returns the name of the archive.

    Raises ArchiveMismatchError, and leaves the month in the warehouse, where the archive does not hold the same.
    """
    name = f"fact_sales/{first_day:%Y_%m}/{datetime.now(UTC):%Y%m%dT%H%M%SZ}.parquet"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "month.parquet"
        with on.warehouse.transaction() as transaction:
            written = _write(path, _batches(transaction, first_day))
        stored = on.store.create_from_file(on.settings.bucket_archive, name, path)
    with on.store.open(stored) as stream:
        read_back = _sums(parquet.ParquetFile(stream))
    if read_back != written:
        raise ArchiveMismatchError(f"{name} holds {read_back}, the warehouse held {written}")
    with on.warehouse.transaction() as transaction:
        transaction.run("maintain/drop_month", first_day=first_day, archived_rows=written.rows)
    return name


def _batches(transaction: Transaction, first_day: date) -> Iterator[pa.Table]:
    transaction.run("maintain/month_cursor", first_day=first_day)
    while rows := transaction.run("maintain/month_fetch").mappings().all():
        yield pa.Table.from_pylist([_plain(dict(row)) for row in rows], schema=SCHEMA)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "run_id": str(row["run_id"])}


def _write(path: Path, batches: Iterator[pa.Table]) -> Sums:
    sums = Sums()
    with parquet.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for table in batches:
            writer.write_table(table)
            sums.add(table)
    return sums


def _sums(file: parquet.ParquetFile) -> Sums:
    sums = Sums()
    for batch in file.iter_batches(columns=["net_amount"]):
        sums.add(pa.Table.from_batches([batch]))
    return sums
