"""What only the home on AWS has: queues that take back what was not handled, and give it up after their limit."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from functions import delivery
from functions.aws_events import as_notification
from functions.delivery import UnreachableError, deliver
from local.aws import queues
from tests.acceptance import aws_home
from tests.acceptance.homes import WAIT_SECONDS, Home
from tests.aws import Emulator, emulator
from tests.running_stack import RunningStack
from tests.warehouse.files import sale, sales

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def own_aws() -> Iterator[Emulator]:
    """Buckets and queues that nobody has used."""
    with emulator() as running:
        yield running


@pytest.fixture(scope="module")
def on_aws(
    acceptance_stack: RunningStack, own_aws: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    with aws_home.home(acceptance_stack, own_aws, tmp_path_factory.mktemp("lambda"), receives=3) as running:
        yield running


@pytest.fixture
def sqs(own_aws: Emulator) -> Any:
    return own_aws.client("sqs")


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_of_a_batch_only_the_message_that_fails_comes_back_and_ends_as_a_dead_letter(on_aws: Home, sqs: Any) -> None:
    url = on_aws.settings.delivery_url.format(function="validate")
    upload = on_aws.upload("sales/good.csv", sales(sale("Q1")))
    broken = {"Id": "broken", "MessageBody": "{not json"}
    good = {"Id": "good", "MessageBody": json.dumps(as_notification(upload))}
    sqs.send_message_batch(QueueUrl=url, Entries=[broken, good])
    (run,) = on_aws.finished(upload)
    assert run["status"] == "SUCCESS"
    wait_until(lambda: on_aws.dead_letters() == 1)
    dead = sqs.get_queue_url(QueueName=queues.DEAD.format("eco-validate"))["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=dead)["Messages"]
    assert message["Body"] == "{not json"
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])


def test_an_upload_whose_event_was_lost_is_found_by_maintenance(on_aws: Home, own_aws: Emulator) -> None:
    with told_to_nobody(own_aws, on_aws.settings.bucket_raw):
        upload = on_aws.upload("sales/lost ü+.csv", sales(sale("Q2")))
    time.sleep(1.1)  # S3 tells whole seconds, and maintenance looks for what is older than now
    assert on_aws.run(upload.run_id) is None
    on_aws.tick()
    (run,) = on_aws.finished(upload)
    assert (run["status"], run["rows_loaded"]) == ("SUCCESS", 1)


@contextlib.contextmanager
def told_to_nobody(aws: Emulator, bucket: str) -> Iterator[None]:
    """A bucket that tells no queue of what is written to it."""
    s3 = aws.client("s3")
    told = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    queues.notify(s3, bucket)
    yield
    queues.notify(s3, bucket, *(queue["QueueArn"] for queue in told))


def test_a_part_that_was_lost_before_a_function_is_delivered_again(on_aws: Home, own_aws: Emulator) -> None:
    with told_to_nobody(own_aws, on_aws.settings.bucket_scored):
        upload = on_aws.upload("sales/stuck.csv", sales(sale("Q3")))
        wait_until(lambda: any(on_aws.store.list(on_aws.settings.bucket_scored, f"{upload.run_id}/")))
    on_aws.tick()
    (run,) = on_aws.finished(upload)
    assert (run["status"], run["rows_loaded"]) == ("SUCCESS", 1)


def test_queues_that_do_not_answer_are_told_from_a_message_that_is_refused(
    on_aws: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = on_aws.upload("sales/again.csv", sales(sale("Q4")))
    with pytest.raises(on_aws.store.failures):
        deliver(upload, "no-such-function", on_aws.settings)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    delivery.queues.cache_clear()
    with pytest.raises(UnreachableError):
        deliver(upload, "validate", on_aws.settings)
    delivery.queues.cache_clear()
