"""Buckets that tell queues of what is written to them, and the dead-letter queue behind each."""

from __future__ import annotations

import json
from typing import Any

from functions.settings import Settings
from local.relay.event import functions_of_buckets
from local.storage import buckets

DEAD = "{}-dead"


def make(s3: Any, sqs: Any, settings: Settings, invisible_seconds: int, receives: int) -> dict[str, str]:
    """Make what is missing of buckets and queues; the address of each function's queue."""
    for bucket in buckets(settings):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=settings.bucket_raw, VersioningConfiguration={"Status": "Enabled"})
    addresses = {}
    for bucket, function in functions_of_buckets(settings).items():
        addresses[function] = _queue(sqs, f"eco-{function}", invisible_seconds, receives)
        notify(s3, bucket, _arn(sqs, addresses[function]))
    return addresses


def notify(s3: Any, bucket: str, *queue_arns: str) -> None:
    """Have a bucket tell these queues, and no others, of every new object."""
    told = [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]} for arn in queue_arns]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": told})


def _queue(sqs: Any, name: str, invisible_seconds: int, receives: int) -> str:
    """The address of a queue that gives a message up to its dead-letter queue after so many receives."""
    dead = sqs.create_queue(QueueName=DEAD.format(name))["QueueUrl"]
    redrive = {"deadLetterTargetArn": _arn(sqs, dead), "maxReceiveCount": receives}
    attributes = {"VisibilityTimeout": str(invisible_seconds), "RedrivePolicy": json.dumps(redrive)}
    return str(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def _arn(sqs: Any, url: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
