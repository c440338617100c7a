"""From a queue to its function: what Lambda's event source mapping does, partial batch responses among it."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.function import Function, InvocationError

BATCH_SIZE = 10
MOST_AT_ONCE = 8
WAIT_SECONDS = 1
OUTAGE_SECONDS = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventSource:
    """A queue and the function that it feeds.

    What is not acknowledged comes back when its time of being invisible is over, and becomes a dead letter after the
    queue's limit.
    """

    queues: Any
    url: str
    function: Function

    def start(self) -> None:
        """Feed the function for ever, as many batches at once as its processes take."""
        for _ in range(MOST_AT_ONCE):
            threading.Thread(target=self._feed, daemon=True).start()

    def _feed(self) -> None:
        while True:
            try:
                self.feed_once()
            except (BotoCoreError, ClientError) as error:
                logger.error("the queue %s does not answer: %s", self.url, error)
                time.sleep(OUTAGE_SECONDS)

    def feed_once(self) -> None:
        """Hand one batch to the function, and delete from the queue what it took."""
        with self.function.idle_process():
            batch = self.queues.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=BATCH_SIZE, WaitTimeSeconds=WAIT_SECONDS, AttributeNames=["All"]
            ).get("Messages", [])
        if not batch:
            return
        try:
            answer = self.function.invoke(json.dumps({"Records": [_record(message) for message in batch]}).encode())
            failed = {item["itemIdentifier"] for item in json.loads(answer)["batchItemFailures"]}
        except InvocationError as error:
            logger.error("a batch of %d from %s failed: %s", len(batch), self.url, error)
            return
        for message in batch:
            if message["MessageId"] not in failed:
                self.queues.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


def _record(message: dict[str, Any]) -> dict[str, Any]:
    """A message of a queue as a function is told it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "",
        "awsRegion": "us-east-1",
    }
