"""The run ledger: what has been started, by whom, how far it is, and how it ended.

An attempt to validate an upload holds a lease, and each of its writes names its owner's token: an attempt whose lease
has lapsed, and which another has taken over, writes nothing any more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from functions.contract import Contract
from functions.errors import PermanentError
from functions.events import ObjectEvent
from functions.warehouse import Transaction, Warehouse

logger = logging.getLogger(__name__)


class LeaseHeldError(RuntimeError):
    """Another attempt at this upload is under way; delivered again later, this event finds it done or given up."""


class LeaseLostError(RuntimeError):
    """Another attempt at this upload has taken over; nothing of this one counts any more."""


@dataclass(frozen=True)
class Lease:
    """The right to validate an upload, for `seconds` from each renewal on.

    `part_rows` is where the first attempt cut the file into parts, and so do all that follow.
    """

    run_id: UUID
    owner: UUID
    seconds: int
    part_rows: int


@contextmanager
def leased(warehouse: Warehouse, upload: ObjectEvent, seconds: int, part_rows: int) -> Iterator[Lease | None]:
    """A lease on the run of an upload; None where validation has nothing left to do for it.

    Raises LeaseHeldError where another attempt has one. Given up at once when the attempt fails, so that the next one
    need not wait; only who is killed keeps it until it lapses.
    """
    lease = _claim(warehouse, upload, seconds, part_rows)
    try:
        yield lease
    except PermanentError as error:
        error.attempt = lease.owner if lease else None
        raise
    except Exception:
        if lease:
            _release(warehouse, lease)
        raise


def _claim(warehouse: Warehouse, upload: ObjectEvent, seconds: int, part_rows: int) -> Lease | None:
    owner = uuid4()
    with warehouse.transaction() as transaction:
        transaction.run(
            "ledger/start_run",
            run_id=upload.run_id,
            bucket=upload.bucket,
            object_name=upload.name,
            generation=upload.generation,
            version=upload.version,
            uploaded_at=upload.uploaded_at,
            size_bytes=upload.size,
        )
        pinned = transaction.value(
            "ledger/claim_run", run_id=upload.run_id, owner=owner, seconds=seconds, part_rows=part_rows
        )
        if pinned is not None:
            return Lease(upload.run_id, owner, seconds, pinned)
        if transaction.value("ledger/awaits_validation", run_id=upload.run_id):
            raise LeaseHeldError(f"another attempt at {upload.name} is under way")
    return None


def upload_of(run: Any) -> ObjectEvent:
    """The upload of a run, as the ledger has it."""
    return ObjectEvent(run.bucket, run.object_name, run.generation, run.uploaded_at, run.size_bytes, run.version)


def _release(warehouse: Warehouse, lease: Lease) -> None:
    from sqlalchemy.exc import SQLAlchemyError  # score and transform know the ledger, and do without

    try:
        with warehouse.transaction() as transaction:
            transaction.run("ledger/release_run", run_id=lease.run_id, owner=lease.owner)
    except SQLAlchemyError:
        logger.warning("the lease was not given up, so it has to lapse", extra={"run_id": lease.run_id})


def renew(transaction: Transaction, lease: Lease) -> None:
    """A sign of life, in the transaction of what it covers; raises LeaseLostError."""
    _owned(
        transaction.value("ledger/renew_lease", run_id=lease.run_id, owner=lease.owner, seconds=lease.seconds), lease
    )


def name_contract(transaction: Transaction, lease: Lease, contract: Contract) -> None:
    """Enter which contract the upload is read by; raises PermanentError where an attempt before used another."""
    version = transaction.value(
        "ledger/name_contract",
        run_id=lease.run_id,
        owner=lease.owner,
        source=contract.source,
        contract_version=contract.version,
    )
    _owned(version, lease)
    if version != contract.version:
        raise PermanentError(
            f"The file was begun under version {version} of the contract {contract.source!r}, and its version is "
            f"{contract.version} now. Upload the file again, so that all of it is read by one version."
        )


def note_drift(transaction: Transaction, lease: Lease, drift: dict[str, Any]) -> None:
    """Enter how the columns of the file differ from those of its contract."""
    transaction.run("ledger/note_drift", run_id=lease.run_id, owner=lease.owner, drift=json.dumps(drift))


def validated(
    transaction: Transaction, lease: Lease, parts: int, rows_read: int, rows_rejected: int, notice: str | None
) -> None:
    """Enter that the whole file was read; the run ends here if every part is in already. Raises LeaseLostError."""
    _owned(
        transaction.value(
            "ledger/validated",
            run_id=lease.run_id,
            owner=lease.owner,
            parts_total=parts,
            rows_read=rows_read,
            rows_rejected=rows_rejected,
            notice=notice,
        ),
        lease,
    )
    transaction.run("ledger/finish_run", run_id=lease.run_id)


def fail(warehouse: Warehouse, run_id: UUID, stage: str, reason: str, owner: UUID | None = None) -> None:
    """End the run as FAILED, with a reason for the owner of the shop; a run that has ended stays as it ended.

    An attempt at validation says as whom: it has no say where another attempt has taken over.
    """
    with warehouse.transaction() as transaction:
        transaction.run("ledger/fail_run", run_id=run_id, stage=stage, reason=reason, owner=owner)


def _owned(found: object, lease: Lease) -> None:
    """`found` is what a write under the lease returned: nothing where the lease is another's."""
    if found is None:
        raise LeaseLostError(f"another attempt has taken over run {lease.run_id}")
