"""Carbon saved by time, product and material, how much of it is known, and how."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import format as show
from dashboard import picture, queries, sales_charts, table, time_charts
from dashboard.filters import Choice
from functions.carbon import FACTOR_SET

MOST_PRODUCTS = 15
NO_FOOTPRINT = (
    "No sale of this period has a known footprint. Upload a file of products with their material and weight: "
    "`python -m local upload products.csv --prefix products/`"
)
MEANING = (
    "Avoided emissions: the footprint of a comparable conventional product minus that of the product sold, for each "
    "unit sold; returns subtract. It is a comparison between two products, not an inventory of the shop's emissions. "
    f"Factor source: {FACTOR_SET}."
)
UNKNOWN = "not known"


def draw(volume: pd.DataFrame, choice: Choice) -> None:
    """Draw the section; `volume` is what was sold by time and currency."""
    st.header("Carbon saved", anchor="carbon")
    st.caption(MEANING)
    lines, known = int(volume["sale_lines"].sum()), int(volume["lines_with_footprint"].sum())
    with st.container(horizontal=True):
        st.metric("Carbon saved, CO2e", show.kilograms(saved(volume)), border=True)
        st.metric("Sale lines with a known footprint", show.share(known, lines), border=True)
    if known == 0:
        st.info(NO_FOOTPRINT, icon=":material/help:")
        return
    months = queries.sales_volume(choice, "month")
    picture.draw(time_charts.carbon(months, "month"), key="carbon", alt="Avoided emissions by month")
    picture.draw(time_charts.coverage(months, "month"), key="coverage", alt="Known footprints by month")
    _products(queries.of_choice("carbon_products", choice, MOST_PRODUCTS))
    _materials(queries.of_choice("carbon_materials", choice))


def saved(volume: pd.DataFrame) -> Decimal | None:
    """The carbon saved of all sales whose footprint is known; None where none is."""
    known = volume["carbon_savings_kg"].dropna()
    return sum(known, Decimal(0)) if len(known) else None


def _products(products: pd.DataFrame) -> None:
    st.subheader("By product", anchor="carbon-products")
    names = products["product_name"].fillna(products["product_id"])
    chart = sales_charts.carbon_by(products.assign(product=names), "product")
    picture.draw(chart, key="carbon_products", alt="Avoided emissions of the products that matter most")
    columns: table.Columns = {
        "product_id": "product",
        "product_name": st.column_config.TextColumn("name", width="medium"),
        "carbon_savings_kg": table.decimal("kg CO2e saved"),
        "units": table.count("units"),
        "coverage": table.percent("known footprint"),
    }
    with st.expander("These figures as a table"):
        table.draw(products, columns, "carbon_by_product", "Avoided emissions by product")


def _materials(found: pd.DataFrame) -> None:
    st.subheader("By material, and how it is known", anchor="carbon-materials")
    materials = found.assign(
        material=found["material"].fillna("not stated"),
        coverage=found["lines_with_footprint"] / found["sale_lines"],
        **{name: found[name].fillna(UNKNOWN) for name in ("product_kg_method", "baseline_kg_method", "factor_set")},
    )
    chart = sales_charts.carbon_by(materials[materials["lines_with_footprint"] > 0], "material")
    picture.draw(chart, key="carbon_materials", alt="Avoided emissions by material")
    columns: table.Columns = {
        "material": "material",
        "carbon_savings_kg": table.decimal("kg CO2e saved"),
        "units": table.count("units"),
        "coverage": table.percent("known footprint"),
        "product_kg_method": st.column_config.TextColumn("footprint by", help="How the product's footprint is known."),
        "baseline_kg_method": st.column_config.TextColumn("baseline by", help="How that of the comparison is known."),
        "factor_set": st.column_config.TextColumn("factors", width="medium"),
    }
    table.draw(materials, columns, "carbon_by_material", "Avoided emissions by material and method")
