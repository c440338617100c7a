"""`python -m local.aws`: queues, invocations and the schedule, with the S3 and SQS that AWS_ENDPOINT_URL names.

Each function's process finds its Runtime API at the port of PORTS, plus ECO_PORT_OFFSET.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from functions.aws import client
from functions.settings import Settings
from local.aws import queues
from local.aws.event_source import EventSource
from local.aws.function import Function, InvocationError
from local.aws.runtime_api import server
from local.home import FUNCTIONS, Home

PORTS = {name: 9001 + place for place, name in enumerate(FUNCTIONS)}
logger = logging.getLogger(__name__)


def main() -> None:
    """Serve until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    home = Home.from_environment()
    functions = {name: Function() for name in FUNCTIONS}
    addresses = queues.make(
        client("s3"),
        client("sqs"),
        Settings.from_environment(),
        invisible_seconds=int(os.environ.get("ECO_INVISIBLE_SECONDS") or 60),
        receives=int(os.environ.get("ECO_RECEIVES") or 12),
    )
    for name, function in functions.items():
        http = server(name, function, home.listen, PORTS[name] + home.port_offset)
        threading.Thread(target=http.serve_forever, daemon=True).start()
    for name, url in addresses.items():
        EventSource(client("sqs"), url, functions[name]).start()
    while True:
        try:
            functions["maintain"].invoke(b"{}")
            logger.info("maintain is done")
        except InvocationError as error:
            logger.error("maintain failed: %s", error)
        time.sleep(home.maintain_minutes * 60)


if __name__ == "__main__":
    main()
