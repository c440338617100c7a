"""Which sales are held while there is no history, and what is said of them."""

import numpy as np
import pandas as pd
import pyarrow as pa

from functions import anomaly_batch, score


def sales(prices: list[float], quantities: list[int] | None = None, product: str = "P1") -> pd.DataFrame:
    return pd.DataFrame(
        {"product_id": product, "unit_price": prices, "quantity": quantities or [1] * len(prices)},
    )


def held(found: pd.DataFrame) -> list[int]:
    return [int(row) for row in np.flatnonzero(found["anomaly_reason"].notna())]


def test_nine_flat_values_then_one_a_hundred_times_larger_alarms() -> None:
    found = anomaly_batch.score(sales([2.0] * 9 + [200.0]))
    assert held(found) == [9]
    assert found["anomaly_reason"][9] == "unit price 200.00 is 100 times the usual 2.00 for P1"


def test_a_price_a_hundred_times_smaller_is_as_far_off() -> None:
    found = anomaly_batch.score(sales([2.0] * 12 + [0.02]))
    assert found["anomaly_reason"][12] == "unit price 0.02 is 1/100 of the usual 2.00 for P1"


def test_a_quantity_out_of_all_proportion_is_held_for_sales_and_returns() -> None:
    found = anomaly_batch.score(sales([2.0] * 22, [1, 2] * 10 + [5000, -5000]))
    assert held(found) == [20, 21]


def test_ordinary_discounts_and_bulk_orders_are_not_held() -> None:
    found = anomaly_batch.score(
        sales([2.0, 2.1, 1.9, 1.5, 2.0, 1.0, 2.0, 4.0, 2.0, 2.0], [1, 2, 1, 1, 3, 1, 12, 1, 6, 1])
    )
    assert held(found) == []


def test_too_few_rows_to_compare_with_are_not_judged() -> None:
    found = anomaly_batch.score(sales([2.0] * 8))
    assert found["anomaly_score"].isna().all()
    assert held(found) == []


def test_a_rare_product_is_compared_with_all_others() -> None:
    both = pd.concat([sales([2.0, 3.0] * 10), sales([90_000.0], product="M")], ignore_index=True)
    found = anomaly_batch.score(both)
    assert held(found) == [20]
    assert str(found["anomaly_reason"][20]).endswith("for all")


def test_free_items_and_zero_quantities_are_no_reason() -> None:
    assert held(anomaly_batch.score(sales([2.0] * 20 + [0.0], [1] * 20 + [0]))) == []


def test_a_row_is_held_from_the_limit_on() -> None:
    below, above = (float(np.exp(sigmas * anomaly_batch.SMALLEST_SCALE["unit_price"])) for sigmas in (4.99, 5.01))
    assert held(anomaly_batch.score(sales([1.0] * 20 + [below]))) == []
    assert held(anomaly_batch.score(sales([1.0] * 20 + [above]))) == [20]
    assert held(anomaly_batch.score(sales([1.0] * 20 + [1 / below, 1 / above]))) == [21]


def test_where_price_and_quantity_are_far_the_price_is_told() -> None:
    found = anomaly_batch.score(sales([2.0] * 12 + [200.0], [1] * 12 + [5000]))
    assert found["anomaly_reason"][12] == "unit price 200.00 is 100 times the usual 2.00 for P1"
    assert np.isclose(found["anomaly_score"][12], np.log(100) / anomaly_batch.SMALLEST_SCALE["unit_price"])


def test_the_same_rows_are_always_judged_the_same() -> None:
    generator = np.random.default_rng(3)
    rows = sales(list(generator.lognormal(1, 1.2, 800)), list(generator.integers(1, 400, 800)))
    pd.testing.assert_frame_equal(anomaly_batch.score(rows), anomaly_batch.score(rows))


def test_a_part_keeps_all_its_rows_with_score_and_reason() -> None:
    table = pa.table(
        {
            "product_id": ["P1"] * 10,
            "unit_price": pa.array(["2"] * 9 + ["200"]).cast(pa.decimal128(18, 6)),
            "quantity": pa.array([1] * 10, pa.int64()),
        }
    )
    scored = score.scored(table, None)
    assert scored.num_rows == 10
    assert scored["anomaly_reason"].null_count == 9
