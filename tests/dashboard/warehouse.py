"""The database behind the page, asked in other words than the page asks it."""

from tests.running_stack import RunningStack


def sale_lines(stack: RunningStack) -> int:
    return int(stack.rows("SELECT count(*) AS lines FROM eco.fact_sales")[0]["lines"])


def net_amounts(stack: RunningStack) -> list[str]:
    """The net amount of each currency, as the page writes it."""
    rows = stack.rows("SELECT currency, sum(net_amount) AS net FROM eco.fact_sales GROUP BY 1 ORDER BY 1")
    return [f"{row['currency']} {row['net']:,.2f}" for row in rows]


def runs_with(stack: RunningStack, status: str) -> int:
    return len(stack.rows("SELECT run_id FROM eco.pipeline_run WHERE status = :status", status=status))


def rows_open(stack: RunningStack, kind: str) -> int:
    entries = stack.rows("SELECT review_state FROM eco.quality_log WHERE kind = :kind", kind=kind)
    return sum(entry["review_state"] == "open" for entry in entries)


def newest_runs(stack: RunningStack) -> list[tuple[str, str, int]]:
    """Object, status and rows read of the thirty newest runs, newest first."""
    rows = stack.rows("SELECT object_name, status, rows_read FROM eco.pipeline_run ORDER BY started_at DESC")
    return [(row["object_name"], row["status"], row["rows_read"] or 0) for row in rows[:30]]


def rows_read(stack: RunningStack) -> int:
    """By the successful ones among the thirty newest runs."""
    return sum(rows for _, status, rows in newest_runs(stack) if status == "SUCCESS")


def totals(stack: RunningStack, since: str, until: str, **having: str) -> dict[str, dict[str, object]]:
    """By currency, what was sold from a day until before another, of a country where one is given."""
    rows = stack.rows(
        """
        SELECT currency, count(*) AS lines, sum(quantity) AS units, sum(net_amount) AS net,
               sum(carbon_savings_kg) AS saved, count(carbon_savings_kg) AS known
        FROM eco.fact_sales
        WHERE sale_timestamp >= cast(:since AS timestamptz) AND sale_timestamp < cast(:until AS timestamptz)
          AND (cast(:country AS text) IS NULL OR country = :country)
        GROUP BY currency
        """,
        since=f"{since} 00:00+00",
        until=f"{until} 00:00+00",
        country=having.get("country"),
    )
    return {row["currency"]: row for row in rows}


def best_product(stack: RunningStack) -> tuple[str, int]:
    """The product with the largest net amount of all time, and its units."""
    [row] = stack.rows(
        """
        SELECT product_id, sum(quantity) AS units FROM eco.fact_sales JOIN eco.dim_product USING (product_key)
        GROUP BY product_id ORDER BY sum(net_amount) DESC LIMIT 1
        """
    )
    return row["product_id"], int(row["units"])
