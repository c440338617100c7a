"""The shop's sales: demand over the year, orders, their lines, returns and anomalies."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from local.shop.customers import COUNTRIES
from local.shop.draws import choose, pick_present
from local.shop.products import CURRENCY

YEARLY_GROWTH = 0.25
WEEKDAY_DEMAND = np.array([1.05, 0.95, 0.95, 1.00, 1.05, 0.85, 1.15])  # Monday to Sunday
# Orders by hour of the day, midnight first.
HOURS = dict(enumerate([1, 0, 0, 0, 0, 1, 2, 4, 6, 7, 8, 8, 9, 8, 7, 7, 7, 8, 9, 11, 12, 10, 6, 3]))
LINES_PER_ORDER = {1: 0.28, 2: 0.27, 3: 0.20, 4: 0.12, 5: 0.08, 6: 0.05}
BULK_FACTORS = {1: 0.3, 2: 0.3, 4: 0.2, 6: 0.15, 10: 0.05}
BULK_BELOW_PRICE = 30.0
ANOMALIES = pd.DataFrame(
    {"price": [100.0, 1.0, 0.01, 1.0], "quantity": [1, 500, 1, -500]},
    index=["price_x100", "quantity_x500", "price_div100", "return_x500"],
)
COLUMNS = [
    *["order_id", "line_no", "sale_timestamp", "product_id", "customer_id"],
    *["quantity", "unit_price", "discount_rate", "currency", "country"],
]


def daily_demand(days: pd.DatetimeIndex) -> NDArray[np.float64]:
    """How much is sold on each day, relative to the others: growth, weekday, season and holidays."""
    growth = 1 + YEARLY_GROWTH * np.arange(len(days)) / len(days)
    season = 1 - 0.12 * np.cos(2 * np.pi * (days.day_of_year.to_numpy() - 205) / 365)  # least in late July
    weekday = WEEKDAY_DEMAND[days.day_of_week.to_numpy()]
    return np.asarray(growth * season * weekday * _holidays(days), dtype=np.float64)


def is_black_friday(days: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """The day after the fourth Thursday of November."""
    return np.asarray((days.month == 11) & (days.day_of_week == 4) & (days.day >= 23) & (days.day <= 29))


def _holidays(days: pd.DatetimeIndex) -> NDArray[np.float64]:
    month, day = days.month.to_numpy(), days.day.to_numpy()
    cyber_weekend = np.convolve(is_black_friday(days), np.ones(4))[: len(days)] > 0  # Friday to Monday
    factor = np.ones(len(days))
    factor[(month == 12) & (day <= 20)] = 1.7
    factor[(month == 1) & (day <= 10)] = 1.2
    factor[cyber_weekend] = 3.2
    factor[(month == 12) & (day == 25)] = 0.0  # closed
    return factor


def make_orders(
    rng: np.random.Generator, days: pd.DatetimeIndex, members: pd.DataFrame, count: int, guest_share: float
) -> pd.DataFrame:
    """Orders in order of time: who ordered, when, and at what discount. Guests have no customer_id."""
    ordered_at = _order_times(rng, days, count)
    member = members.iloc[pick_present(rng, pd.DatetimeIndex(members.joined_on), ordered_at, skew=1.2)]
    orders = member[["customer_id", "segment", "country"]].reset_index(drop=True)
    guest = rng.random(count) < guest_share
    orders = orders.assign(
        order_id="W" + pd.Series(np.arange(100_001, 100_001 + count)).astype(str),
        ordered_at=ordered_at,
        customer_id=orders.customer_id.mask(guest),
        segment=orders.segment.mask(guest, "household"),
        country=orders.country.mask(guest, pd.Series(choose(rng, COUNTRIES, count))),
    )
    return orders.assign(discount_rate=_discounts(rng, orders))


def _order_times(rng: np.random.Generator, days: pd.DatetimeIndex, count: int) -> pd.DatetimeIndex:
    demand = daily_demand(days)
    day = np.repeat(np.arange(len(days)), rng.multinomial(count, demand / demand.sum()))
    seconds = day * 86_400 + choose(rng, HOURS, count) * 3_600 + rng.integers(0, 3_600, count)
    return (days[0] + pd.to_timedelta(np.sort(seconds), unit="s")).as_unit("us")


def _discounts(rng: np.random.Generator, orders: pd.DataFrame) -> NDArray[np.float64]:
    """A sale on Black Friday and one in January; else businesses have a rate and some have a voucher."""
    day = pd.DatetimeIndex(orders.ordered_at).normalize()
    voucher = np.where(rng.random(len(orders)) < 0.08, 0.10, 0.0)
    usual = np.where(orders.segment == "business", 0.05, voucher)
    return np.select([is_black_friday(day), (day.month == 1) & (day.day <= 10)], [0.20, 0.15], usual)


def make_lines(rng: np.random.Generator, orders: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The lines of the orders, each at the list price that was valid at its time."""
    count = choose(rng, LINES_PER_ORDER, len(orders))
    lines = orders.loc[orders.index.repeat(count)].reset_index(drop=True)
    launched = products.drop_duplicates("product_id")
    ordered_at = pd.DatetimeIndex(lines.ordered_at)
    chosen = pick_present(rng, pd.DatetimeIndex(launched.valid_from), ordered_at, skew=1.5)
    lines = lines.assign(
        line_no=lines.groupby("order_id").cumcount() + 1,
        sale_timestamp=lines.ordered_at,
        product_id=launched.product_id.to_numpy()[chosen],
        currency=CURRENCY,
    )
    lines["unit_price"] = _price_then(lines, products)
    return lines.assign(quantity=_quantities(rng, lines))[COLUMNS]


