"""`python -m local.scheduler`: fires the maintain function at once and then every few minutes."""

from __future__ import annotations

import base64
import json
import logging
import time
import uuid
from datetime import UTC, datetime

import urllib3

from local.errors import LocalError
from local.home import Home

logger = logging.getLogger(__name__)
ANSWER_SECONDS = 540.0


class MaintainError(LocalError):
    """The maintain function did not answer, or answered with an error."""


def fire(home: Home) -> None:
    """Deliver one tick to maintain and wait until it is done; raises MaintainError."""
    body = json.dumps({"message": {"data": base64.b64encode(b"{}").decode()}})
    try:
        response = urllib3.request(
            "POST", home.url("maintain"), body=body, headers=_headers(), retries=False, timeout=ANSWER_SECONDS
        )
    except urllib3.exceptions.HTTPError as error:
        raise MaintainError(f"maintain cannot be reached: {error}") from error
    if not 200 <= response.status < 300:
        raise MaintainError(f"maintain answered {response.status}; the reason is in {home.log('maintain')}")


def _headers() -> dict[str, str]:
    return {
        "ce-id": str(uuid.uuid4()),
        "ce-source": "//pubsub.googleapis.com/projects/local/topics/maintain",
        "ce-specversion": "1.0",
        "ce-time": datetime.now(UTC).isoformat(),
        "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
        "content-type": "application/json",
    }


def main() -> None:
    """Fire, wait, and go on whatever happens."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    home = Home.from_environment()
    while True:
        try:
            fire(home)
            logger.info("maintain is done")
        except MaintainError as error:
            logger.error("%s; the next try is in %d minutes", error, home.maintain_minutes)
        time.sleep(home.maintain_minutes * 60)


if __name__ == "__main__":
    main()
