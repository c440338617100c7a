"""Top products, and the price history of one with its sales beneath."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import picture, queries, sales_charts, table, zone
from dashboard.filters import Choice

OPEN = "today"


def draw(products: pd.DataFrame, choice: Choice) -> None:
    """Draw the table of top products and the chosen one."""
    st.header("Top products", anchor="products")
    columns: table.Columns = {
        "product_id": "product",
        "product_name": st.column_config.TextColumn("name", width="medium"),
        "currency": "currency",
        "net_amount": table.decimal("revenue"),
        "units": table.count("units"),
        "carbon_savings_kg": table.decimal("kg CO2e saved"),
        "coverage": table.percent("known footprint", "Share of its sale lines with a known footprint."),
    }
    table.draw(products, columns, "top_products", "Products with the largest revenue in each currency")
    st.header("Price history of a product", anchor="price")
    product_id = _chosen(products)
    if product_id:
        _history(product_id, choice)


def _chosen(products: pd.DataFrame) -> str | None:
    """The product in the URL, else the top one; any other can be typed."""
    options = list(dict.fromkeys(products["product_id"].map(str)))
    chosen = st.selectbox(
        "Product",
        options,
        key="product",
        bind="query-params",
        accept_new_options=True,
        help="One of the top products, or type the id of any other.",
        width=420,
    )
    return chosen or None


def _history(product_id: str, choice: Choice) -> None:
    versions = queries.product_versions(product_id)
    if versions.empty:
        st.info(f"No product has the id {product_id}. Choose one of the list, or type another id.")
        return
    stated = versions[~versions["is_inferred"]]
    sold = queries.product_volume(product_id, choice.period)
    if choice.currencies:
        sold = sold[sold["currency"].isin(choice.currencies)]
    if stated["list_price"].notna().any():
        chart = sales_charts.price_steps(stated, choice.period)
        picture.draw(chart, key="price", alt="List price of the product over time, a step a version")
    else:
        st.info("No file has stated a price of this product: upload a file of products to give it a history.")
    if sold.empty:
        st.caption("Nothing of it was sold in this period.")
    else:
        chart = sales_charts.product_units(sold, choice.period)
        picture.draw(chart, key="product_units", alt=f"Units of the product sold by {choice.period.bucket}")
    _versions(stated)


def _versions(stated: pd.DataFrame) -> None:
    shown = stated.assign(
        from_utc=zone.utc_text(stated["valid_from"]),
        to_utc=[OPEN if end == "infinity" else f"{end:%Y-%m-%d %H:%M:%S}" for end in stated["valid_to"]],
    ).drop(columns=["valid_from", "valid_to", "is_inferred"])
    columns: table.Columns = {
        "from_utc": "valid from, UTC",
        "to_utc": "until, UTC",
        "product_name": "name",
        "list_price": table.decimal("list price"),
        "currency": "currency",
        "material": "material",
        "category": "category",
        "product_kg": st.column_config.NumberColumn("kg CO2e a unit", format="%.3f"),
        "baseline_kg": st.column_config.NumberColumn("baseline kg", format="%.3f"),
        "is_deleted": "deleted",
    }
    with st.expander("Its versions"):
        table.draw(shown, columns, "product_versions", "Versions of the product")
