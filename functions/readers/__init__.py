"""Readers: a file of any supported format becomes a stream of text tables.

Every value stays text, exactly as the file states it; what it means is for the contract to say. Each reader is imported
by the first file of its kind: no CSV waits for what reads workbooks, and the process that reads Parquet for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.contract import Contract
    from functions.readers.detect import Opened
    from functions.readers.rows import TextRows


def read(opened: Opened, contract: Contract, name: str) -> Iterator[TextRows]:
    """The rows of a file, some ten thousand at a time; raises PermanentError where it cannot be read.

    What reads a format is imported with its first file: most shops send one or two, and a workbook's alone takes as
    long as everything else that validates.
    """
    match opened.format:
        case "csv":
            from functions.readers import delimited

            return delimited.read(opened.stream, contract, name)
        case "json":
            from functions.readers import json_rows

            return json_rows.read_array(opened.stream, contract, name)
        case "ndjson":
            from functions.readers import json_rows

            return json_rows.read_lines(opened.stream, contract, name)
        case "xlsx":
            from functions.readers import workbook

            return workbook.read(opened.stream, contract, name)
        case "parquet":
            from functions.readers import columnar

            return columnar.read(opened.stream, contract, name)
