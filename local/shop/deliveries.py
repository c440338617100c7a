"""Which files the shop's systems deliver, and in which order: the usual ones, and those that go wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from local.shop import Shop
from local.shop.faults import CUSTOMER_FAULTS, PRODUCT_FAULTS, SALES_FAULTS, Fault

SALES_FORMATS = ["csv", "csv", "csv.gz", "csv", "json", "xlsx", "ndjson", "csv", "csv", "ndjson.gz"]
FAULTY_EVERY = 6  # one in so many sales files has broken rows
CORRECTED_EVERY = 20  # one in so many lines of the corrected file
LATE_PRODUCTS = 3
LATE_MONTH = "09"
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Delivery:
    """A file as the shop's system sends it. Column `label` of the table names what is wrong with a row."""

    sent_at: pd.Timestamp
    object_name: str
    table: pd.DataFrame
    faults: tuple[Fault, ...] = ()
    share_sent: float = 1.0  # of the file's bytes; the rest was lost on the way
    unreadable: str = ""  # why the file cannot be read; empty where it can


def deliveries(shop: Shop) -> list[Delivery]:
    """Every file, in order of upload."""
    sales = _sales(shop)
    everything = [*_products(shop), *_customers(shop), *sales, *_resent(sales), *_odd(shop)]
    return sorted(everything, key=lambda delivery: delivery.sent_at)


def _products(shop: Shop) -> list[Delivery]:
    """Products of the first day, changes of each quarter, and a few that come after their sales."""
    products = shop.products.assign(label="")
    opening, closing = _first_and_last_day(shop)
    late = products.product_id.isin(products.product_id.drop_duplicates().tail(LATE_PRODUCTS))
    first = products.valid_from < opening
    changes = products[~late & ~first]
    return [
        Delivery(opening, "products/products.csv", products[~late & first]),
        *[
            Delivery(_quarter_start(name), f"products/changes-{name}.json", table, PRODUCT_FAULTS)
            for name, table in changes.groupby(_quarter(changes.valid_from))
        ],
        Delivery(closing + 2 * DAY, "products/spring-range.csv", products[late]),
    ]


def _customers(shop: Shop) -> list[Delivery]:
    """The customers of the first day, and at the end of each quarter those who joined or changed."""
    customers = shop.customers.assign(label="")
    opening, _ = _first_and_last_day(shop)
    first = customers.valid_from < opening
    changes = customers[~first]
    return [
        Delivery(opening, "customers/customers.csv.gz", customers[first]),
        *[
            Delivery(table.valid_from.max() + DAY, f"customers/changes-{name}.ndjson", table, CUSTOMER_FAULTS)
            for name, table in changes.groupby(_quarter(changes.valid_from))
        ],
    ]


def _sales(shop: Shop) -> list[Delivery]:
    """The year's sales: one month as one file, the next one week by week, in the formats of several tills."""
    sales = shop.sales.rename(columns={"anomaly": "label"})
    month = sales.sale_timestamp.dt.strftime("%Y-%m")
    week = "-week-" + ((sales.sale_timestamp.dt.day - 1) // 7 + 1).astype(str)
    periods = sales.groupby(month + week.where(sales.sale_timestamp.dt.month % 2 == 0, ""))
    return [_sales_file(shop, place, name, table) for place, (name, table) in enumerate(periods)]


def _sales_file(shop: Shop, place: int, period: str, table: pd.DataFrame) -> Delivery:
    _, closing = _first_and_last_day(shop)
    sent_at = table.sale_timestamp.max() + DAY
    return Delivery(
        sent_at if period[5:] != LATE_MONTH else closing + 3 * DAY,
        f"sales/{period}.{SALES_FORMATS[place % len(SALES_FORMATS)]}",
        table.reset_index(drop=True),
        SALES_FAULTS if place % FAULTY_EVERY == 1 else (),
    )


def _resent(sales: list[Delivery]) -> list[Delivery]:
    """A file sent again under another name, one sent again corrected, and one cut off on its way."""
    copied, wrong, cut = sales[1], next(file for file in sales[6:] if file.faults), sales[-2]
    return [
        replace(copied, sent_at=copied.sent_at + 9 * DAY, object_name=_renamed(copied, "copy")),
        replace(
            wrong,
            sent_at=wrong.sent_at + 20 * DAY,
            object_name=_renamed(wrong, "corrected"),
            table=_corrected(wrong.table),
            faults=(),
        ),
        replace(
            cut,
            sent_at=cut.sent_at - DAY,
            object_name=cut.object_name.split(".")[0] + "-first-try.csv.gz",
            share_sent=0.5,
            unreadable="cut off on its way",
        ),
    ]


def _renamed(delivery: Delivery, suffix: str) -> str:
    name, extension = delivery.object_name.split(".", 1)
    return f"{name}-{suffix}.{extension}"


def _corrected(table: pd.DataFrame) -> pd.DataFrame:
    """The same lines, some of them with one unit more."""
    wrong = (np.arange(len(table)) % CORRECTED_EVERY == 0) & (table.label == "") & (table.quantity > 0)
    return table.assign(quantity=table.quantity + wrong)


def _odd(shop: Shop) -> list[Delivery]:
    """A day without sales, an export that wrote nothing, a report, and a file that no contract knows."""
    opening, closing = _first_and_last_day(shop)
    nothing = shop.sales.rename(columns={"anomaly": "label"}).head(0)
    report = shop.sales.groupby("product_id", as_index=False).quantity.sum().assign(label="")
    suppliers = pd.DataFrame({"supplier_id": ["S-1", "S-2"], "supplier_name": ["Glass Works", "Paper Mill"]})
    return [
        Delivery(_day(opening, "12-26"), "sales/closed-on-christmas-day.csv", nothing),
        Delivery(_day(opening, "01-05"), "sales/export-of-new-year.csv", nothing, share_sent=0, unreadable="empty"),
        Delivery(closing, "sales/units-by-product.csv", report, unreadable="not sales lines, but a report"),
        Delivery(opening, "suppliers/suppliers.csv", suppliers.assign(label=""), unreadable="no contract"),
    ]


def _first_and_last_day(shop: Shop) -> tuple[pd.Timestamp, pd.Timestamp]:
    times = shop.sales.sale_timestamp
    return times.min().normalize(), times.max().normalize()


def _day(opening: pd.Timestamp, month_and_day: str) -> pd.Timestamp:
    """That day within the year that begins with `opening`."""
    day = pd.Timestamp(f"{opening.year}-{month_and_day}", tz="UTC")
    return day if day >= opening else day + pd.DateOffset(years=1)


def _quarter(times: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    quarter: pd.Series[str] = times.dt.strftime("%Y-q") + times.dt.quarter.astype(str)
    return quarter


def _quarter_start(name: str) -> pd.Timestamp:
    return pd.Period(name.replace("-q", "Q"), "Q").start_time.tz_localize("UTC")
