"""The contract of the object store, kept by each cloud's: the same tests on Cloud Storage's emulator and on S3's."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from functions.events import ObjectEvent
from functions.gcs_store import CloudStorage
from functions.s3_store import S3
from functions.store import (
    SMALL_OBJECT_BYTES,
    Checksum,
    ObjectDamagedError,
    ObjectExistsError,
    ObjectGoneError,
    ObjectStore,
)
from tests.aws import Emulator
from tests.pipeline import storage_client
from tests.running_stack import RunningStack

NAME = "sales/a b+ü.csv"
LARGE = SMALL_OBJECT_BYTES * 2 + 12345


@dataclass(frozen=True)
class Buckets:
    """A store, and a bucket in it: for uploads, which S3 keeps by version, or for parts."""

    store: ObjectStore
    bucket: str
    put: Callable[[str, bytes], object]

    def written(self, name: str, data: bytes) -> ObjectEvent:
        """The newest generation of an object, after it was written from outside."""
        self.put(name, data)
        return next(event for event in self.store.list(self.bucket, name) if event.name == name)


@pytest.fixture(params=["gcs", "s3", "s3 without versions"])
def buckets(request: pytest.FixtureRequest) -> Buckets:
    bucket = f"test-{uuid.uuid4().hex[:12]}"
    if request.param == "gcs":
        stack: RunningStack = request.getfixturevalue("stack")
        client = storage_client(stack.home)
        client.create_bucket(bucket)
        return Buckets(
            CloudStorage(client), bucket, lambda name, data: client.bucket(bucket).blob(name).upload_from_string(data)
        )
    aws: Emulator = request.getfixturevalue("aws")
    aws.make_bucket(bucket, is_versioned=request.param == "s3")
    s3 = aws.client("s3")
    return Buckets(S3(s3), bucket, lambda name, data: s3.put_object(Bucket=bucket, Key=name, Body=data))


def test_an_object_is_created_once(buckets: Buckets) -> None:
    assert buckets.store.create(buckets.bucket, NAME, b"first")
    assert not buckets.store.create(buckets.bucket, NAME, b"second")
    (event,) = buckets.store.list(buckets.bucket)
    assert (event.bucket, event.name, event.size) == (buckets.bucket, NAME, 5)
    assert buckets.store.read(event) == b"first"
    assert buckets.store.open(event).read() == b"first"


def test_a_file_is_written_as_a_stream(buckets: Buckets, tmp_path: Path) -> None:
    file = tmp_path / "month.parquet"
    file.write_bytes(os.urandom(LARGE))
    event = buckets.store.create_from_file(buckets.bucket, NAME, file)
    assert list(buckets.store.list(buckets.bucket)) == [event]
    assert buckets.store.open(event).read() == file.read_bytes()


def test_a_file_is_written_once(buckets: Buckets, tmp_path: Path) -> None:
    if isinstance(buckets.store, CloudStorage):
        pytest.skip("this emulator does not look at the precondition of an upload in chunks")
    file = tmp_path / "month.parquet"
    file.write_bytes(b"x")
    buckets.store.create_from_file(buckets.bucket, NAME, file)
    with pytest.raises(ObjectExistsError):
        buckets.store.create_from_file(buckets.bucket, NAME, file)


def test_an_upload_is_written_over_an_older_one_of_its_name(buckets: Buckets) -> None:
    older = buckets.store.upload(buckets.bucket, NAME, b"older")
    newer = buckets.store.upload(buckets.bucket, NAME, b"newer")
    assert list(buckets.store.list(buckets.bucket)) == [newer]
    assert older != newer
    assert buckets.store.read(newer) == b"newer"


def test_a_large_object_is_read_in_ranges_from_any_place(buckets: Buckets) -> None:
    data = os.urandom(LARGE)
    stream = buckets.store.open(buckets.written(NAME, data))
    assert stream.read() == data
    assert stream.seek(-10, os.SEEK_END) == LARGE - 10
    assert stream.read() == data[-10:]
    assert stream.seek(SMALL_OBJECT_BYTES - 3) == SMALL_OBJECT_BYTES - 3
    assert stream.read(7) == data[SMALL_OBJECT_BYTES - 3 :][:7]


def test_a_large_object_that_arrives_damaged_is_noticed(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    event = buckets.written(NAME, os.urandom(LARGE))
    right = buckets.store.checksum(event)
    assert right is not None
    wrong = Checksum(bytes(len(right.expected)), right.start)
    monkeypatch.setattr(type(buckets.store), "checksum", lambda *_: wrong)
    with pytest.raises(ObjectDamagedError, match="was not read as it is there"):
        buckets.store.open(event).read()


@pytest.mark.parametrize("size", [3, LARGE])
def test_an_exact_generation_is_read_or_none(buckets: Buckets, size: int) -> None:
    old = buckets.written(NAME, b"o" * size)
    new = buckets.written(NAME, b"n" * size)
    assert old.run_id != new.run_id
    assert buckets.store.open(new).read() == b"n" * size
    if old in list(buckets.store.list(buckets.bucket, generations=True)):
        assert buckets.store.open(old).read() == b"o" * size
    else:
        with pytest.raises(ObjectGoneError, match=f"of {NAME.replace('+', '.')} is no longer in bucket"):
            buckets.store.open(old).read()


def test_generations_of_a_name_are_in_the_order_of_their_uploads(buckets: Buckets) -> None:
    written = [buckets.written(NAME, f"{number}".encode()) for number in range(5)]
    versions = [(event.uploaded_at, event.generation) for event in written]
    if buckets.store.list(buckets.bucket, generations=True) and written[-1].is_versioned:
        assert versions == sorted(set(versions))
        assert list(buckets.store.list(buckets.bucket, generations=True)) == written
    assert list(buckets.store.list(buckets.bucket)) == written[-1:]


def test_only_the_newest_generation_is_replaced(buckets: Buckets) -> None:
    old = buckets.written(NAME, b"old")
    new = buckets.written(NAME, b"new")
    assert not buckets.store.replace(old, b"too late")
    assert buckets.store.replace(new, b"replaced")
    assert not buckets.store.replace(new, b"again")
    (event,) = buckets.store.list(buckets.bucket)
    assert buckets.store.read(event) == b"replaced"


def test_an_old_generation_is_deleted_and_the_newest_stays(buckets: Buckets) -> None:
    if isinstance(buckets.store, CloudStorage):
        pytest.skip("this emulator does not look at the precondition of a deletion")
    old = buckets.written(NAME, b"old")
    new = buckets.written(NAME, b"new")
    buckets.store.delete(old)
    assert [event.run_id for event in buckets.store.list(buckets.bucket)] == [new.run_id]


def test_what_is_deleted_is_gone_and_a_second_time_is_fine(buckets: Buckets) -> None:
    new = buckets.written(NAME, b"new")
    buckets.store.delete(new)
    buckets.store.delete(new)
    assert list(buckets.store.list(buckets.bucket)) == []
    with pytest.raises(ObjectGoneError):
        buckets.store.read(new)


def test_objects_are_listed_in_the_order_of_their_names_by_prefix(buckets: Buckets) -> None:
    for name in ("b/2", "a/1", "b/1", "c"):
        buckets.put(name, b"x")
    assert [event.name for event in buckets.store.list(buckets.bucket)] == ["a/1", "b/1", "b/2", "c"]
    assert [event.name for event in buckets.store.list(buckets.bucket, "b/")] == ["b/1", "b/2"]


def test_what_was_never_there_is_gone(buckets: Buckets) -> None:
    there = buckets.written(NAME, b"x")
    for size in (1, LARGE):
        with pytest.raises(ObjectGoneError):
            buckets.store.open(replace(there, name="sales/b.csv", size=size)).read()


def test_a_bucket_that_is_not_there_is_a_failure_of_the_store(buckets: Buckets) -> None:
    with pytest.raises(buckets.store.failures):
        list(buckets.store.list("no-such-bucket-here"))


def test_an_event_leads_to_the_upload_as_the_bucket_has_it(buckets: Buckets) -> None:
    buckets.put(f"{NAME}.gz", b"another")
    first = buckets.written(NAME, b"x")
    assert buckets.store.identified(first) == first
    told = replace(first, uploaded_at=first.uploaded_at.replace(microsecond=7))
    assert buckets.store.identified(told).run_id == first.run_id
