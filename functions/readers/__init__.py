"""Readers: a file of any supported format becomes a stream of text tables.

Every value stays text, exactly as the file states it; what it means is for the contract to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from functions.contract import Contract
from functions.readers import columnar, delimited, json_rows, workbook
from functions.readers.detect import Opened
from functions.readers.rows import TextRows


def read(opened: Opened, contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a file, some ten thousand at a time; raises PermanentError where it cannot be read."""
    match opened.format:
        case "csv":
            return delimited.read(opened.stream, contract, name)
        case "json":
            return json_rows.read_array(opened.stream, contract, name)
        case "ndjson":
            return json_rows.read_lines(opened.stream, contract, name)
        case "xlsx":
            return workbook.read(opened.stream, contract, name)
        case "parquet":
            return columnar.read(opened.stream, contract, name)
