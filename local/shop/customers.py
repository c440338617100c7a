"""The shop's customers, and how their loyalty tiers change over the year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from local.shop.draws import choose

COUNTRIES = {"United Kingdom": 0.82, "Ireland": 0.07, "Germany": 0.05, "France": 0.03, "Netherlands": 0.03}
SEGMENTS = {"household": 0.84, "business": 0.12, "school": 0.04}
TIERS = np.array(["none", "bronze", "silver", "gold"])
TIERS_BEFORE = {0: 0.55, 1: 0.27, 2: 0.13, 3: 0.05}  # of those who joined before the year
ORDERS_FOR_NEXT_TIER = [6, 18, 40]  # orders within the year
COLUMNS = ["customer_id", "valid_from", "loyalty_tier", "segment", "country", "joined_on"]


def new_customers(rng: np.random.Generator, days: pd.DatetimeIndex, count: int) -> pd.DataFrame:
    """Customers as they joined, in order of joining; about half did so before the year."""
    before = -rng.integers(1, 900, count)
    joined = np.sort(np.where(rng.random(count) < 0.55, before, rng.integers(0, len(days), count)))
    joined[0] = -900  # whoever orders first needs a customer who is there already
    tier = np.where(joined < 0, choose(rng, TIERS_BEFORE, count), 0)
    return pd.DataFrame(
        {
            "customer_id": "C-" + pd.Series(np.arange(10_001, 10_001 + count)).astype(str),
            "joined_on": days[0] + pd.to_timedelta(joined, unit="D"),
            "segment": choose(rng, SEGMENTS, count),
            "country": choose(rng, COUNTRIES, count),
            "tier": tier,
        }
    )


def customer_versions(members: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Customers, a row for each change, by `valid_from`: a tier rises the day after enough orders."""
    joined = members.assign(valid_from=members.joined_on)
    ordered = orders.dropna(subset="customer_id")[["customer_id", "ordered_at"]]
    ordered = ordered.assign(nth=ordered.groupby("customer_id").cumcount() + 1)
    risen = ordered[ordered.nth.isin(ORDERS_FOR_NEXT_TIER)].merge(members, on="customer_id")
    risen["tier"] += np.searchsorted(ORDERS_FOR_NEXT_TIER, risen.nth, side="right")
    risen["valid_from"] = risen.ordered_at.dt.normalize() + pd.Timedelta(days=1)
    risen = risen[risen.tier < len(TIERS)].drop_duplicates(["customer_id", "valid_from"], keep="last")
    versions = pd.concat([joined, risen]).sort_values(["valid_from", "customer_id"], ignore_index=True)
    versions["loyalty_tier"] = TIERS[versions.tier.to_numpy()]
    versions["joined_on"] = versions.joined_on.dt.strftime("%Y-%m-%d")
    return versions[COLUMNS]
