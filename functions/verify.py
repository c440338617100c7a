"""Verify: checks on a live warehouse that what must never break holds, and tells two warehouses apart by content.

Each check is a query in sql/verify: how many things it looked at, how many of them are wrong, and where one is (an id,
never what a row says).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from functions.warehouse import Transaction, Warehouse

PROPERTIES = {
    "P1": "accounting: what was read is loaded, unchanged, superseded, rejected or held",
    "P2": "exactly once: a row of a file stands in one place, whatever was delivered how often",
    "P3": "any order: what stands is the newest delivery, and history is what the files stated",
    "P4": "as it was: each sale points at the versions valid at its time, and its carbon follows",
    "P5": "history: versions of a key neither overlap nor leave a gap, and exactly one is current",
    "P6": "nothing lost: what came in is there, and every failure has its reason",
    "P7": "all or nothing: a SUCCESS has all its parts, and nothing stands without its part",
    "P8": "partitions: whole months, and no sale outside of them",
}


@dataclass(frozen=True)
class Check:
    """One query of a property: the name of its file, what holds where it finds nothing, and what to do if it does."""

    name: str
    says: str
    hint: str

    @property
    def property(self) -> str:
        """The property that it belongs to, for example P1."""
        return self.name.split("_")[0].upper()


@dataclass(frozen=True)
class Finding:
    """What a check found: how many things it looked at, how many are wrong, and where one of them is."""

    check: Check
    checked: int
    violated: int
    example: str | None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.violated == 0


COUNTS = "Compare eco.pipeline_run, eco.pipeline_part and eco.quality_log of that run."
REBUILD = "Somebody wrote past the functions, or one has a fault: `rebuild` makes all anew and shows what differs."
ROLL_UP = "As eco_owner: SELECT eco.roll_up_sales(ARRAY['<day>'::date]) writes the sums of a day anew."

CHECKS = (
    Check("p1_runs_add_up", "finished runs add up", COUNTS),
    Check("p1_runs_are_the_sum_of_their_parts", "a run counts what its parts count", COUNTS),
    Check("p1_log_holds_what_was_counted", "rejected and held rows are in the quality log", COUNTS),
    Check("p2_rows_stand_once", "no row of a file stands twice", REBUILD),
    Check("p2_parts_are_in_once", "parts count from 0, each once", REBUILD),
    Check("p3_voids_hold", "no line stands that was voided", REBUILD),
    Check("p3_orders_stay_whole", "no line is older than its order stated whole", REBUILD),
    Check("p3_products_follow_from_changes", "products are what the files stated", REBUILD),
    Check("p3_customers_follow_from_changes", "customers are what the files stated", REBUILD),
    Check("p4_sales_know_their_product", "sales point at the product as it was", REBUILD),
    Check("p4_sales_know_their_customer", "sales point at the customer as it was", REBUILD),
    Check("p4_carbon_follows", "carbon savings follow from the product", REBUILD),
    Check("p4_daily_sums_follow", "sums by day are those of the sales", ROLL_UP),
    Check("p4_daily_product_sums_follow", "sums by day and product are those of the sales", ROLL_UP),
    Check("p4_monthly_product_sums_follow", "sums by month and product are those of the days", ROLL_UP),
    Check(
        "p4_monthly_country_sums_follow",
        "sums by month and country, where there are some, are those of the sales",
        "As eco_owner: SELECT eco.sum_month_by_country('<first day>'::date) writes the sums of a month anew.",
    ),
    Check("p5_product_histories", "products have one unbroken history", REBUILD),
    Check("p5_customer_histories", "customers have one unbroken history", REBUILD),
    Check("p6_rows_are_conserved", "each row that was loaded is there, archived or logged", REBUILD),
    Check("p6_failures_have_a_reason", "failed runs say why", "The logs of the functions tell of that run."),
    Check("p7_success_has_all_parts", "successful runs have all their parts", REBUILD),
    Check("p7_rows_came_with_a_part", "no run has more rows than its parts brought", REBUILD),
    Check(
        "p8_default_partition_is_empty", "no sale lies in the default partition", "`maintain` moves it to its month."
    ),
    Check("p8_partitions_are_months", "partitions are whole months that are not archived", REBUILD),
    Check("p8_days_are_known", "dim_date has every day of a sale", "Insert the days of that month into eco.dim_date."),
)

CONTENT = ("fact_sales", "dim_product", "dim_customer", "dimension_change", "sale_tombstone", "quality_log")


def verify(warehouse: Warehouse) -> Iterator[Finding]:
    """Run every check on one state of the warehouse, as a role that reads; loads may go on meanwhile.

    Whoever archives a month waits for it, and so does a load that needs a partition for a new month.
    """
    with unchanging(warehouse) as transaction:
        for check in CHECKS:
            found = transaction.run(f"verify/{check.name}").one()
            yield Finding(check, found.checked, found.violated, found.example)


def checksums(warehouse: Warehouse, with_generations: bool = True) -> dict[str, tuple[int, str]]:
    """Rows and checksum of each table's content, apart from surrogate keys and clock times.

    Two warehouses that say the same have the same: the order of rows does not matter. Each bucket counts generations
    in its own way, so warehouses that are filled from different buckets are compared without.
    """
    with unchanging(warehouse) as transaction:
        return content(transaction, with_generations)


def content(transaction: Transaction, with_generations: bool = True) -> dict[str, tuple[int, str]]:
    """The same, as one transaction sees it."""
    found = {
        table: transaction.run(f"verify/content_{table}", with_generations=with_generations).one() for table in CONTENT
    }
    return {table: (row.row_count, row.checksum) for table, row in found.items()}


@contextmanager
def unchanging(warehouse: Warehouse) -> Iterator[Transaction]:
    """A transaction that reads one state of the warehouse, whatever is loaded meanwhile.

    Said by the transaction itself: what SQLAlchemy sets is the session's, which the pooler hands to somebody else.
    """
    with warehouse.transaction() as transaction:
        transaction.run("verify/snapshot")
        transaction.run("verify/hold_sales")
        transaction.run("verify/in_utc")
        yield transaction
