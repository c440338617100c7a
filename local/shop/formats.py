"""Tables as the bytes of a file: CSV, JSON, NDJSON and XLSX, also gzipped. Equal tables give equal bytes."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any, TypeAlias

import pandas as pd
from openpyxl import Workbook

TimeWriter: TypeAlias = "Callable[[pd.Series[pd.Timestamp]], pd.Series[Any]]"
SHOP_TIME = "Europe/London"
SAME_TIME = b"2026-01-01T00:00:00Z"  # instead of the moment of writing
XLSX_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def kind(name: str) -> str:
    """The format that a file's name stands for, apart from packing: csv, json, ndjson or xlsx."""
    return name.removesuffix(".gz").rsplit(".", 1)[-1]


def with_times_written(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with its times as that format's exporter writes them.

    Text in the shop's time or, for NDJSON, in UTC; in a workbook times of UTC, since Excel knows no offset.
    """
    writers: dict[str, TimeWriter] = {"ndjson": _utc_text, "xlsx": _without_zone}
    write = writers.get(kind(name), _local_text)
    times = [column for column in ("valid_from", "sale_timestamp") if column in table]
    return table.assign(**{column: write(table[column]) for column in times})


def encode(table: pd.DataFrame, name: str) -> bytes:
    """The table as the bytes of a file of that name."""
    data = ENCODERS[kind(name)](table)
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


def _local_text(times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    return times.dt.tz_convert(SHOP_TIME).map(pd.Timestamp.isoformat)


def _utc_text(times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    return times.dt.tz_convert("UTC").map(pd.Timestamp.isoformat).str.replace("+00:00", "Z")


def _without_zone(times: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    return times.dt.tz_convert("UTC").dt.tz_localize(None)


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _json(table: pd.DataFrame) -> bytes:
    return table.to_json(orient="records", indent=1).encode()


def _ndjson(table: pd.DataFrame) -> bytes:
    return table.to_json(orient="records", lines=True).encode()


def _xlsx(table: pd.DataFrame) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.append(list(table.columns))
    cells = table.astype(object).where(table.notna(), None)
    for row in cells.itertuples(index=False, name=None):  # a write-only sheet takes a row at a time
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_moment(buffer)


def _without_moment(workbook: io.BytesIO) -> bytes:
    """The workbook without the moment of its writing, which openpyxl and zipfile put into it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            data = XLSX_MOMENT.sub(SAME_TIME, data) if name == "docProps/core.xml" else data
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # a ZipInfo is of 1980
    return packed.getvalue()


ENCODERS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    "csv": _csv,
    "json": _json,
    "ndjson": _ndjson,
    "xlsx": _xlsx,
}
