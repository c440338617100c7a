"""Loads one CSV of sales as another tool would, and prints the seconds; it runs where that tool is installed.

`python rival_load.py HOW FILE ROWS URL`. Neither of them validates, scores or resolves anything.
"""

import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

KEY = ["order_id", "line_no", "sale_timestamp"]


def dlt_csv(file: Path, rows: int, url: str) -> None:
    """Merge the rows of the CSV as dicts."""
    import csv

    with file.open(encoding="utf-8", newline="") as stream:
        _merge(islice(csv.DictReader(stream), rows), url)


def dlt_arrow(file: Path, rows: int, url: str) -> None:
    """Merge the CSV as Arrow tables, handed to the database as CSV, which is dlt's fastest way to PostgreSQL."""
    from pyarrow import csv

    _merge(csv.read_csv(file).slice(0, rows), url, loader_file_format="csv")


def pandas_to_sql(file: Path, rows: int, url: str) -> None:
    """Append the CSV by to_sql, a thousand rows a statement."""
    import pandas as pd
    import sqlalchemy

    frame = pd.read_csv(file, nrows=rows, parse_dates=["sale_timestamp"])
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+pg8000://"))
    frame.to_sql("sales", engine, index=False, if_exists="append", method="multi", chunksize=1000)


def _merge(data: Any, url: str, **options: Any) -> None:
    import dlt

    with TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "rival", pipelines_dir=folder, destination=dlt.destinations.postgres(url), dataset_name="rival"
        )
        pipeline.run(data, table_name="sales", write_disposition="merge", primary_key=KEY, **options)


HOW: dict[str, Callable[[Path, int, str], None]] = {
    "dlt-csv": dlt_csv,
    "dlt-arrow": dlt_arrow,
    "pandas": pandas_to_sql,
}

if __name__ == "__main__":
    how, path, rows, url = sys.argv[1:]
    began = time.perf_counter()
    HOW[how](Path(path), int(rows), url)
    print(time.perf_counter() - began)  # noqa: T201
