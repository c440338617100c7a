"""`python -m local.relay`: run the relay of the stack that the environment names."""

from __future__ import annotations

import logging
import os
import threading

from functions.settings import Settings
from local.home import STAGES, Home
from local.relay.dispatch import Dispatcher
from local.relay.event import functions_of_buckets
from local.relay.inbox import Inbox, grpc_server, http_server
from local.relay.queue import Queue

logger = logging.getLogger(__name__)


def _end_all(failure: threading.ExceptHookArgs) -> None:
    """A thread that fails unexpectedly ends the process; started again, it sends all that is pending."""
    error = failure.exc_value
    logger.critical("a thread failed", exc_info=error and (failure.exc_type, error, failure.exc_traceback))
    os._exit(1)


def main() -> None:
    """Serve until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    threading.excepthook = _end_all
    home = Home.from_environment()
    queue = Queue(home.path / "relay" / "events.sqlite")
    urls = {function: home.url(function) for function in STAGES}
    dispatcher = Dispatcher(queue, urls, home.relay_concurrency)
    inbox = Inbox(queue, dispatcher, functions_of_buckets(Settings.from_environment()))
    dispatcher.start()
    publisher = grpc_server(inbox, home.port("relay"), home.listen)  # it stops when nobody refers to it any more
    publisher.start()
    http_server(inbox, home.port("relay-inlet"), home.listen).serve_forever()


if __name__ == "__main__":
    main()
