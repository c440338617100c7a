"""Rows that break their contract, as exports of real shops have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: the value that stands in a column."""

    kind: str
    column: str
    value: str | float | None


SALES_FAULTS = (
    Fault("bad_number", "quantity", "three"),
    Fault("missing_id", "order_id", None),
    Fault("impossible_date", "sale_timestamp", "2026-02-30T10:15:00+00:00"),
    Fault("negative_price", "unit_price", -4.5),
    Fault("bad_currency", "currency", "pounds"),
    Fault("discount_as_percent", "discount_rate", 15.0),
)
PRODUCT_FAULTS = (
    Fault("unknown_origin", "material_origin", "upcycled"),
    Fault("negative_weight", "unit_weight_kg", -0.2),
    Fault("missing_name", "product_name", None),
)
CUSTOMER_FAULTS = (
    Fault("missing_id", "customer_id", None),
    Fault("impossible_date", "joined_on", "31/02/2026"),
)


def break_rows(table: pd.DataFrame, faults: tuple[Fault, ...]) -> pd.DataFrame:
    """The table with one row broken for each fault and labelled so; rows with a label stay as they are."""
    sound = np.flatnonzero(table.label == "")
    places = sound[np.linspace(0, len(sound) - 1, len(faults) + 2).astype(int)[1:-1]]
    broken = table.astype({fault.column: object for fault in faults})
    for place, fault in zip(places, faults, strict=True):
        broken.loc[broken.index[place], [fault.column, "label"]] = [fault.value, fault.kind]
    return broken
