"""Puts a function together: what a handler is handed, and what happens to its failures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from functions import ledger, log
from functions.errors import PermanentError
from functions.events import ObjectEvent, run_of
from functions.lean import importing, without
from functions.settings import Settings, SettingsError
from functions.store import ObjectGoneError, ObjectStore
from functions.warehouse import Warehouse, connect

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Platform:
    """What a handler reads and writes through."""

    settings: Settings
    store: ObjectStore
    warehouse: Warehouse


Handler = Callable[[ObjectEvent, Platform], None]


# They write to the database only when they fail.
WITHOUT_DATABASE = ("score", "transform")


@cache
def ready(function: str) -> tuple[Any, Platform]:
    """The `handle` of a function, and what it is handed: imported and made at the first event, and kept."""
    with importing():
        without("grpc", *(() if function == "score" else ("pandas",)))
        handle = import_module(f"functions.{function}").handle
        on = platform()
        if function not in WITHOUT_DATABASE:
            on.warehouse.prepare()
    return handle, on


@cache
def platform() -> Platform:
    """The platform of this process, made at the first event and kept: clients and connections are reused."""
    settings = Settings.from_environment()
    log.configure(settings.log_level)
    return Platform(settings, object_store(settings), connect(settings))


def object_store(settings: Settings) -> ObjectStore:
    """The object store of this process's cloud; only its client is imported. Raises SettingsError."""
    if settings.store == "gcs":
        from google.cloud import storage

        from functions.gcs_store import CloudStorage

        return CloudStorage(storage.Client())
    if settings.store == "s3":
        from functions.aws import client
        from functions.s3_store import S3

        return S3(client("s3"))
    raise SettingsError(f"ECO_STORE={settings.store!r} is no object store; it is gcs or s3")


def run_stage(stage: str, event: ObjectEvent, handler: Handler, on: Platform) -> None:
    """Run one stage for one event.

    A permanent failure ends the run as FAILED and acknowledges the event. Everything else that goes wrong is raised,
    so that the platform delivers the event again.
    """
    try:
        handler(event, on)
    except PermanentError as error:
        run_id = event.run_id if stage == "validate" else run_of(event)
        ledger.fail(on.warehouse, run_id, stage, str(error), error.attempt)
        logger.error("run failed", extra={"stage": stage, "object": event.name, "reason": str(error)})
    except ObjectGoneError as error:
        # Stage objects are deleted only after their run has ended: a late repeat of their event has nothing to do.
        logger.info("nothing to do", extra={"stage": stage, "object": event.name, "reason": str(error)})
