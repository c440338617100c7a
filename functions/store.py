"""The object store: exact generations in, objects that are created once out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud import storage

from functions.events import ObjectEvent

SMALL_OBJECT_BYTES = 8 * 1024 * 1024
READ_CHUNK_BYTES = 8 * 1024 * 1024


class ObjectGoneError(Exception):
    """The generation that the event names is no longer in its bucket."""


@dataclass(frozen=True)
class ObjectStore:
    """Cloud Storage, or the emulator where STORAGE_EMULATOR_HOST is set."""

    client: storage.Client

    def open(self, event: ObjectEvent) -> BinaryIO:
        """The bytes of exactly this generation as a stream; raises ObjectGoneError.

        A small object comes in one request; a large one in ranges, so that memory stays flat.
        """
        if event.size <= SMALL_OBJECT_BYTES:
            return io.BytesIO(self.read(event))
        blob = self._blob(event)
        if not blob.exists():
            raise ObjectGoneError(_gone(event))
        return io.BufferedReader(cast(io.RawIOBase, blob.open("rb", chunk_size=READ_CHUNK_BYTES)), READ_CHUNK_BYTES)

    def read(self, event: ObjectEvent) -> bytes:
        """All bytes of exactly this generation; raises ObjectGoneError."""
        try:
            return bytes(self._blob(event).download_as_bytes())
        except NotFound as error:
            raise ObjectGoneError(_gone(event)) from error

    def create(self, bucket: str, name: str, data: bytes) -> bool:
        """Write a new object; False, and nothing written, where one of that name is there already."""
        try:
            self.client.bucket(bucket).blob(name).upload_from_string(
                data, content_type="application/octet-stream", if_generation_match=0
            )
        except PreconditionFailed:
            return False
        return True

    def create_from_file(self, bucket: str, name: str, path: Path) -> ObjectEvent:
        """Write a new object from a file, in chunks; raises PreconditionFailed where one of that name is there."""
        blob = self.client.bucket(bucket).blob(name, chunk_size=READ_CHUNK_BYTES)
        blob.upload_from_filename(str(path), if_generation_match=0)
        return event_of(bucket, blob)

    def replace(self, event: ObjectEvent, data: bytes) -> bool:
        """Write other content over this generation; False, and nothing written, where it is not the newest any more."""
        try:
            self.client.bucket(event.bucket).blob(event.name).upload_from_string(
                data, content_type="application/octet-stream", if_generation_match=event.generation
            )
        except PreconditionFailed:
            return False
        return True

    def list(self, bucket: str, prefix: str = "", generations: bool = False) -> Iterator[ObjectEvent]:
        """The newest generation of every object in a bucket, in the order of the names.

        With `generations` also the older ones that the bucket keeps; a bucket without versioning keeps none.
        """
        for blob in self.client.list_blobs(bucket, prefix=prefix, versions=generations):
            yield event_of(bucket, blob)

    def delete(self, event: ObjectEvent) -> None:
        """Delete this generation; one that is gone already is fine."""
        try:
            self._blob(event).delete(if_generation_match=event.generation)
        except (NotFound, PreconditionFailed):
            return

    def _blob(self, event: ObjectEvent) -> storage.Blob:
        return self.client.bucket(event.bucket).blob(event.name, generation=event.generation)


def event_of(bucket: str, blob: storage.Blob) -> ObjectEvent:
    """The event of a blob as the storage tells of it."""
    return ObjectEvent(bucket, blob.name, int(blob.generation), blob.time_created, int(blob.size))


def _gone(event: ObjectEvent) -> str:
    return f"generation {event.generation} of {event.name} is no longer in bucket {event.bucket}"
