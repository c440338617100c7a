"""What the dashboard may do beside reading: decide as eco_reviewer, and put files into the raw bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.queries import ANSWER_SECONDS
from dashboard.settings import current
from functions.events import ObjectEvent
from functions.gcs_store import CONTENT_TYPE, CloudStorage, event_of
from functions.runtime import Platform, object_store
from functions.store import ObjectStore
from functions.warehouse import connect

REVIEWER, CONNECTIONS = "eco_reviewer", 2
STORAGE_SECONDS = 30


@dataclass(frozen=True)
class PromptStorage(CloudStorage):
    """Cloud Storage for somebody who waits before a page: one attempt, instead of minutes of them."""

    def list(self, bucket: str, prefix: str = "", generations: bool = False) -> Iterator[ObjectEvent]:
        """The newest generation of every object in a bucket, or, with `generations`, all of them."""
        blobs = self.client.list_blobs(bucket, prefix=prefix, versions=generations, timeout=STORAGE_SECONDS, retry=None)
        return (event_of(bucket, blob) for blob in blobs)

    def upload(self, bucket: str, name: str, data: bytes) -> ObjectEvent:
        """Write an object, over an older one of that name where there is one."""
        blob = self.client.bucket(bucket).blob(name)
        blob.upload_from_string(data, content_type=CONTENT_TYPE, timeout=STORAGE_SECONDS, retry=None)
        return event_of(bucket, blob)


@st.cache_resource(show_spinner=False)
def store() -> ObjectStore:
    """The buckets; nothing is connected before its first use."""
    found = object_store(current())
    return PromptStorage(found.client) if isinstance(found, CloudStorage) else found


@st.cache_resource(show_spinner=False)
def platform() -> Platform:
    """The platform as a reviewer; nothing is connected before its first use."""
    settings = replace(current(), db_user=REVIEWER, db_password=current().reviewer_password, db_pool_size=CONNECTIONS)
    return Platform(settings, store(), connect(settings, ANSWER_SECONDS))
