"""The shop's products, and how their prices and materials change over the year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from functions.carbon import FACTOR_FILE

CATALOGUE = Path(__file__).with_name("catalogue.csv")
CURRENCY = "GBP"
MATERIAL_CHANGES = 6
DECLARED = ["declared_product_kg", "declared_baseline_kg"]
ATTRIBUTES = ["product_name", "category", "material", "material_origin", "unit_weight_kg", *DECLARED]
COLUMNS = ["product_id", "valid_from", *ATTRIBUTES, "list_price", "currency"]


def product_versions(rng: np.random.Generator, days: pd.DatetimeIndex, count: int) -> pd.DataFrame:
    """The first `count` products of the catalogue, a row for each change, in order of `valid_from`."""
    launched = _launch(rng, days, pd.read_csv(CATALOGUE).head(count))
    changes = pd.concat([_better_materials(rng, days, launched), _new_prices(rng, days, launched)])
    launch_day = changes.product_id.map(launched.set_index("product_id").valid_from)
    changes = changes[changes.valid_from > launch_day].drop_duplicates(["product_id", "valid_from"])
    versions = pd.concat([launched, changes]).sort_values(["valid_from", "product_id"], ignore_index=True)
    by_product = versions.groupby("product_id")
    prices = by_product.list_price.ffill() * by_product.price_factor.cumprod()
    versions[ATTRIBUTES] = by_product[ATTRIBUTES].ffill()
    return versions.assign(list_price=(prices * 20).round() / 20, currency=CURRENCY)[COLUMNS]


def _launch(rng: np.random.Generator, days: pd.DatetimeIndex, products: pd.DataFrame) -> pd.DataFrame:
    """When each product was first sold: most before the year, one in twelve within it."""
    before = -rng.integers(30, 700, len(products))
    within = rng.integers(20, len(days) - 60, len(products))
    day = np.where(rng.permutation(len(products)) % 12 == 5, within, before)
    return products.assign(valid_from=days[0] + pd.to_timedelta(day, unit="D"), price_factor=1.0)


def _better_materials(rng: np.random.Generator, days: pd.DatetimeIndex, products: pd.DataFrame) -> pd.DataFrame:
    """Some products of a primary material are made of the recycled one from some day on."""
    factors = pd.read_csv(FACTOR_FILE)
    recyclable = factors.material[factors.closed_loop_kg_co2e_per_tonne.notna()]
    improvable = products[
        (products.material_origin == "primary")
        & products.material.isin(recyclable)
        & products[DECLARED].isna().all(axis="columns")
    ]
    chosen = improvable.sample(min(MATERIAL_CHANGES, len(improvable)), random_state=rng)
    return chosen[["product_id"]].assign(
        valid_from=_any_day(rng, days, len(chosen)), price_factor=1.0, material_origin="recycled"
    )


def _new_prices(rng: np.random.Generator, days: pd.DatetimeIndex, products: pd.DataFrame) -> pd.DataFrame:
    """Most prices rise on the first of April; half change on some other day as well."""
    first_of_april = days[(days.month == 4) & (days.day == 1)][0]
    risen = products[["product_id"]].sample(frac=0.7, random_state=rng)
    risen = risen.assign(valid_from=first_of_april, price_factor=rng.uniform(1.02, 1.09, len(risen)))
    moved = products[["product_id"]].sample(frac=0.5, random_state=rng)
    moved = moved.assign(valid_from=_any_day(rng, days, len(moved)), price_factor=rng.uniform(0.88, 1.10, len(moved)))
    return pd.concat([risen, moved])


def _any_day(rng: np.random.Generator, days: pd.DatetimeIndex, count: int) -> pd.DatetimeIndex:
    return days[rng.integers(10, len(days), count)]
