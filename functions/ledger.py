"""The run ledger: what has been started, how far it is, and how it ended."""

from __future__ import annotations

from functions.contract import Contract
from functions.events import ObjectEvent
from functions.warehouse import Transaction, Warehouse


def start(warehouse: Warehouse, upload: ObjectEvent) -> bool:
    """Enter a run for this upload; False where validation has nothing left to do for it."""
    with warehouse.transaction() as transaction:
        transaction.run(
            "ledger/start_run",
            run_id=upload.run_id,
            bucket=upload.bucket,
            object_name=upload.name,
            generation=upload.generation,
            uploaded_at=upload.uploaded_at,
            size_bytes=upload.size,
        )
        return bool(transaction.value("ledger/awaits_validation", run_id=upload.run_id))


def name_contract(transaction: Transaction, upload: ObjectEvent, contract: Contract) -> None:
    """Enter which contract the upload is read by."""
    transaction.run(
        "ledger/name_contract", run_id=upload.run_id, source=contract.source, contract_version=contract.version
    )


def validated(transaction: Transaction, upload: ObjectEvent, parts: int, rows_read: int, rows_rejected: int) -> None:
    """Enter that the whole file was read; the run ends here if every part is in already."""
    transaction.run(
        "ledger/validated",
        run_id=upload.run_id,
        parts_total=parts,
        rows_read=rows_read,
        rows_rejected=rows_rejected,
    )
    transaction.run("ledger/finish_run", run_id=upload.run_id)


def fail(warehouse: Warehouse, event: ObjectEvent, stage: str, reason: str) -> None:
    """End the run as FAILED, with a reason for the owner of the shop; a run that has ended stays as it ended.

    The event is of the upload itself, or of one of its parts, whose name says the run.
    """
    run_id = event.run_id if stage == "validate" else event.name.split("/")[0]
    with warehouse.transaction() as transaction:
        transaction.run("ledger/fail_run", run_id=run_id, stage=stage, reason=reason)
