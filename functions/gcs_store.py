"""Google Cloud Storage as the object store."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c
import requests
from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.cloud import storage

from functions.events import ObjectEvent
from functions.store import READ_CHUNK_BYTES, Checksum, ObjectExistsError, ObjectGoneError, ObjectStore

CONTENT_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class CloudStorage(ObjectStore):
    """Cloud Storage, or the emulator where STORAGE_EMULATOR_HOST is set."""

    client: storage.Client
    failures = (GoogleAPIError, requests.RequestException)

    def read(self, event: ObjectEvent) -> bytes:
        """All bytes of exactly this generation, checked; raises ObjectGoneError."""
        try:
            return bytes(self._blob(event).download_as_bytes())
        except NotFound as error:
            raise ObjectGoneError(event) from error

    def read_range(self, event: ObjectEvent, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`; raises ObjectGoneError."""
        try:
            return bytes(self._blob(event).download_as_bytes(start=start, end=end - 1, checksum=None))
        except NotFound as error:
            raise ObjectGoneError(event) from error

    def checksum(self, event: ObjectEvent) -> Checksum | None:
        """The CRC32C that Cloud Storage has of every object; raises ObjectGoneError."""
        blob = self._blob(event)
        try:
            blob.reload()
        except NotFound as error:
            raise ObjectGoneError(event) from error
        return Checksum(base64.b64decode(blob.crc32c), google_crc32c.Checksum) if blob.crc32c else None

    def create(self, bucket: str, name: str, data: bytes) -> bool:
        """Write a new object; False, and nothing written, where one of that name is there already."""
        return self._write(bucket, name, data, 0)

    def create_from_file(self, bucket: str, name: str, path: Path) -> ObjectEvent:
        """Write a new object from a file, in chunks; raises ObjectExistsError where one of that name is there."""
        blob = self.client.bucket(bucket).blob(name, chunk_size=READ_CHUNK_BYTES)
        try:
            blob.upload_from_filename(str(path), if_generation_match=0)
        except PreconditionFailed as error:
            raise ObjectExistsError(f"{name} is in bucket {bucket} already") from error
        return event_of(bucket, blob)

    def upload(self, bucket: str, name: str, data: bytes) -> ObjectEvent:
        """Write an object, over an older one of that name where there is one."""
        blob = self.client.bucket(bucket).blob(name)
        blob.upload_from_string(data, content_type=CONTENT_TYPE)
        return event_of(bucket, blob)

    def replace(self, event: ObjectEvent, data: bytes) -> bool:
        """Write other content over this generation; False, and nothing written, where it is not the newest any more."""
        return self._write(event.bucket, event.name, data, event.generation)

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

    def _write(self, bucket: str, name: str, data: bytes, over: int) -> bool:
        """Write over a generation, 0 being none; False where that is not what is there."""
        try:
            self.client.bucket(bucket).blob(name).upload_from_string(
                data, content_type=CONTENT_TYPE, if_generation_match=over
            )
        except PreconditionFailed:
            return False
        return True

    def _blob(self, event: ObjectEvent) -> storage.Blob:
        return self.client.bucket(event.bucket).blob(event.name, generation=event.generation)


def event_of(bucket: str, blob: storage.Blob) -> ObjectEvent:
    """The event of a blob as the storage tells of it."""
    return ObjectEvent(bucket, blob.name, int(blob.generation), blob.time_created, int(blob.size))