def _price_then(lines: pd.DataFrame, products: pd.DataFrame) -> pd.Series[float]:
    prices = products[["product_id", "valid_from", "list_price"]]
    priced = pd.merge_asof(lines, prices, left_on="sale_timestamp", right_on="valid_from", by="product_id")
    return priced.list_price


def _quantities(rng: np.random.Generator, lines: pd.DataFrame) -> NDArray[np.int64]:
    """One to a few of a thing; businesses and schools take more of what is cheap."""
    few = 1 + rng.poisson(0.5, len(lines))
    in_bulk = (lines.segment != "household") & (lines.unit_price < BULK_BELOW_PRICE)
    return np.where(in_bulk, few * choose(rng, BULK_FACTORS, len(lines)), few)


def make_returns(rng: np.random.Generator, lines: pd.DataFrame, share: float) -> pd.DataFrame:
    """Lines of negative quantity: what comes back after days or weeks, in part or whole."""
    returned = lines.sample(frac=share, random_state=rng)
    seconds = rng.integers(3 * 86_400, 28 * 86_400, len(returned))
    return returned.assign(
        order_id=returned.order_id + "-R",
        sale_timestamp=returned.sale_timestamp + pd.to_timedelta(seconds, unit="s"),
        quantity=-rng.integers(1, returned.quantity, endpoint=True),
    )


def mark_anomalies(rng: np.random.Generator, sales: pd.DataFrame, count: int) -> pd.DataFrame:
    """Spoil `count` of the sales, and say in a column `anomaly` how."""
    spoilt = rng.choice(np.flatnonzero(sales.quantity > 0), count, replace=False)
    kind = np.resize(ANOMALIES.index.to_numpy(), count)
    factors = ANOMALIES.loc[kind]
    sales = sales.assign(anomaly="")
    sales.loc[spoilt, "anomaly"] = kind
    sales.loc[spoilt, "unit_price"] = (sales.unit_price[spoilt] * factors.price.to_numpy()).round(2)
    sales.loc[spoilt, "quantity"] = sales.quantity[spoilt] * factors.quantity.to_numpy()
    return sales
