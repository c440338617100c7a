"""The object store with the stage buckets in a folder of this machine, so that no write to them starts a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from functions.events import ObjectEvent
from functions.store import Checksum, ObjectExistsError, ObjectGoneError, ObjectStore


@dataclass(frozen=True)
class LocalStages(ObjectStore):
    """Reads the buckets `kept` of `store` as they are, and writes to none of them.

    Every other one is a subfolder of `folder`.
    """

    store: ObjectStore
    kept: tuple[str, ...]
    folder: Path
    failures = (OSError,)

    def open(self, event: ObjectEvent) -> BinaryIO:
        """The bytes of an object as a stream; raises ObjectGoneError."""
        return self.store.open(event) if event.bucket in self.kept else super().open(event)

    def read(self, event: ObjectEvent) -> bytes:
        """All bytes of an object; raises ObjectGoneError."""
        return self.store.read(event) if event.bucket in self.kept else self.read_range(event, 0, -1)

    def read_range(self, event: ObjectEvent, start: int, end: int) -> bytes:
        """The bytes of a part from `start` up to `end`, or to its end where that is -1; raises ObjectGoneError."""
        try:
            with self._path(event.bucket, event.name).open("rb") as stream:
                stream.seek(start)
                return stream.read(end if end < 0 else end - start)
        except FileNotFoundError as error:
            raise ObjectGoneError(event) from error

    def checksum(self, _event: ObjectEvent) -> Checksum | None:
        """None: a file has none."""
        return None

    def create(self, bucket: str, name: str, data: bytes) -> bool:
        """Write a new object; False, and nothing written, where one of that name is there already."""
        path = self._path(bucket, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as stream:
                stream.write(data)
        except FileExistsError:
            return False
        return True

    def create_from_file(self, bucket: str, name: str, path: Path) -> ObjectEvent:
        """Write a new object from a file; raises ObjectExistsError where one of that name is there."""
        if not self.create(bucket, name, path.read_bytes()):
            raise ObjectExistsError(f"{name} is in {self.folder / bucket} already")
        return self._event(bucket, name)

    def upload(self, bucket: str, name: str, data: bytes) -> ObjectEvent:
        """Write an object, over an older one of that name where there is one."""
        path = self._path(bucket, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return self._event(bucket, name)

    def replace(self, event: ObjectEvent, data: bytes) -> bool:
        """Write other content over an object; False, and nothing written, where it is gone."""
        path = self._path(event.bucket, event.name)
        if not path.exists():
            return False
        path.write_bytes(data)
        return True

    def list(self, bucket: str, prefix: str = "", generations: bool = False) -> Iterator[ObjectEvent]:
        """The objects in a bucket, in the order of their names; those in the folder have one generation each."""
        if bucket in self.kept:
            yield from self.store.list(bucket, prefix, generations)
            return
        root = self.folder / bucket
        names = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file())
        for name in names:
            if name.startswith(prefix):
                yield self._event(bucket, name)

    def delete(self, event: ObjectEvent) -> None:
        """Delete an object of the folder; what is kept is not this class's to delete."""
        self._path(event.bucket, event.name).unlink(missing_ok=True)

    def _event(self, bucket: str, name: str) -> ObjectEvent:
        return ObjectEvent(bucket, name, 1, datetime.now(UTC), self._path(bucket, name).stat().st_size)

    def _path(self, bucket: str, name: str) -> Path:
        if bucket in self.kept:
            raise ValueError(f"bucket {bucket} is read here, never written or deleted from")
        return self.folder / bucket / name
