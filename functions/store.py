"""The object store: exact generations in, objects that are created once out; one interface for every cloud."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

from functions.events import ObjectEvent

SMALL_OBJECT_BYTES = 8 * 1024 * 1024
READ_CHUNK_BYTES = 4 * 1024 * 1024


class ObjectGoneError(Exception):
    """The generation that the event names is no longer in its bucket."""

    def __init__(self, event: ObjectEvent) -> None:
        """`event` names what is gone."""
        which = event.version or event.generation
        super().__init__(f"generation {which} of {event.name} is no longer in bucket {event.bucket}")


class ObjectExistsError(Exception):
    """An object that was to be new is in its bucket already."""


class ObjectDamagedError(Exception):
    """What was read is not what was uploaded, by the checksum that the bucket has of it; reading again may help."""


class ObjectStore(ABC):
    """The buckets of one cloud; `failures` is how its client says that a request failed."""

    failures: ClassVar[tuple[type[Exception], ...]]

    def open(self, event: ObjectEvent) -> BinaryIO:
        """The bytes of exactly this generation as a stream; raises ObjectGoneError.

        A small object comes in one request; a large one in ranges, so that memory stays flat. Read from its beginning
        to its end, it raises ObjectDamagedError at the end where the bytes are not those of the upload.
        """
        if event.size <= SMALL_OBJECT_BYTES:
            return io.BytesIO(self.read(event))
        return io.BufferedReader(Ranges(self, event, self.checksum(event)), READ_CHUNK_BYTES)

    def identified(self, event: ObjectEvent) -> ObjectEvent:
        """The upload that an event tells of, as the bucket itself has it; most events say all there is to know."""
        return event

    @abstractmethod
    def read(self, event: ObjectEvent) -> bytes:
        """All bytes of exactly this generation, checked; raises ObjectGoneError."""

    @abstractmethod
    def read_range(self, event: ObjectEvent, start: int, end: int) -> bytes:
        """The bytes from `start` up to, not including, `end`; raises ObjectGoneError."""

    @abstractmethod
    def checksum(self, event: ObjectEvent) -> Checksum | None:
        """What the bucket says the bytes add up to; None where it has nothing that can be checked here.

        Raises ObjectGoneError.
        """

    @abstractmethod
    def create(self, bucket: str, name: str, data: bytes) -> bool:
        """Write a new object; False, and nothing written, where one of that name is there already."""

    @abstractmethod
    def create_from_file(self, bucket: str, name: str, path: Path) -> ObjectEvent:
        """Write a new object from a file, as a stream; raises ObjectExistsError where one of that name is there."""

    @abstractmethod
    def upload(self, bucket: str, name: str, data: bytes) -> ObjectEvent:
        """Write an object, over an older one of that name where there is one."""

    @abstractmethod
    def replace(self, event: ObjectEvent, data: bytes) -> bool:
        """Write other content over this generation; False, and nothing written, where it is not the newest any more."""

    @abstractmethod
    def list(self, bucket: str, prefix: str = "", generations: bool = False) -> Iterator[ObjectEvent]:
        """The newest generation of every object in a bucket, in the order of the names.

        With `generations` also the older ones that the bucket keeps; a bucket without versioning keeps none.
        """

    @abstractmethod
    def delete(self, event: ObjectEvent) -> None:
        """Delete this generation; one that is gone already is fine."""


class Digest(Protocol):
    """A checksum in the making, as hashlib's are."""

    def update(self, data: bytes, /) -> object:
        """Take in the next bytes."""

    def digest(self) -> bytes:
        """The checksum of all bytes so far."""


@dataclass(frozen=True)
class Checksum:
    """What the bytes of an object have to add up to, and how to add them up."""

    expected: bytes
    start: Callable[[], Digest]


class Ranges(io.RawIOBase):
    """A large object, a range a read; a place once skipped is not checked."""

    def __init__(self, store: ObjectStore, event: ObjectEvent, checksum: Checksum | None) -> None:
        """Read the generation that `event` names."""
        self._store, self._event, self._checksum = store, event, checksum
        self._at = self._checked = 0
        self._digest = checksum.start() if checksum else None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The place of the next read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is read yet."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._event.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes; none at the end."""
        end = min(self._event.size, self._at + len(buffer))
        if end <= self._at:
            return 0
        data = self._store.read_range(self._event, self._at, end)
        self._check(data)
        self._at += len(data)
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """All bytes from here on, in as few requests as reads of a buffer take."""
        return b"".join(iter(lambda: self.read(READ_CHUNK_BYTES) or b"", b""))

    def _check(self, data: bytes) -> None:
        if self._checksum is None or self._digest is None or self._at != self._checked:
            return
        self._digest.update(data)
        self._checked += len(data)
        if self._checked == self._event.size and self._digest.digest() != self._checksum.expected:
            raise ObjectDamagedError(f"{self._event.name} in bucket {self._event.bucket} was not read as it is there")
