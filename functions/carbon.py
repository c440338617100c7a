"""Carbon figures of products, in kg CO2e a unit: pure functions over Arrow columns.

`product_kg` is the declared footprint; else unit weight x the factor of the product's material and origin.
`baseline_kg` is the declared baseline; else unit weight x the primary production factor of the same material.
Unknown is null, never zero. Factors: UK Government GHG Conversion Factors for Company Reporting 2025, material use
(Open Government Licence v3.0), in kg CO2e a tonne.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

FACTOR_SET = "UK Government GHG Conversion Factors 2025, material use"
FACTOR_FILE = Path(__file__).parent / "reference" / "desnz-2025-material-use.csv"
FACTOR = pa.decimal128(12, 5)
KILOGRAMS = pa.decimal128(18, 9)
SAVINGS = pa.decimal128(24, 6)
TONNES_PER_KG = pa.scalar(Decimal("0.001"), pa.decimal128(4, 3))

FACTOR_COLUMNS = {
    "primary": "primary_production_kg_co2e_per_tonne",
    "recycled": "closed_loop_kg_co2e_per_tonne",
    "reused": "re_used_kg_co2e_per_tonne",
}


def with_footprints(products: pa.Table) -> pa.Table:
    """Products with product_kg and baseline_kg (decimal, kg CO2e a unit), the method behind each, and factor_set.

    Reads material, material_origin, unit_weight_kg, declared_product_kg and declared_baseline_kg, and drops the two
    declared ones.
    """
    weight, material = products["unit_weight_kg"], products["material"]
    product_kg, product_method = _figure(
        products["declared_product_kg"], weight, _factor(material, products["material_origin"])
    )
    baseline_kg, baseline_method = _figure(
        products["declared_baseline_kg"], weight, _factor(material, pa.scalar("primary"))
    )
    uses_factors = pc.or_(*(pc.fill_null(pc.equal(m, "factor"), False) for m in (product_method, baseline_method)))
    return (
        products.drop_columns(["declared_product_kg", "declared_baseline_kg"])
        .append_column("product_kg", product_kg)
        .append_column("product_kg_method", product_method)
        .append_column("baseline_kg", baseline_kg)
        .append_column("baseline_kg_method", baseline_method)
        .append_column("factor_set", pc.if_else(uses_factors, FACTOR_SET, pa.scalar(None, pa.string())))
    )


def _figure(
    declared: pa.ChunkedArray, weight: pa.ChunkedArray, factor: pa.ChunkedArray
) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The figure, and whether it was declared or follows from a factor; null where neither is known."""
    calculated = pc.multiply(pc.multiply(weight.cast(pa.decimal128(18, 6)), factor), TONNES_PER_KG)
    figure = pc.coalesce(_rounded(declared), _rounded(calculated))
    method = pc.if_else(pc.is_valid(declared), "declared", pa.scalar("factor"))
    return figure, pc.if_else(pc.is_valid(figure), method, pa.scalar(None, pa.string()))


def _rounded(figure: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.round(figure, ndigits=9, round_mode="half_towards_infinity").cast(KILOGRAMS)


def _factor(material: pa.ChunkedArray, origin: pa.ChunkedArray | pa.Scalar) -> pa.ChunkedArray:
    """The factor of each material and origin, in kg CO2e a tonne; null where there is none."""
    factors = _factors()
    row = pc.index_in(pc.utf8_lower(material), value_set=factors["material"])
    by_origin = [pc.take(factors[column], row) for column in FACTOR_COLUMNS.values()]
    number = pc.index_in(origin, value_set=pa.array(list(FACTOR_COLUMNS)))
    return pc.choose(number, *by_origin) if not isinstance(number, pa.Scalar) else by_origin[number.as_py()]


@cache
def _factors() -> pa.Table:
    types = {"material": pa.string(), **dict.fromkeys(FACTOR_COLUMNS.values(), FACTOR)}
    table = csv.read_csv(FACTOR_FILE, convert_options=csv.ConvertOptions(column_types=types)).combine_chunks()
    return table.set_column(1, "material", pc.utf8_lower(table["material"]).combine_chunks())


def savings_kg(quantity: pa.Array, baseline_kg: pa.Array, product_kg: pa.Array) -> pa.Array:
    """kg CO2e that a sale avoids, as eco.carbon_savings_kg defines it; null where a figure is unknown."""
    each = pc.subtract(baseline_kg, product_kg).cast(pa.decimal128(19, 9))
    exact = pc.multiply(quantity.cast(pa.int32()).cast(pa.decimal128(10, 0)), each)
    return pc.round(exact, ndigits=6, round_mode="half_towards_infinity").cast(SAVINGS)
