"""A little of everything: a history of uploads that leaves every kind of row in the warehouse."""

from functions.events import ObjectEvent
from tests.pipeline import Pipeline
from tests.warehouse.files import (
    CUSTOMERS_HEADER,
    SALES_HEADER,
    customer,
    customers,
    product,
    products,
    retail,
    retail_line,
    sale,
    sales,
)

AT = "2026-01-10T10:00:00Z"
DAY = "2026-01-11"
USUAL = [sale("A1", line, AT, "P1", "C1", quantity=line % 3 + 1) for line in range(1, 21)]
ANOMALOUS = sale("A2", 1, AT, "P1", "C1", price="1000000")
BROKEN = sale("A3", 1, "no time", "P1", "C1")
VOIDS = f"{SALES_HEADER},operation\nA1,1,{AT},,,,,,,,void\nA9,1,{AT},,,,,,,,void\n"
FILES = {
    "sales/1.csv": sales(*USUAL, ANOMALOUS, BROKEN, sale("A4", 1, "2026-02-03", "P2", "C2")),
    "products/1.csv": products(product("P1", "2026-01-01"), product("P2", "2026-02-01", footprint="0.5")),
    "customers/1.csv": customers(customer("C1", "2026-01-05"), customer("C2", "2026-01-01"), customer("C3", DAY)),
    "sales/online-retail/1.csv": retail(retail_line("R1", "P1", day=DAY), retail_line("R1", "P9", day=DAY)),
    "sales/2.csv": sales(sale("A1", 2, AT, "P1", "C1", quantity=9), USUAL[2]),
    "sales/3.csv": VOIDS,
    "sales/online-retail/2.csv": retail(retail_line("R1", "P9", day=DAY), retail_line("R1", "P3", 1, day=DAY)),
    "products/2.csv": products(product("P1", "2026-01-09", baseline="4"), product("P1", "2026-01-01", price="11")),
    "customers/2.csv": f"{CUSTOMERS_HEADER},operation\nC1,2026-01-20,,,,,delete\nC7,2026-01-20,,,,,delete\n",
    "customers/snapshot/3.csv": customers(customer("C1", "2026-01-25", "silver"), customer("C2", "2026-01-01")),
    "sales/4.csv": "order,what\n1,2\n",
    "sales/5.csv": sales(sale("A5", 1, "2025-03-01", "P1", "C5"), sale("A5", 2, "2025-03-31T23:59:59Z", "P8")),
}


def uploaded(pipeline: Pipeline) -> list[ObjectEvent]:
    """Every file, in the raw bucket; nothing is delivered yet."""
    return [pipeline.upload(name, content) for name, content in FILES.items()]


def processed(pipeline: Pipeline) -> list[ObjectEvent]:
    """Every file delivered, one time with another before it, so that some arrive late."""
    uploads = uploaded(pipeline)
    pipeline.process(*uploads[4::-1], *uploads[5:], uploads[0])
    return uploads
