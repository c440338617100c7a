"""The real sales of a shop for a year, through the bucket: nothing lost, nothing twice, whatever happens."""

import csv
import os
import random
import signal
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.running_stack import RunningStack, started

PREFIX = "sales/online-retail/"
MONTHS = [f"2010_{12}", *(f"2011_{month:02}" for month in range(1, 13))]
FACTS = """
SELECT count(*) AS lines, sum(sale.quantity * sale.unit_price) AS amount,
    sum(hashtextextended(concat_ws('|', sale.order_id, sale.line_no, sale.sale_timestamp, product.product_id,
        customer.customer_id, sale.quantity, sale.unit_price, sale.net_amount, sale.currency, sale.country,
        sale.source_row, run.object_name), 0)::numeric) AS checksum
FROM eco.fact_sales AS sale
JOIN eco.pipeline_run AS run USING (run_id)
JOIN eco.dim_product AS product USING (product_key)
LEFT JOIN eco.dim_customer AS customer USING (customer_key)
"""
HELD = """
SELECT count(*) AS lines,
    sum((row ->> 'quantity')::numeric * (row ->> 'unit_price')::numeric) AS amount
FROM eco.quality_log
"""
# Two orders of 74,215 and 80,995 pieces and their cancellations minutes later: the data set's famous outliers, and its
# only lines of more than 12,540 pieces.
OUTLIERS = ["541431", "581483", "C541433", "C581484"]
OUTLIERS_HELD = """
SELECT row ->> 'order_id' AS order_id FROM eco.quality_log
WHERE kind = 'held' AND abs((row ->> 'quantity')::integer) > 12540 ORDER BY 1
"""


def expected(files: list[Path]) -> tuple[int, Decimal]:
    """Lines and quantity x price of the files, read with nothing but the standard library."""
    lines, amount = 0, Decimal(0)
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                lines += 1
                amount += Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
    return lines, amount


def uploaded(stack: RunningStack, files: list[Path]) -> list[dict[str, Any]]:
    """Upload the files as one batch and wait; every run has to succeed and add up."""
    started = time.monotonic()
    results = stack.upload(*files, prefix=PREFIX, timeout=900)
    seconds = time.monotonic() - started
    rows = sum(result["rows_read"] for result in results)
    print(f"\n{len(files)} files, {rows:,} rows in {seconds:.1f} s: {rows / seconds:,.0f} rows/s")  # noqa: T201 # a figure
    assert [result["status"] for result in results] == ["SUCCESS"] * len(files)
    outcomes = ("loaded", "unchanged", "superseded", "rejected", "held")
    for result in results:
        assert result["rows_read"] == sum(result[f"rows_{name}"] for name in outcomes)
    return results


def loaded(stack: RunningStack) -> dict[str, Any]:
    return stack.rows(FACTS)[0]


@pytest.mark.timeout(1200)
def test_a_year_of_sales_survives_kills_repetition_and_disorder(
    online_retail: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, amount = expected(online_retail)
    with capsys.disabled(), started(tmp_path / "in_order") as stack:
        first = uploaded(stack, online_retail)
        assert sum(result["rows_read"] for result in first) == lines == 541_909

        # Every row is in the facts or in the quality log, to the cent, each month in its own partition.
        facts, held = loaded(stack), stack.rows(HELD)[0]
        assert facts["lines"] + held["lines"] == lines
        assert facts["amount"] + held["amount"] == amount
        assert [row["order_id"] for row in stack.rows(OUTLIERS_HELD)] == OUTLIERS
        assert months(stack) == MONTHS
        assert stack.rows("SELECT count(*) AS lines FROM eco.fact_sales_default") == [{"lines": 0}]

        # The same files again: the same facts.
        again = uploaded(stack, online_retail)
        assert sum(result["rows_unchanged"] for result in again) == facts["lines"]
        assert loaded(stack) == facts

    # In another order into an empty warehouse, the load function killed in the middle: the same facts.
    with capsys.disabled(), started(tmp_path / "disordered") as stack:
        killer = threading.Thread(target=kill_load_in_the_middle, args=(stack, len(online_retail)))
        killer.start()
        uploaded(stack, random.Random(2026).sample(online_retail, len(online_retail)))
        killer.join()
        assert stack.command_line.record()["processes"]["load"]["restarts"] >= 1
        assert loaded(stack) == facts
        assert stack.rows(HELD)[0] == held


def months(stack: RunningStack) -> list[str]:
    """The months that hold sales, read from the partitions themselves."""
    rows = stack.rows("SELECT DISTINCT tableoid::regclass::text AS name FROM eco.fact_sales ORDER BY 1")
    return [row["name"].removeprefix("eco.fact_sales_") for row in rows]


def kill_load_in_the_middle(stack: RunningStack, files: int) -> None:
    """Kill the load function with all its workers once a third of the runs have ended."""
    ended = "SELECT count(*) AS runs FROM eco.pipeline_run WHERE status = 'SUCCESS'"
    while stack.rows(ended)[0]["runs"] < files / 3:
        time.sleep(0.2)
    process = psutil.Process(stack.command_line.record()["processes"]["load"]["pid"])
    for victim in [process, *process.children(recursive=True)]:
        os.kill(victim.pid, signal.SIGKILL)
