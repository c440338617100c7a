"""What a load knows of the sales of one part, beside the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from functions.parts import Provenance


@dataclass(frozen=True)
class SalesPart:
    """Sales and voids of one part, of the UTC `days`; where `replaces_orders`, the orders are stated whole."""

    sales: pa.Table
    days: list[date]
    replaces_orders: bool
    uploaded_at: datetime
    generation: int
    run_id: UUID

    @classmethod
    def of(cls, sales: pa.Table, provenance: Provenance) -> SalesPart:
        """The part with these rows, of which there has to be one."""
        return cls(
            sales,
            pc.unique(utc_days(sales["sale_timestamp"])).to_pylist(),
            provenance.replaces_orders,
            datetime.fromisoformat(provenance.uploaded_at),
            provenance.generation,
            UUID(provenance.run_id),
        )

    @property
    def version(self) -> dict[str, Any]:
        """By what deliveries are newer or older."""
        return {"uploaded_at": self.uploaded_at, "generation": self.generation, "run_id": self.run_id}

    @property
    def bounds(self) -> dict[str, datetime]:
        """From when to when the days last; the latter is no longer part of them."""
        first, end = min(self.days), max(self.days) + timedelta(days=1)
        return {
            "first_time": datetime.combine(first, time(), UTC),
            "end_time": datetime.combine(end, time(), UTC),
        }


def utc_days(sale_timestamps: pa.ChunkedArray) -> pa.ChunkedArray:
    """The UTC days of these instants, as date32."""
    # Without their zone they stay as they are in UTC; with it, Arrow looks up its offset, six times as long.
    return sale_timestamps.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)


def distinct_months(sale_timestamps: pa.ChunkedArray) -> list[date]:
    """The first days of their months, each once."""
    months: list[date] = pc.unique(pc.floor_temporal(pc.unique(utc_days(sale_timestamps)), unit="month")).to_pylist()
    return months
