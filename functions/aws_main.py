"""The five functions as AWS Lambda handlers: what S3 tells, by way of an SQS queue each; `maintain` by the scheduler.
Beside them `review`, which people invoke.

A failed message is reported alone (`batchItemFailures`): the queue delivers it again, and after its limit hands it to
the dead-letter queue. As on Google Cloud, a permanent failure is no failure of the message.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from functions.aws_events import is_decision, objects_of
from functions.runtime import Handler, Platform, ready, run_stage

logger = logging.getLogger(__name__)

Answer = dict[str, list[dict[str, str]]]


def validate(event: Mapping[str, Any], _context: object = None) -> Answer:
    """Uploads in the raw bucket: check each, and cut it into parts."""
    return _run("validate", event)


def score(event: Mapping[str, Any], _context: object = None) -> Answer:
    """Parts in the validated bucket: find anomalous sales."""
    return _run("score", event)


def transform(event: Mapping[str, Any], _context: object = None) -> Answer:
    """Parts in the scored bucket: compute money and carbon."""
    return _run("transform", event)


def load(event: Mapping[str, Any], _context: object = None) -> Answer:
    """Parts in the curated bucket: load each into the warehouse. Or a person's decision: load what was released."""
    return _run("load", event)


def maintain(_event: Mapping[str, Any], _context: object = None) -> None:
    """A tick of the scheduler: partitions, retention, clean-up, missed uploads."""
    handle, on = ready("maintain")
    handle(on)


def review(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    """What a person asks of `python -m functions review`: {"arguments": ["release", "17", "--by", "Ada"]}.

    Returns what the command wrote, and its exit code.
    """
    from functions.__main__ import main

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code = main(["review", *map(str, event.get("arguments", ["--help"]))])
        except SystemExit as ended:  # so argparse ends, after it has said why
            code = ended.code if isinstance(ended.code, int) else 2
    return {"exit_code": code, "said": said.getvalue()}


def _run(stage: str, event: Mapping[str, Any]) -> Answer:
    """Process every message of a batch; the answer names those that failed.

    What comes without a queue, straight from EventBridge for instance, fails as a whole.
    """
    handler, on = ready(stage)
    messages = [record for record in event.get("Records", ()) if record.get("eventSource") == "aws:sqs"]
    if not messages:
        _process(stage, event, handler, on)
    failed = [message["messageId"] for message in messages if not _succeeds(stage, message, handler, on)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _succeeds(stage: str, message: Mapping[str, Any], handler: Handler, on: Platform) -> bool:
    try:
        _process(stage, json.loads(message["body"]), handler, on)
    except Exception:
        logger.exception("a message failed", extra={"stage": stage, "message_id": message["messageId"]})
        return False
    return True


def _process(stage: str, told: Any, handler: Handler, on: Platform) -> None:
    if stage == "load" and is_decision(told):
        from functions import review

        review.handle(on)
        return
    for event in objects_of(told):
        # A part is what it is; of an upload, what S3 has decides which run it is, and which of two is newer.
        run_stage(stage, on.store.identified(event) if stage == "validate" else event, handler, on)
