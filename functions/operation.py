"""What a row does: it states something, or takes it back. Column `operation` of a contract says which."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

OPERATION = "operation"
RETRACTIONS = ("void", "delete")


def retracts(operations: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whether each row takes back what it names: a `void` of a sale, a `delete` of a product or customer."""
    return pc.is_in(operations, value_set=pa.array(RETRACTIONS))


def of(table: pa.Table) -> pa.ChunkedArray:
    """Whether each row of a table takes something back; none does where there is no such column."""
    if OPERATION not in table.column_names:
        return pa.chunked_array([pa.repeat(False, table.num_rows)])
    return retracts(table[OPERATION])
