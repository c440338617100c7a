"""Which sales are held by a model of what was usual before, and what is said of them."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from functions import anomaly, learn, model
from functions.learn import ProductLines, ReleasedValue
from functions.model import Model, ModelError

CATEGORIES = {"MUG": "kitchen", "NEW MUG": "kitchen", "LAMP": "light"}


def lines(product: str, counted: dict[tuple[float, int], int]) -> ProductLines:
    """A product's history: how many lines have each (price, quantity)."""
    prices, quantities = np.array(list(counted), dtype=float).T
    return ProductLines(product, prices, quantities, np.array(list(counted.values())))


def history() -> Iterable[ProductLines]:
    """A mug at a retail and a bulk price, a lamp at one price, and manual entries at any price."""
    generator = np.random.default_rng(1)
    free = {(float(price), 1): 1 for price in np.round(generator.lognormal(3, 1.5, 300), 2)}
    lamps = {(40.0, quantity): 30 for quantity in (1, 2, 3, 4)}
    mugs = {(2.55, quantity): 40 for quantity in (1, 2, 3, 4, 6, 12)} | {(1.25, 48): 20, (1.25, 96): 5}
    return [lines("LAMP", lamps), lines("M", free), lines("MUG", mugs)]


@pytest.fixture(scope="module")
def known() -> Model:
    return made(history())


def made(sales: Iterable[ProductLines], *released: ReleasedValue) -> Model:
    content = learn.learn(sales, CATEGORIES, released)
    assert content is not None
    return model.read(*model.make(content))


def reason(known: Model, product: str, price: float, quantity: float) -> str | None:
    sales = pd.DataFrame({"product_id": [product], "unit_price": [price], "quantity": [quantity]})
    found: str | None = anomaly.score(sales, known)["anomaly_reason"][0]
    return found


@pytest.mark.parametrize("price", [2.55, 1.25, 2.45, 3.5, 1.0, 0.6, 0.14])
def test_values_near_any_price_level_are_usual(known: Model, price: float) -> None:
    assert reason(known, "MUG", price, 6) is None


@pytest.mark.parametrize(
    ("price", "quantity", "why"),
    [
        (39.78, 6, "unit price 39.78 is 16 times the usual 2.55 for MUG"),
        (0.11, 6, "unit price 0.11 is 1/11 of the usual 1.25 for MUG"),
        (0.0011, 6, "unit price 0.0011 is 1/1,100 of the usual 1.25 for MUG"),
        (25.5, 6, "unit price 25.50 is 10 times 2.55, a price of MUG: did the decimal point slip?"),
        (0.0255, 1, "unit price 0.0255 is 1/100 of 2.55, a price of MUG: did the decimal point slip?"),
        (12.5, 6, "unit price 12.50 is 10 times 1.25, a price of MUG: did the decimal point slip?"),
        (
            12,
            3,
            "unit price 12.00 is no price of MUG but a quantity that it sells in, and quantity 3 is about its price "
            "2.55: were they swapped?",
        ),
        (2.55, 600, "quantity 600 is 6.2 times the 96 that is large for MUG, and a hundred times 6, which is usual"),
        (2.55, -600, "quantity 600 is 6.2 times the 96 that is large for MUG, and a hundred times 6, which is usual"),
        (2.55, 74_215, "quantity 74,215 is 770 times the 96 that is large for MUG"),
    ],
)
def test_a_held_sale_says_why(known: Model, price: float, quantity: float, why: str) -> None:
    assert reason(known, "MUG", price, quantity) == why


def test_a_free_price_is_held_only_far_out(known: Model) -> None:
    assert [reason(known, "M", price, 1) for price in (0.5, 200.0, 2000.0, 5000.0)] == [None] * 4
    assert str(reason(known, "M", 3e7, 1)).startswith("unit price 30,000,000.00 is 1,")


def test_what_was_released_is_usual(known: Model) -> None:
    values = [("MUG", 39.78, 6), ("MUG", 12, 3), ("MUG", 2.55, 600), ("M", 3e7, 1), ("STRANGER", 9e6, 5000)]
    taught = made(history(), *values)
    assert all(reason(known, *value) for value in values)
    assert [reason(taught, *value) for value in values] == [None] * len(values)
    assert reason(taught, "MUG", 399.78, 6) == "unit price 399.78 is 10 times the usual 39.78 for MUG"
    assert str(reason(taught, "MUG", 2.55, 60_000)).startswith("quantity 60,000 is 100 times the 600 that is large")
    assert reason(taught, "LAMP", 4000.0, 1) == reason(known, "LAMP", 4000.0, 1)


