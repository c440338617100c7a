"""Forget: erases what the platform knows of a customer, and remembers to take in nothing of it again.

What stays is the pseudonymous id, on the sales and in the empty history: sales and their sums do not change. Parts of
sales, and archives of months (their columns are SCHEMA in archive.py), hold of a customer no more than that id. Uploads
stay too: they are the shop's own record, and the shop's to redact. Whatever is loaded or rebuilt from them later,
eco.forgotten_customer keeps the attributes out.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from functions import contract, load_dimension, parts
from functions.events import ObjectEvent, run_of
from functions.operation import OPERATION
from functions.runtime import Platform
from functions.store import ObjectGoneError
from functions.warehouse import Warehouse

logger = logging.getLogger(__name__)

NOTHING = "{}"
KEPT_COLUMNS = ("customer_id", "valid_from", "source_row", OPERATION)


class ForgetError(RuntimeError):
    """The customer cannot be forgotten like that; the message says what is done already and what to do."""


@dataclass(frozen=True)
class Forgotten:
    """What was erased, as counts, and the files in progress that may still carry something."""

    was_known: bool
    versions: int
    changes: int
    log_entries: int
    parts: int
    in_progress: tuple[str, ...]


def forget(on: Platform, customer_id: str) -> Forgotten:
    """Erase a customer's attributes, as eco_operator; doing it again is fine, and so is an id that nobody knows.

    The warehouse first, in one transaction: from then on loads take nothing in. Then the parts in the stage buckets.
    Raises ForgetError where the id is blank, and where a part changed meanwhile.
    """
    if not customer_id.strip():
        raise ForgetError("Name the customer's id: a blank one would be found in every row.")
    known = _erase(on.warehouse, customer_id)
    cleaned = sum(
        _clean_bucket(on, bucket, customer_id)
        for bucket in (on.settings.bucket_validated, on.settings.bucket_scored, on.settings.bucket_curated)
    )
    with on.warehouse.transaction() as transaction:
        in_progress = tuple(transaction.run("forget/in_progress", sources=_sources()).scalars())
    forgotten = Forgotten(
        was_known=known.is_customer or known.log_entries > 0,
        versions=known.versions,
        changes=known.changes,
        log_entries=known.log_entries,
        parts=cleaned,
        in_progress=in_progress,
    )
    logger.info("forgot a customer", extra={"stage": "forget", **asdict(forgotten)})
    return forgotten


def _erase(warehouse: Warehouse, customer_id: str) -> Any:
    """Erase it from the warehouse; returns the row of sql/forget/known.sql: what was known."""
    with warehouse.transaction() as transaction:
        transaction.run("load/own_dimensions")
        known = transaction.run("forget/known", customer_id=customer_id).one()
        transaction.run("forget/customer", customer_id=customer_id)
        transaction.run("forget/clear_mention", customer_id=customer_id, sources=_sources())
        transaction.run("load/dimension/stage")
        transaction.run("forget/stage_key", customer_id=customer_id)
        load_dimension.rewrite_history(transaction, "customer")
        transaction.run("forget/clear_versions", customer_id=customer_id)
    return known


def _sources() -> list[str]:
    """The sources of customer files."""
    return [known.source for known in contract.contracts() if known.entity == "customers"]


def _clean_bucket(on: Platform, bucket: str, customer_id: str) -> int:
    """Take the customer out of the parts of customer files in a stage's bucket; returns of how many."""
    found = list(on.store.list(bucket))
    run_ids = sorted({run_of(part) for part in found})
    with on.warehouse.transaction() as transaction:
        rows = transaction.run("forget/runs", run_ids=run_ids, sources=_sources())
        has_ended = {row.run_id: row.has_ended for row in rows}
    mine = [part for part in found if run_of(part) in has_ended]
    return sum(_clean(on, part, customer_id, has_ended[run_of(part)]) for part in mine)


def _clean(on: Platform, part: ObjectEvent, customer_id: str, has_ended: bool) -> bool:
    """Delete a part that says something of the customer, or, where its run still needs it, take that out of it."""
    try:
        table, provenance = parts.decode(on.store.read(part))
    except ObjectGoneError:
        return False
    cleaned = without_attributes(table, customer_id)
    if cleaned.equals(table):
        return False
    if has_ended:
        on.store.delete(part)
    elif not on.store.replace(part, parts.encode(cleaned, provenance)):
        raise ForgetError(
            f"The warehouse has forgotten the customer, but the part {part.name} in {part.bucket} changed meanwhile. "
            "Run it again."
        )
    return True


def without_attributes(table: pa.Table, customer_id: str) -> pa.Table:
    """A part of a customer file, at whichever stage, with nothing of the customer but that something was stated."""
    if "natural_key" in table.column_names:
        is_stated = pc.and_(pc.equal(table["natural_key"], customer_id), pc.is_valid(table["attributes"]))
        return _with(table, "attributes", pc.if_else(is_stated, NOTHING, table["attributes"]))
    is_mine = pc.equal(table["customer_id"], customer_id)
    for name in table.column_names:
        if name not in KEPT_COLUMNS:
            nothing = pa.scalar(None, table[name].type)
            table = _with(table, name, pc.if_else(is_mine, nothing, table[name]))
    return table


def _with(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), values)


def told(forgotten: Forgotten) -> list[str]:
    """What a person should know of it."""
    erased = (
        f"Erased: the attributes of {forgotten.versions:,} versions and {forgotten.changes:,} stated changes, "
        f"{forgotten.log_entries:,} entries of the quality log, and {forgotten.parts:,} parts on their way. "
        "The sales stay, under the id alone."
    )
    unknown = "Nothing was known of that customer; the id is remembered, and nothing will be taken in of it."
    sentences = [erased if forgotten.was_known or forgotten.parts else unknown]
    if forgotten.in_progress:
        sentences.append(
            "These files are in progress and may leave parts behind until maintenance deletes them; forget again "
            f"when they have ended: {', '.join(forgotten.in_progress[:5])}."
        )
    sentences.append("The uploads in the raw bucket stay as they are: redact or delete them there if you must.")
    return sentences
