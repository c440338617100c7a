"""The object store with the stage buckets in a folder of this machine, so that no write to them starts a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from functions.events import ObjectEvent
from functions.store import ObjectGoneError, ObjectStore


@dataclass(frozen=True)
class LocalStages(ObjectStore):
    """Reads the buckets `kept` as they are, and writes to none of them; every other one is a subfolder of `folder`."""

    kept: tuple[str, ...]
    folder: Path

    def read(self, event: ObjectEvent) -> bytes:
        """All bytes of an object; raises ObjectGoneError."""
        if event.bucket in self.kept:
            return super().read(event)
        try:
            return self._path(event.bucket, event.name).read_bytes()
        except FileNotFoundError as error:
            raise ObjectGoneError(f"{event.name} is no longer in {self.folder / event.bucket}") from error

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

    def list(self, bucket: str, prefix: str = "", generations: bool = False) -> Iterator[ObjectEvent]:
        """The objects in a bucket, in the order of their names; those in the folder have one generation each."""
        if bucket in self.kept:
            yield from super().list(bucket, prefix, generations)
            return
        root = self.folder / bucket
        names = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file())
        for name in names:
            if name.startswith(prefix):
                yield ObjectEvent(bucket, name, 1, datetime.now(UTC), self._path(bucket, name).stat().st_size)

    def delete(self, event: ObjectEvent) -> None:
        """Delete an object of the folder; what is kept is not this class's to delete."""
        self._path(event.bucket, event.name).unlink(missing_ok=True)

    def _path(self, bucket: str, name: str) -> Path:
        if bucket in self.kept:
            raise ValueError(f"bucket {bucket} is read here, never written or deleted from")
        return self.folder / bucket / name
