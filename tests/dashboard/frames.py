"""Results of the dashboard's queries, as the database would return them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd


def run(object_name: str = "sales/a.csv", **columns: Any) -> dict[str, Any]:
    return {
        "object_name": object_name,
        "source": "sales",
        "status": "SUCCESS",
        "rows_read": 10,
        "rows_loaded": 5,
        "rows_unchanged": 2,
        "rows_superseded": 1,
        "rows_rejected": 1,
        "rows_held": 1,
        "balances": True,
        "seconds": 0.5,
        "started_at": datetime(2026, 6, 1, tzinfo=UTC),
        "reason": None,
    } | columns


def failed(object_name: str = "sales/b.csv", reason: str = "It is empty.") -> dict[str, Any]:
    return run(
        object_name,
        status="FAILED",
        reason=reason,
        rows_read=None,
        rows_rejected=None,
        rows_loaded=0,
        rows_unchanged=0,
        rows_superseded=0,
        rows_held=0,
        balances=None,
    )


def volume() -> pd.DataFrame:
    """Two days and two currencies; nothing is known of the footprints of the second day."""
    first, second = date(2026, 6, 1), date(2026, 6, 2)
    return pd.DataFrame(
        [
            (first, "EUR", 4, 4, Decimal("40.50"), Decimal("1.5"), 3),
            (first, "GBP", 6, 6, Decimal("60.25"), Decimal("-0.5"), 2),
            (second, "GBP", 10, 10, Decimal("-5.00"), None, 0),
        ],
        columns=[
            "sale_date",
            "currency",
            "sale_lines",
            "units",
            "net_amount",
            "carbon_savings_kg",
            "lines_with_footprint",
        ],
    )


def versions() -> pd.DataFrame:
    """A product that cost 10 until 10 June 2026, and 12.50 from then on."""
    began, changed = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC)
    rows = [(began, changed, Decimal("10.00")), (changed, "infinity", Decimal("12.50"))]
    frame = pd.DataFrame(rows, columns=["valid_from", "valid_to", "list_price"]).astype({"valid_to": object})
    return frame.assign(currency="GBP", product_name="Mug")