def test_a_quantity_out_of_all_proportion_is_held_whatever_the_forest_says(known: Model) -> None:
    isolates_none = replace(known, forest=replace(known.forest, limit=1.0))
    assert reason(isolates_none, "STRANGER", 2.0, 1000) is None
    assert str(reason(isolates_none, "STRANGER", 2.0, 80_995)).startswith("quantity 80,995 is ")


def test_a_bulk_order_that_is_no_hundredfold_is_not_held(known: Model) -> None:
    assert reason(known, "MUG", 1.25, 250) is None


def test_a_product_without_history_is_judged_by_its_category_and_else_by_all(known: Model) -> None:
    assert reason(known, "NEW MUG", 4.0, 6) is None
    assert str(reason(known, "NEW MUG", 90.0, 6)).endswith("for kitchen")
    assert reason(known, "STRANGER", 90.0, 6) is None
    assert str(reason(known, "STRANGER", 9e6, 6)).endswith("for all")


def test_nine_flat_values_then_one_a_hundred_times_larger_alarms(known: Model) -> None:
    new = pd.DataFrame({"product_id": "FRESH", "unit_price": [2.0] * 9 + [200.0], "quantity": 1})
    assert np.flatnonzero(anomaly.score(new, known)["anomaly_reason"].notna()).tolist() == [9]
    flat = made([*history(), lines("FLAT", {(2.0, 1): 9})])
    assert (
        reason(flat, "FLAT", 200.0, 1)
        == "unit price 200.00 is 100 times 2.00, a price of FLAT: did the decimal point slip?"
    )
    assert reason(flat, "FLAT", 220.0, 1) == "unit price 220.00 is 110 times the usual 2.00 for FLAT"


def test_zero_prices_and_quantities_are_no_reason(known: Model) -> None:
    assert reason(known, "MUG", 0.0, 6) is None
    assert reason(known, "MUG", 2.55, 0) is None


def test_every_held_row_has_a_score(known: Model) -> None:
    sales = pd.DataFrame({"product_id": "MUG", "unit_price": [12.0, 25.5, 2.55, 2.55], "quantity": [3, 6, 74_215, 600]})
    found = anomaly.score(sales, known)
    assert found["anomaly_reason"].notna().all()
    assert found["anomaly_score"].notna().all()


def test_no_rows_are_no_trouble(known: Model) -> None:
    nothing = pd.DataFrame({"product_id": pd.Series([], dtype=str), "unit_price": [], "quantity": []})
    assert len(anomaly.score(nothing, known)) == 0


def test_how_a_row_is_judged_does_not_depend_on_its_neighbours(known: Model) -> None:
    rows = pd.DataFrame(
        {"product_id": ["MUG", "M", "LAMP", "NEW MUG"], "unit_price": [25.5, 9.0, 400.0, 90.0], "quantity": 2}
    )
    together = anomaly.score(rows, known)
    for number in range(len(rows)):
        pd.testing.assert_frame_equal(anomaly.score(rows.iloc[[number]], known), together.iloc[[number]])


def test_the_version_follows_from_the_sales() -> None:
    [first, second] = (model.make(learn.learn(history(), CATEGORIES) or {}) for _ in range(2))
    assert first == second
    other = learn.learn([*history(), lines("X", {(1.0, 1): 9})], CATEGORIES)
    assert model.make(other or {})[0] != first[0]


def test_too_few_sales_make_no_model() -> None:
    assert learn.learn([lines("MUG", {(2.55, 1): learn.SMALLEST_HISTORY - 1})], {}) is None


def test_a_damaged_model_is_refused() -> None:
    content = learn.learn(history(), CATEGORIES) or {}
    with pytest.raises(ModelError, match="damaged"):
        model.read(model.make(content)[0], model.make({**content, "products": {}})[1])


def test_what_is_learnt_is_bounded_and_the_most_sold_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "PRODUCTS_KEPT", 3)
    monkeypatch.setattr(learn, "VALUES_KEPT", 2)
    many = [lines(f"P{number:02}", {(1.0, 1): number, (2.0, 1): 9, (3.0, 2): 20}) for number in range(1, 60)]
    content = learn.learn(many, {}) or {}
    assert list(content["products"]) == ["P59", "P58", "P57"]
    assert content["products"]["P59"]["prices"] == [1.0, 3.0]
