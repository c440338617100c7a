"""Where a sale lies against the usual prices and quantities of its product: from a logged row to a picture, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd

from functions import contract as contracts
from functions import parsing
from functions.contract import Column, Contract
from functions.errors import PermanentError
from functions.logged_rows import plain

WEEKS_AROUND = timedelta(weeks=4)
MEASURES = {"unit_price": "unit price", "quantity": "quantity"}
NEEDED = ("product_id", "sale_timestamp", "currency", *MEASURES)
USUAL_COLOR, VALUE_COLOR = "#0072b2", "#d55e00"
ROW_PIXELS = 46


@dataclass(frozen=True)
class Sale:
    """What a logged row says of its sale, as far as it can be read; `values` are the positive ones of MEASURES."""

    product_id: str
    at: datetime
    currency: str
    values: dict[str, float]

    @property
    def since(self) -> datetime:
        """From when on other sales are like it in time."""
        return self.at - WEEKS_AROUND

    @property
    def until(self) -> datetime:
        """Until when other sales are like it in time."""
        return self.at + WEEKS_AROUND


def sale_of(object_name: str, is_typed: bool, row: Mapping[str, Any]) -> Sale | None:
    """The sale that a row of the quality log states; None where it is none, or does not say of what and when."""
    try:
        contract = contracts.for_object(object_name)
    except PermanentError:
        return None
    if contract.entity != "sales":
        return None
    said = _said(plain(contract) if is_typed else contract, row)
    if any(said[name] is None for name in ("product_id", "sale_timestamp", "currency")):
        return None
    values = {label: abs(float(said[name])) for name, label in MEASURES.items() if said[name]}
    return Sale(said["product_id"], said["sale_timestamp"], said["currency"], values) if values else None


def _said(contract: Contract, row: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.name: column for column in contract.columns}
    return {name: _value(columns[name], row) if name in columns else None for name in NEEDED}


def _value(column: Column, row: Mapping[str, Any]) -> Any:
    """The value in a column; None where it states none that can be read."""
    text = row.get(column.name, column.default)
    if text is None or not str(text).strip():
        return None
    return (
        parsing.PARSERS[column.logical_type](parsing.text_array([str(text).strip()]), column.options).values[0].as_py()
    )


def sentence(sale: Sale, usual: pd.DataFrame) -> str:
    """What the picture shows, in words."""
    told = [
        f"{row['measure']} {_short(sale.values[row['measure']])}, usually {_short(row['low'])} to "
        f"{_short(row['high'])} (median {_short(row['median'])}, {row['sale_lines']:,} sale lines)"
        for row in usual.to_dict("records")
        if row["measure"] in sale.values
    ]
    return f"{sale.product_id} within four weeks of this sale: {'; '.join(told)}."


def chart(sale: Sale, usual: pd.DataFrame) -> alt.VConcatChart:
    """A strip a measure, on a logarithmic scale: all sales thin, the middle nine tenths thick, this one as a dot."""
    shown = usual[usual["measure"].isin(list(sale.values))]
    rows = shown.assign(value=shown["measure"].map(sale.values))
    picture: alt.VConcatChart = alt.vconcat(*(_strip(rows.iloc[[number]]) for number in range(len(rows))), spacing=4)
    return picture


def _strip(row: pd.DataFrame) -> alt.LayerChart:
    measure = str(row["measure"].iloc[0])
    scale = alt.Scale(type="log", nice=False, padding=12)
    tooltip = [alt.Tooltip(f"{name}:Q", format=",.4~g") for name in ("value", "least", "low", "median", "high", "most")]
    base = alt.Chart(row).encode(tooltip=tooltip)
    x = alt.X("least:Q", scale=scale, title=None, axis=alt.Axis(format="~s", tickCount=6, labelOverlap=True))
    layers = (
        base.mark_rule(color=USUAL_COLOR, strokeWidth=2).encode(x=x, x2=alt.X2("most:Q"))
        + base.mark_rule(color=USUAL_COLOR, strokeWidth=10, strokeCap="round", opacity=0.7).encode(
            x=alt.X("low:Q"), x2=alt.X2("high:Q")
        )
        + base.mark_point(color=USUAL_COLOR, shape="stroke", angle=90, size=300, strokeWidth=3, aria=False).encode(
            x=alt.X("median:Q")
        )
        + base.mark_point(color=VALUE_COLOR, filled=True, size=130, opacity=1).encode(x=alt.X("value:Q"))
    )
    strip: alt.LayerChart = layers.properties(height=ROW_PIXELS, title=alt.Title(measure, anchor="start", fontSize=12))
    return strip


def _short(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
