"""What is loaded teaches what is usual; the model that scored a part is known, and scores it again in a rebuild."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from functions import contract, verify
from functions.model import ModelError
from functions.rebuild import rebuild
from functions.tick import Result
from functions.warehouse import connect
from tests.pipeline import Pipeline
from tests.running_stack import RunningStack
from tests.warehouse.files import product, products, sale, sales
from tests.warehouse.reviewing import counts, decide_and_load, processed

LINES = 600


@pytest.fixture
def shop(pipeline: Pipeline) -> Pipeline:
    """A shop that sold P1 at 10 and P2 at 25, often enough to learn from, and trains whenever it is told to."""
    pipeline.changes["train_after_hours"] = 0
    pipeline.process(pipeline.upload("sales/history.csv", history("H", {"P1": "10", "P2": "25"})))
    return pipeline


def history(order: str, prices: dict[str, str]) -> str:
    names = list(prices)
    return sales(
        *(
            sale(order, line, product=(name := names[line % len(names)]), price=prices[name], quantity=line % 5 + 1)
            for line in range(1, LINES + 1)
        )
    )


def train(pipeline: Pipeline) -> Result:
    [trained] = [result for result in pipeline.maintain() if result.task == "train"]
    return trained


def versions(pipeline: Pipeline, name: str) -> list[str]:
    query = """
        SELECT DISTINCT part.model_version
        FROM eco.pipeline_part AS part INNER JOIN eco.pipeline_run AS run USING (run_id) WHERE object_name = :name
    """
    return [row["model_version"] for row in pipeline.rows(query, name=name)]


def anomalies(pipeline: Pipeline, kind: str = "held") -> list[tuple[str, str]]:
    query = """
        SELECT row ->> 'order_id' AS order_id, reason FROM eco.quality_log WHERE kind = :kind ORDER BY 1, source_row
    """
    return [(row["order_id"], row["reason"]) for row in pipeline.rows(query, kind=kind)]


def models(pipeline: Pipeline) -> list[str]:
    return [blob.name for blob in pipeline.client.list_blobs(bucket(pipeline))]


def test_one_sale_is_judged_by_all_that_was_sold_before(shop: Pipeline) -> None:
    trained = train(shop)
    assert (trained.outcome, trained.target) == ("trained", "anomaly model")
    assert trained.detail.endswith("on 600 lines of 2 products")
    shop.process(shop.upload("sales/new.csv", sales(sale("A1", price="1000"), sale("A2", product="P2", price="24"))))
    slip = "unit price 1,000.00 is 100 times 10.00, a price of P1: did the decimal point slip?"
    assert anomalies(shop) == [("A1", slip)]
    [version] = versions(shop, "sales/new.csv")
    assert versions(shop, "sales/history.csv") == ["batch-2"]
    assert [name.endswith(f"-{version}.json.gz") for name in models(shop)] == [True]


def test_the_same_sales_give_the_same_model_and_held_ones_teach_nothing(shop: Pipeline) -> None:
    train(shop)
    shop.process(shop.upload("sales/new.csv", sales(*(sale("A1", line, price="1000") for line in range(1, 41)))))
    assert len(anomalies(shop)) == 40
    assert train(shop).outcome == "unchanged"
    assert len(models(shop)) == 1


def test_loaded_sales_teach_and_the_newest_model_is_used(shop: Pipeline) -> None:
    train(shop)
    shop.process(shop.upload("sales/more.csv", sales(*(sale("B1", line, price="14") for line in range(1, 30)))))
    assert train(shop).outcome == "trained"
    shop.process(shop.upload("sales/new.csv", sales(sale("A1", price="140"))))
    assert anomalies(shop) == [
        ("A1", "unit price 140.00 is 10 times 14.00, a price of P1: did the decimal point slip?")
    ]
    assert len(models(shop)) == 2


def test_what_a_person_released_is_usual_from_then_on(stack: RunningStack, shop: Pipeline) -> None:
    train(shop)
    dear, many = sale("A1", price="1000"), sale("A2", product="P2", quantity=500)
    first = processed(shop, "sales/1.csv", sales(dear, many, sale("A3", price="0.01")))
    assert [order for order, _ in anomalies(shop)] == ["A1", "A2", "A3"]
    assert train(shop).outcome == "unchanged"
    for row in (1, 2):
        decide_and_load(shop, first, row, "release")
    decide_and_load(shop, first, 3, "dismiss")
    assert train(shop).outcome == "trained"
    again = [dear.replace("A1", "B1"), many.replace("A2", "B2"), sale("B3", price="0.01")]
    second = processed(shop, "sales/2.csv", sales(*again, sale("B4", price="1100"), sale("B5", price="25000")))
    assert counts(shop, second) == {"loaded": 3, "held": 2}
    assert anomalies(shop)[3:] == [
        ("B3", "unit price 0.01 is 1/1,000 of the usual 10.00 for P1"),
        ("B5", "unit price 25,000.00 is 25 times the usual 1,000.00 for P1"),
    ]
    with Pipeline.made(stack.home, f"{shop.name}_new") as new:
        found = rebuild(shop.platforms["operator"], new.platforms["operator"].warehouse, lambda *_: None)
        assert (found.is_equal, found.notes) == (True, [])


@pytest.mark.parametrize("damage", [lambda good: good[:0], lambda good: good[:50], lambda good: good[::-1]])
def test_a_damaged_model_keeps_no_sale_waiting(shop: Pipeline, damage: Callable[[bytes], bytes]) -> None:
    train(shop)
    [(name, good)] = [(blob.name, blob.download_as_bytes()) for blob in shop.client.list_blobs(bucket(shop))]
    damaged = f"99990101T000000.000000Z-history-2-{'0' * 16}.json.gz"
    shop.client.bucket(bucket(shop)).blob(damaged).upload_from_string(damage(good))
    shop.process(shop.upload("sales/1.csv", sales(sale("A1", price="1000"), sale("A2"))))
    assert [order for order, _ in anomalies(shop)] == ["A1"]
    [version] = versions(shop, "sales/1.csv")
    assert version in name
    shop.client.bucket(bucket(shop)).blob(name).delete()
    shop.process(shop.upload("sales/2.csv", sales(sale("B1"))))
    assert versions(shop, "sales/2.csv") == ["batch-2"]


def bucket(pipeline: Pipeline) -> str:
    return f"{pipeline.name}-models"


def test_a_new_product_is_judged_by_its_category(shop: Pipeline) -> None:
    shop.process(shop.upload("products/1.csv", products(product("P1"), product("P2"), product("P3"))))
    train(shop)
    shop.process(shop.upload("sales/new.csv", sales(sale("A1", product="P3", price="30000"))))
    assert [reason.endswith("for things") for _, reason in anomalies(shop)] == [True]


def test_it_trains_neither_at_once_nor_at_every_tick(shop: Pipeline) -> None:
    shop.changes["train_after_hours"] = 1
    del shop.platforms
    assert [result for result in shop.maintain() if result.task == "train"] == []
    shop.changes["train_after_hours"] = 0
    del shop.platforms
    assert train(shop).outcome == "trained"
    shop.changes["train_after_hours"] = 1
    del shop.platforms
    assert [result for result in shop.maintain() if result.task == "train"] == []


def test_a_dry_run_trains_nothing(shop: Pipeline) -> None:
    [told] = [result for result in shop.maintain(dry_run=True) if result.task == "train"]
    assert (told.outcome, models(shop)) == ("would be trained", [])


def test_too_few_sales_leave_each_part_its_own_baseline(pipeline: Pipeline) -> None:
    pipeline.changes["train_after_hours"] = 0
    pipeline.process(pipeline.upload("sales/a.csv", sales(sale())))
    assert train(pipeline).outcome == "skipped"
    pipeline.process(pipeline.upload("sales/b.csv", sales(sale("A2"))))
    assert versions(pipeline, "sales/b.csv") == ["batch-2"]


def test_a_model_can_be_pinned(shop: Pipeline) -> None:
    train(shop)
    shop.changes["model_version"] = "batch-2"
    del shop.platforms
    shop.process(shop.upload("sales/new.csv", sales(sale("A1", price="1000"))))
    assert (anomalies(shop), versions(shop, "sales/new.csv")) == ([], ["batch-2"])
    shop.changes["model_version"] = "history-2-unknown"
    del shop.platforms
    with pytest.raises(ModelError, match="history-2-unknown is not in the bucket"):
        shop.process(shop.upload("sales/other.csv", sales(sale("A3"))))


def test_a_rebuild_after_two_trainings_is_equal(stack: RunningStack, shop: Pipeline) -> None:
    suspicious = sales(sale("A1", price="1000"), sale("A2", price="140"), sale("A3", price="75"))
    first = shop.upload("sales/1.csv", suspicious)
    shop.process(first)
    train(shop)
    shop.process(shop.upload("sales/2.csv", suspicious.replace("A", "B")))
    shop.process(shop.upload("sales/more.csv", history("M", {"P1": "14", "P2": "25"})))
    shop.process(shop.upload("sales/4.csv", suspicious.replace("A", "C")), first)
    train(shop)
    shop.process(shop.upload("sales/3.csv", suspicious.replace("A", "D")))
    assert [order for order, _ in anomalies(shop)] == ["B1", "B2", "B3", "C1", "C2", "C3", "D1", "D2"]
    with Pipeline.made(stack.home, f"{shop.name}_new") as new:
        found = rebuild(shop.platforms["operator"], new.platforms["operator"].warehouse, lambda *_: None)
        assert (found.is_equal, found.notes) == (True, [])
        assert anomalies(new) == anomalies(shop)
    assert len(models(shop)) == 2


def test_the_known_outliers_of_real_sales_are_held_with_and_without_history(
    pipeline: Pipeline, online_retail: list[Path]
) -> None:
    def held(prefix: str, day: str) -> list[str]:
        [path] = [path for path in online_retail if path.stem == day]
        upload = processed(pipeline, f"sales/online-retail/{prefix}{path.name}", path.read_text(encoding="utf-8-sig"))
        query = """
            SELECT row ->> 'order_id' AS order_id FROM eco.quality_log
            WHERE kind = 'held' AND run_id = :run_id AND abs((row ->> 'quantity')::integer) > 70000 ORDER BY source_row
        """
        return [row["order_id"] for row in pipeline.rows(query, run_id=upload.run_id)]

    pipeline.changes["train_after_hours"] = 0
    assert held("", "2011-01-18") == ["541431", "C541433"]
    assert train(pipeline).outcome == "trained"
    assert held("", "2011-12-09") == ["581483", "C581484"]
    assert held("again-", "2011-01-18") == ["541431", "C541433"]
    assert len(models(pipeline)) == 1


@pytest.fixture
def flagging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The contract of sales says that anomalies are flagged."""
    folder = tmp_path / "contracts"
    shutil.copytree(contract.FOLDER, folder)
    path = folder / "sales.yaml"
    policy = "physicalName: sales/*\n    customProperties: [{property: anomalies, value: flag}]\n"
    path.write_text(path.read_text().replace("physicalName: sales/*\n", policy))
    monkeypatch.setattr(contract, "FOLDER", folder)
    contract.contracts.cache_clear()
    yield
    contract.contracts.cache_clear()


@pytest.mark.usefixtures("flagging")
def test_a_contract_may_let_anomalies_flow_on_and_flag_them(stack: RunningStack, shop: Pipeline) -> None:
    train(shop)
    upload = shop.upload("sales/new.csv", sales(sale("A1", price="1000"), sale("A2"), sale("A3", quantity=500)))
    shop.process(upload, upload)
    run = shop.run(upload)
    assert (run["status"], run["rows_loaded"], run["rows_held"]) == ("SUCCESS", 3, 0)
    assert [order for order, _ in anomalies(shop, "flagged")] == ["A1", "A3"]
    query = "SELECT score, model_version, review_state FROM eco.quality_log WHERE kind = 'flagged'"
    for row in shop.rows(query):
        assert row["score"] > 0
        assert row["model_version"].startswith("history-2-")
        assert row["review_state"] is None
    assert [f.check.name for f in verify.verify(connect(shop.settings("eco_reader"))) if not f.holds] == []
    with Pipeline.made(stack.home, f"{shop.name}_new") as new:
        assert rebuild(shop.platforms["operator"], new.platforms["operator"].warehouse, lambda *_: None).is_equal
