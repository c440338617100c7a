"""Amazon S3 as the object store."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_events import EPOCH, microseconds
from functions.events import ObjectEvent
from functions.store import Checksum, ObjectExistsError, ObjectGoneError, ObjectStore

UNVERSIONED = "null"
REFUSED = {"PreconditionFailed", "412"}  # the latter where an answer has no body to say more
GONE = {"NoSuchKey", "NoSuchVersion", "404", *REFUSED}


@dataclass(frozen=True)
class Upload:
    """One version of an object, as S3 lists it."""

    event: ObjectEvent
    etag: str
    is_newest: bool


@dataclass(frozen=True)
class S3(ObjectStore):
    """S3 through a boto3 client.

    What is written carries a checksum that S3 compares before it keeps the object, and what is read in one request is
    compared with the one that S3 has: boto3 does both by itself.
    """

    client: Any
    failures = (BotoCoreError, ClientError)

    def identified(self, event: ObjectEvent) -> ObjectEvent:
        """The upload that an event tells of, with its time, order and version as S3 itself has them.

        They are the same however an upload was noticed, by an event, by a sweep or by a rebuild; the time in an event
        is another. The event comes back as it is where S3 has no such upload any more.
        """
        same_name = (upload for upload in self._uploads(event.bucket, event.name) if upload.event.name == event.name)
        found = [upload.event for upload in same_name if event.version in (upload.event.version, upload.etag)]
        return found[-1] if found else event

    def read(self, event: ObjectEvent) -> bytes:
        """All bytes of exactly this version, checked; raises ObjectGoneError."""
        return self._read(event)

    def read_range(self, event: ObjectEvent, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`; raises ObjectGoneError."""
        return self._read(event, Range=f"bytes={start}-{end - 1}")

    def _read(self, event: ObjectEvent, **options: str) -> bytes:
        with _gone(event):
            return bytes(self.client.get_object(**_exactly(event), **options)["Body"].read())

    def checksum(self, event: ObjectEvent) -> Checksum | None:
        """A checksum of the whole object; None where S3 has only one of its parts. Raises ObjectGoneError."""
        head = self._head(event)
        if "ChecksumCRC32" in head and head.get("ChecksumType") != "COMPOSITE":
            return Checksum(base64.b64decode(head["ChecksumCRC32"]), Crc32)
        md5 = head["ETag"].strip('"')
        if "-" in md5 or head.get("ServerSideEncryption", "AES256") != "AES256":
            return None
        return Checksum(bytes.fromhex(md5), partial(hashlib.md5, usedforsecurity=False))

    def _head(self, event: ObjectEvent) -> Any:
        with _gone(event):
            return self.client.head_object(**_exactly(event), ChecksumMode="ENABLED")

    def create(self, bucket: str, name: str, data: bytes) -> bool:
        """Write a new object; False, and nothing written, where one of that name is there already."""
        return self._write(bucket, name, data, IfNoneMatch="*") is not None

    def create_from_file(self, bucket: str, name: str, path: Path) -> ObjectEvent:
        """Write a new object from a file, as a stream; raises ObjectExistsError where one of that name is there."""
        with path.open("rb") as stream:
            written = self._write(bucket, name, stream, IfNoneMatch="*")
        if written is None:
            raise ObjectExistsError(f"{name} is in bucket {bucket} already")
        return self._written(bucket, name, path.stat().st_size, written)

    def upload(self, bucket: str, name: str, data: bytes) -> ObjectEvent:
        """Write an object, over an older one of that name where there is one."""
        return self._written(bucket, name, len(data), self._write(bucket, name, data))

    def _written(self, bucket: str, name: str, size: int, answer: Any) -> ObjectEvent:
        version = answer.get("VersionId") or answer["ETag"]
        return self.identified(ObjectEvent(bucket, name, 0, EPOCH, size, version))

    def replace(self, event: ObjectEvent, data: bytes) -> bool:
        """Write other content over this version; False, and nothing written, where it is not the newest any more."""
        try:
            etag = self._head(event)["ETag"]
        except ObjectGoneError:
            return False
        return self._write(event.bucket, event.name, data, IfMatch=etag) is not None

    def _write(self, bucket: str, name: str, body: bytes | BinaryIO, **condition: str) -> Any:
        """What S3 says of the object that was written; None, and nothing written, where the condition does not hold."""
        try:
            return self.client.put_object(Bucket=bucket, Key=name, Body=body, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise

    def list(self, bucket: str, prefix: str = "", generations: bool = False) -> Iterator[ObjectEvent]:
        """The newest version of every object in a bucket, in the order of the names.

        With `generations` also the older ones that the bucket keeps; a bucket without versioning keeps none.
        """
        for upload in self._uploads(bucket, prefix):
            if generations or upload.is_newest:
                yield upload.event

    def delete(self, event: ObjectEvent) -> None:
        """Delete this version; one that is gone already is fine."""
        try:
            with _gone(event):
                self.client.delete_object(**_exactly(event))
        except ObjectGoneError:
            return

    def _uploads(self, bucket: str, prefix: str) -> Iterator[Upload]:
        """Every version in a bucket, by name, the oldest of a name first.

        S3 tells whole seconds, and lists the versions of a name in their order: where several are of one second, their
        place among them tells which is newer.
        """
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        versions = chain.from_iterable(page.get("Versions", ()) for page in pages)
        for name, of_name in groupby(versions, key=lambda version: version["Key"]):
            seen: Counter[datetime] = Counter()
            for item in reversed(list(of_name)):
                at = item["LastModified"]
                version = item["ETag"] if item["VersionId"] == UNVERSIONED else item["VersionId"]
                event = ObjectEvent(bucket, name, microseconds(at) + seen[at], at, item["Size"], version)
                seen[at] += 1
                yield Upload(event, item["ETag"], item["IsLatest"])


class Crc32:
    """CRC-32 as S3 notes it."""

    def __init__(self) -> None:
        """Of no bytes yet."""
        self._value = 0

    def update(self, data: bytes, /) -> None:
        """Take in the next bytes."""
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        """The checksum of all bytes so far."""
        return self._value.to_bytes(4, "big")


def _exactly(event: ObjectEvent) -> dict[str, str]:
    """The parameters that name this version and no other."""
    condition = {"VersionId": event.version} if event.is_versioned else {"IfMatch": event.version}
    return {"Bucket": event.bucket, "Key": event.name, **condition}


@contextmanager
def _gone(event: ObjectEvent) -> Iterator[None]:
    """Raise ObjectGoneError where S3 says that it has no such version."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            raise ObjectGoneError(event) from error
        raise
