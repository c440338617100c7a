"""What the rows of a run look like: nulls, different values, repeated rows, the span of numbers and times.

Of the rows that keep their contract, since what is wrong with the others stands in the quality log. It is added up
while they stream past, in memory that does not grow with the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from functions.contract import Contract
from functions.ledger import Lease
from functions.rules import Checked
from functions.sketch import Sketch, hashes_of, hashes_of_rows
from functions.warehouse import Transaction

# Exact up to so many; beyond, a standard error of 0.5 % for different values and 0.2 % of the different rows' share.
VALUES_COUNTED = 65_536
ROWS_COUNTED = 262_144


@dataclass
class ColumnQuality:
    """One column of the rows so far."""

    shows_range: bool
    nulls: int = 0
    values: Sketch = field(default_factory=lambda: Sketch(VALUES_COUNTED))
    lowest: Any = None
    highest: Any = None

    def span(self, values: pa.Array) -> None:
        """Widen the range by these values; texts have none, and neither has what tells of a person."""
        kind = values.type
        if self.shows_range and (pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_temporal(kind)):
            found = pc.min_max(values).as_py()
            self.lowest = min(filter(_is_known, (self.lowest, found["min"])), default=None)
            self.highest = max(filter(_is_known, (self.highest, found["max"])), default=None)


@dataclass
class Quality:
    """What the valid rows of one file look like, so far."""

    contract: Contract
    rows: int = 0
    whole_rows: Sketch = field(default_factory=lambda: Sketch(ROWS_COUNTED))
    columns: dict[str, ColumnQuality] = field(default_factory=dict)

    def add(self, checked: Checked) -> None:
        """Count the valid rows in."""
        valid = checked.valid
        self.rows += valid.num_rows
        columns = {name: valid[name].combine_chunks() for name in valid.column_names if name != "source_row"}
        hashes = [self._add_column(name, checked.encoded.get(name, column)) for name, column in columns.items()]
        self.whole_rows.add(hashes_of_rows(hashes, valid.num_rows))

    def _add_column(self, name: str, column: pa.Array) -> Any:
        quality = self.columns.setdefault(name, ColumnQuality(name not in self.contract.personal_names))
        encoded = column.dictionary_encode()  # as it is, where it is that already
        of_rows, of_values = hashes_of(encoded)
        quality.nulls += encoded.null_count
        quality.values.add(of_values)
        quality.span(encoded.dictionary)
        return of_rows


def enter(transaction: Transaction, lease: Lease, quality: Quality) -> None:
    """Keep it, in the transaction that enters the run as validated: only one attempt gets there."""
    transaction.run(
        "validate/enter_quality",
        run_id=lease.run_id,
        rows_valid=quality.rows,
        duplicate_rows=quality.whole_rows.repeats(),
        is_estimate=quality.whole_rows.is_estimate,
    )
    columns = quality.columns.values()
    transaction.run(
        "validate/enter_column_quality",
        run_id=lease.run_id,
        names=list(quality.columns),
        nulls=[column.nulls for column in columns],
        distinct_values=[column.values.distinct() for column in columns],
        are_estimates=[column.values.is_estimate for column in columns],
        lowest=[_text(column.lowest) for column in columns],
        highest=[_text(column.highest) for column in columns],
    )


def _is_known(value: object) -> bool:
    return value is not None


def _text(value: object) -> str | None:
    """A value as the dashboard shows it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return None if value is None else str(value)
