"""What a warehouse says, apart from surrogate keys and clock times: two that say the same are the same."""

from typing import Any

from tests.pipeline import Pipeline

FACTS = """
SELECT
    sale.order_id, sale.line_no, sale.sale_timestamp, sale.quantity, sale.unit_price, sale.discount_rate,
    sale.net_amount, sale.currency, sale.country, sale.carbon_savings_kg, sale.source_row, run.object_name,
    product.product_id, product.valid_from AS product_from,
    customer.customer_id, customer.valid_from AS customer_from
FROM eco.fact_sales AS sale
JOIN eco.pipeline_run AS run USING (run_id)
JOIN eco.dim_product AS product USING (product_key)
LEFT JOIN eco.dim_customer AS customer USING (customer_key)
ORDER BY sale.order_id, sale.line_no, sale.sale_timestamp
"""
PRODUCTS = """
SELECT
    product_id, valid_from, valid_to, is_current, is_inferred, is_deleted,
    product_name, list_price, product_kg, baseline_kg
FROM eco.dim_product
WHERE valid_from < valid_to
ORDER BY product_id, valid_from
"""
CUSTOMERS = """
SELECT customer_id, valid_from, valid_to, is_current, is_inferred, is_deleted, loyalty_tier
FROM eco.dim_customer
WHERE valid_from < valid_to
ORDER BY customer_id, valid_from
"""


def of(pipeline: Pipeline) -> dict[str, list[dict[str, Any]]]:
    """Facts and dimensions by their natural keys."""
    return {
        "facts": pipeline.rows(FACTS),
        "products": pipeline.rows(PRODUCTS),
        "customers": pipeline.rows(CUSTOMERS),
    }


def facts(pipeline: Pipeline, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of the facts, in the order of their identity."""
    return [tuple(row[column] for column in columns) for row in pipeline.rows(FACTS)]


def quality(pipeline: Pipeline) -> list[tuple[str, int]]:
    """Kind and row of what the quality log holds."""
    rows = pipeline.rows("SELECT kind, source_row FROM eco.quality_log ORDER BY run_id, source_row, kind")
    return [(row["kind"], row["source_row"]) for row in rows]
