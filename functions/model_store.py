"""Where anomaly models are kept: one object each, created once and never deleted, so that any part can be scored again.

An object's name tells when it was trained and which version it is; names sort by time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from functions.events import ObjectEvent
from functions.model import RULE, RULE_WITHOUT, Model, ModelError, read
from functions.runtime import Platform
from functions.store import ObjectGoneError, ObjectStore

logger = logging.getLogger(__name__)

ENDING = ".json.gz"


def model_for(on: Platform) -> Model | None:
    """The model to score with: the one that is pinned, else the newest; None where each part is its own baseline.

    One that cannot be used must not keep sales waiting: the one before it is used, and each row names which that was.
    Raises ModelError where the pinned one cannot be had.
    """
    pinned = on.settings.model_version
    if pinned == RULE_WITHOUT:
        return None
    if not pinned:
        return _newest_usable(on)
    found = newest(on, pinned)
    if found is None:
        raise ModelError(
            f"The anomaly model {pinned} is not in the bucket {on.settings.bucket_models}, or the rule that it was "
            "made for is no longer known. Correct ECO_MODEL_VERSION, or leave it empty to score with the newest."
        )
    return _read(on.store, found)


def newest(on: Platform, prefix: str = RULE) -> ObjectEvent | None:
    """The newest model whose version begins with `prefix`."""
    return next(_newest_first(on, prefix), None)


def _newest_usable(on: Platform) -> Model | None:
    for item in _newest_first(on, RULE):
        try:
            return _read(on.store, item)
        except ModelError as error:
            logger.error(
                "anomaly model passed over", extra={"stage": "score", "object": item.name, "reason": str(error)}
            )
    return None


def _newest_first(on: Platform, prefix: str) -> Iterator[ObjectEvent]:
    kept = [item for item in on.store.list(on.settings.bucket_models) if version_of(item).startswith(prefix)]
    return reversed(kept)


def save(on: Platform, version: str, data: bytes, now: datetime) -> bool:
    """Keep a model; False, and nothing written, where it is the newest already."""
    latest = newest(on)
    if latest is not None and version_of(latest) == version:
        return False
    return on.store.create(on.settings.bucket_models, f"{now:%Y%m%dT%H%M%S.%fZ}-{version}{ENDING}", data)


def version_of(item: ObjectEvent) -> str:
    """The version that an object's name tells."""
    return item.name.removesuffix(ENDING).partition("-")[2]


@lru_cache(maxsize=2)
def _read(store: ObjectStore, item: ObjectEvent) -> Model:
    """Read once by each process; two, since a newer one takes over while parts of a rebuild may name the older."""
    try:
        return read(version_of(item), store.read(item))
    except ObjectGoneError as error:
        raise ModelError(str(error)) from error
