"""A believable eco shop: products, customers and a year of sales, made from a seed.

Tables only: `local/shop/files.py` writes them as files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from local.shop.customers import customer_versions, new_customers
from local.shop.products import product_versions
from local.shop.sales import make_lines, make_orders, make_returns, mark_anomalies


@dataclass(frozen=True)
class ShopPlan:
    """How large a shop to make, and from which seed. Equal plans make equal shops."""

    seed: int = 2026
    end: date = date(2026, 6, 30)  # fixed, so that the demo is the same on every day it is run
    orders: int = 19_000
    products: int = 120
    customers: int = 800
    guest_share: float = 0.12
    return_share: float = 0.03
    anomalies: int = 48

    @property
    def days(self) -> pd.DatetimeIndex:
        """Every day of the twelve full months that are over when the day `end` is."""
        last_month = (pd.Timestamp(self.end) + pd.Timedelta(days=1)).to_period("M") - 1
        first_day, last_day = (last_month - 11).start_time, last_month.end_time.normalize()
        return pd.date_range(first_day, last_day, freq="D", tz="UTC").as_unit("us")


@dataclass(frozen=True)
class Shop:
    """The tables of a shop.

    `products` and `customers` hold a row for each change, in order of `valid_from`. `sales` holds a row for
    each line, in order of time; its column `anomaly` names what is wrong with the line, or is empty.
    """

    products: pd.DataFrame
    customers: pd.DataFrame
    sales: pd.DataFrame


def make_shop(plan: ShopPlan) -> Shop:
    """Make the shop of a plan."""
    rng = np.random.default_rng(plan.seed)
    products = product_versions(rng, plan.days, plan.products)
    members = new_customers(rng, plan.days, plan.customers)
    orders = make_orders(rng, plan.days, members, plan.orders, plan.guest_share)
    lines = make_lines(rng, orders, products)
    returns = make_returns(rng, lines, plan.return_share)
    sales = pd.concat([lines, returns[returns.sale_timestamp < plan.days[-1]]])
    sales = sales.sort_values(["sale_timestamp", "order_id", "line_no"], ignore_index=True)
    return Shop(products, customer_versions(members, orders), mark_anomalies(rng, sales, plan.anomalies))
