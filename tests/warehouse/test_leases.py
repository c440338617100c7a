"""An attempt whose lease has lapsed cannot overwrite the one that took over."""

import threading

import pytest

from functions import ledger
from functions.events import ObjectEvent
from functions.ledger import Lease, LeaseHeldError, LeaseLostError
from functions.warehouse import Warehouse
from tests.pipeline import Pipeline
from tests.warehouse.files import sale, sales


@pytest.fixture
def upload(pipeline: Pipeline) -> ObjectEvent:
    return pipeline.upload("sales/a.csv", sales(sale()))


@pytest.fixture
def warehouse(pipeline: Pipeline) -> Warehouse:
    return pipeline.platforms["validate"].warehouse


def taken(warehouse: Warehouse, upload: ObjectEvent, seconds: int) -> Lease:
    """The lease of an attempt that is killed: nobody gives it up."""
    lease = ledger.leased(warehouse, upload, seconds, 100).__enter__()
    assert lease is not None
    return lease


def test_of_two_attempts_at_once_exactly_one_validates(warehouse: Warehouse, upload: ObjectEvent) -> None:
    start, outcomes = threading.Barrier(2), list[str]()

    def attempt() -> None:
        start.wait()
        try:
            taken(warehouse, upload, 60)
            outcomes.append("won")
        except LeaseHeldError:
            outcomes.append("was told to come again")

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["was told to come again", "won"]


def test_a_late_owner_can_neither_go_on_nor_finish_nor_fail_the_run(
    pipeline: Pipeline, warehouse: Warehouse, upload: ObjectEvent
) -> None:
    late = taken(warehouse, upload, 0)
    newer = taken(warehouse, upload, 60)
    with pytest.raises(LeaseLostError), warehouse.transaction() as transaction:
        ledger.renew(transaction, late)
    with pytest.raises(LeaseLostError), warehouse.transaction() as transaction:
        ledger.validated(transaction, late, 0, 0, 0, None)
    ledger.fail(warehouse, upload.run_id, "validate", "the late one thinks so", late.owner)
    run = pipeline.run(upload)
    assert (run["status"], run["owner"], run["attempts"]) == ("RUNNING", newer.owner, 2)


def test_who_fails_gives_the_lease_up_at_once_and_who_is_killed_lets_it_lapse(
    pipeline: Pipeline, warehouse: Warehouse, upload: ObjectEvent
) -> None:
    with pytest.raises(OSError, match="storage"), ledger.leased(warehouse, upload, 60, 100):
        raise OSError("storage is down")
    killed = taken(warehouse, upload, 60)
    with pytest.raises(LeaseHeldError):
        pipeline.deliver("validate", upload)
    with warehouse.transaction() as transaction:
        ledger.renew(transaction, Lease(killed.run_id, killed.owner, 0, 100))
    pipeline.process(upload)
    assert pipeline.run(upload)["status"] == "SUCCESS"


def test_every_attempt_cuts_the_file_at_the_same_places(pipeline: Pipeline, warehouse: Warehouse) -> None:
    upload = pipeline.upload("sales/a.csv", sales(*(sale(line=number) for number in range(1, 8))))
    ledger.leased(warehouse, upload, 0, 3).__enter__()
    pipeline.process(upload)
    assert pipeline.run(upload)["parts_total"] == 3


def test_an_attempt_under_another_version_of_the_contract_is_refused(
    pipeline: Pipeline, warehouse: Warehouse, upload: ObjectEvent
) -> None:
    taken(warehouse, upload, 0)
    pipeline.rows(
        "UPDATE eco.pipeline_run SET source = 'sales', contract_version = '0.9.0' WHERE run_id = :run_id",
        "eco_validator",
        run_id=upload.run_id,
    )
    pipeline.deliver("validate", upload)
    run = pipeline.run(upload)
    assert (run["status"], run["failed_stage"]) == ("FAILED", "validate")
    assert "begun under version 0.9.0" in run["reason"]
