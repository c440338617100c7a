"""A file, the contract it is read by, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from functions import contract
from functions.contract import Contract

HEADER = "order,date,product,qty,price,note"
LINE = "A1,2026-01-31T10:30:00Z,P1,2,9.5,"
NOON = datetime(2026, 1, 31, 10, 30, tzinfo=UTC)
COLUMNS: dict[str, dict[str, Any]] = {
    "order": {"name": "order_id", "logicalType": "string", "required": True},
    "date": {"name": "sale_timestamp", "logicalType": "timestamp", "required": True},
    "product": {"name": "product_id", "logicalType": "string", "required": True},
    "qty": {"name": "quantity", "logicalType": "integer", "required": True},
    "price": {"name": "unit_price", "logicalType": "number", "required": True},
    "note": {"name": "description", "logicalType": "string"},
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A file and its outcome: `rows` read exactly and `rejected` by number and reason, or `refused` with a sentence."""

    id: str
    data: bytes | Callable[[], bytes]
    rows: list[Row] = field(default_factory=list)
    name: str = "shop.csv"
    rejected: dict[int, str] = field(default_factory=dict)
    refused: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    limit: int = 10**9

    @property
    def content(self) -> bytes:
        return self.data() if callable(self.data) else self.data

    @property
    def contract(self) -> Contract:
        return shop(self.schema, self.columns)


def sold(**changes: Any) -> Row:
    """The sale that most files hold, apart from what is changed."""
    row = {
        "order_id": "A1",
        "sale_timestamp": NOON,
        "product_id": "P1",
        "quantity": 2,
        "unit_price": Decimal("9.5"),
        "description": None,
    }
    return {**row, **changes}


def shop(schema: dict[str, Any] | None = None, columns: dict[str, dict[str, Any]] | None = None) -> Contract:
    """The contract of the corpus with custom properties of the schema, and changes of columns by their file's names."""
    properties = []
    for name, column in COLUMNS.items():
        change = (columns or {}).get(name, {})
        custom = [{"property": key, "value": value} for key, value in change.get("custom", {}).items()]
        plain = {key: value for key, value in change.items() if key != "custom"}
        properties.append({"physicalName": name, **column, **plain, "customProperties": custom})
    return contract.from_document(
        {
            "id": "shop",
            "version": "1.0.0",
            "schema": [
                {
                    "name": "sales",
                    "physicalName": "*",
                    "properties": properties,
                    "customProperties": [{"property": key, "value": value} for key, value in (schema or {}).items()],
                }
            ],
        }
    )
