"""Many uploads at once, for whoever drives the functions without events: Airflow, or a person.

Uploads are named by their object resources, since those travel between processes. Doing again what is done already, or
what an event does at the same time, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from functions import load, maintain, score, transform, validate
from functions.events import ObjectEvent, from_object_resource
from functions.runtime import Handler, Platform, run_stage
from functions.settings import Settings

Resource = dict[str, str]

HANDLERS: dict[str, Handler] = {
    "validate": validate.handle,
    "score": score.handle,
    "transform": transform.handle,
    "load": load.handle,
}
BUCKETS: dict[str, Callable[[Settings], str]] = {
    "score": lambda settings: settings.bucket_validated,
    "transform": lambda settings: settings.bucket_scored,
    "load": lambda settings: settings.bucket_curated,
}


def pending(on: Platform, prefix: str = "") -> list[Resource]:
    """The uploads whose runs have not ended, or have not begun, in the order of upload."""
    uploads = list(on.store.list(on.settings.bucket_raw, prefix))
    with on.warehouse.transaction() as transaction:
        run_ids = [upload.run_id for upload in uploads]
        ended = set(transaction.run("maintain/ended_runs", run_ids=run_ids, hours=0).scalars())
    waiting = [upload for upload in uploads if upload.run_id not in ended]
    return [upload.as_object_resource() for upload in sorted(waiting, key=lambda upload: upload.uploaded_at)]


def batches(on: Platform, prefix: str, size: int) -> list[list[Resource]]:
    """What is pending in groups of at most `size` uploads."""
    waiting = pending(on, prefix)
    return [waiting[at : at + size] for at in range(0, len(waiting), size)]


def run(on: Platform, resources: Iterable[Resource], *stages: str) -> None:
    """Run these stages for each upload; raises what the platform would deliver again for."""
    for upload in map(from_object_resource, resources):
        for stage in stages:
            for event in _events(on, stage, upload):
                run_stage(stage, event, HANDLERS[stage], on)


def clean_up(on: Platform) -> None:
    """One tick of maintenance; raises MaintenanceError."""
    maintain.handle(on)


def _events(on: Platform, stage: str, upload: ObjectEvent) -> Iterator[ObjectEvent]:
    """What a stage is due for an upload: the upload itself, or each part of it that the stage before has written."""
    if stage == "validate":
        yield upload
    else:
        yield from on.store.list(BUCKETS[stage](on.settings), f"{upload.run_id}/")
