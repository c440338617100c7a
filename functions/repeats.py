"""Exact repeats: the same line twice in one order of one file, where the contract says that it is an error.

The lines of an order stand together in a file, so no more than one order is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from functions import rules
from functions.contract import Contract
from functions.readers.rows import TextRows
from functions.rules import Checked

MOST_LINES = 100_000  # of an order that are remembered


@dataclass
class Repeats:
    """The lines of the order at hand: what each says, and in which row it was said first."""

    contract: Contract
    order: str | None = None
    lines: dict[str, int] = field(default_factory=dict)

    def without(self, chunks: Iterator[tuple[TextRows, Checked]]) -> Iterator[tuple[TextRows, Checked]]:
        """The same chunks, their repeated rows rejected."""
        for rows, checked in chunks:
            yield (rows, self._apart(rows, checked)) if self.contract.rejects_repeats else (rows, checked)

    def _apart(self, rows: TextRows, checked: Checked) -> Checked:
        first = np.array(self._first_rows(checked.valid), dtype=np.int64)
        numbers = np.asarray(checked.valid["source_row"])
        is_repeat = first != numbers
        if not is_repeat.any():
            return checked
        reasons = [f"the row repeats row {row}" for row in first[is_repeat]]
        return rules.also_rejected(self.contract, rows, checked, is_repeat, reasons)

    def _first_rows(self, valid: pa.Table) -> list[int]:
        """For each row, the first row of its order that says the same."""
        texts = [
            pc.fill_null(valid[name].cast(pa.string()), "\x00") for name in valid.column_names if name != "source_row"
        ]
        said = pc.binary_join_element_wise(*texts, "\x1f").to_pylist()
        orders, numbers = valid["order_id"].to_pylist(), valid["source_row"].to_pylist()
        return [self._first_row(*line) for line in zip(orders, said, numbers, strict=True)]

    def _first_row(self, order: str, said: str, number: int) -> int:
        if order != self.order or len(self.lines) >= MOST_LINES:
            self.order, self.lines = order, {}
        return self.lines.setdefault(said, number)
