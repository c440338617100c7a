"""Delivers events: a few at a time to each function, again and again until it takes them."""

from __future__ import annotations

import heapq
import logging
import secrets
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3

from local.relay.queue import Queue

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
ATTEMPTS = 12
ANSWER_SECONDS = 540.0
ERROR_CHARACTERS = 500
MOST_INSTANCES = 100  # whose connections are kept

logger = logging.getLogger(__name__)
_random = secrets.SystemRandom()


@dataclass
class Lane:
    """The events that wait for one function: a heap of (due in monotonic seconds, id of the event)."""

    url: str
    waiting: list[tuple[float, int]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    in_flight: int = 0

    def put(self, event_id: int, delay: float = 0.0) -> None:
        """Add an event that is due in `delay` seconds."""
        with self.changed:
            heapq.heappush(self.waiting, (time.monotonic() + delay, event_id))
            self.changed.notify()

    def take(self) -> int:
        """Wait for the next event that is due; it counts as in flight from now on."""
        with self.changed:
            while (delay := self._delay()) != 0.0:
                self.changed.wait(delay)
            self.in_flight += 1
            return heapq.heappop(self.waiting)[1]

    def done(self) -> None:
        """An event that was taken is no longer in flight."""
        with self.changed:
            self.in_flight -= 1

    def _delay(self) -> float | None:
        """Seconds until the next event is due; None where no event waits."""
        return max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else None


class Dispatcher:
    """Posts each event of a queue to its function, at most `concurrency` at a time to each."""

    def __init__(
        self,
        queue: Queue,
        urls: Mapping[str, str],
        concurrency: int = 4,
        attempts: int = ATTEMPTS,
        first_wait: float = FIRST_WAIT_SECONDS,
    ) -> None:
        """`urls` are the addresses of the functions, `first_wait` the seconds before a second attempt."""
        self._queue = queue
        self._attempts = attempts
        self._first_wait = first_wait
        self._concurrency = concurrency
        self._lanes = {function: Lane(url) for function, url in urls.items()}
        timeout = urllib3.Timeout(connect=5.0, read=ANSWER_SECONDS)
        self._http = urllib3.PoolManager(MOST_INSTANCES, maxsize=concurrency, retries=False, timeout=timeout)

    def start(self) -> None:
        """Take up what is pending, and begin to deliver."""
        for event_id, function in self._queue.pending():
            self.announce(event_id, function)
        for lane in self._lanes.values():
            for _ in range(self._concurrency):
                threading.Thread(target=self._deliver_for_ever, args=(lane,), daemon=True).start()

    def announce(self, event_id: int, function: str) -> None:
        """An event is in the queue."""
        self._lanes[function].put(event_id)

    def in_flight(self) -> dict[str, int]:
        """How many events each function is working on."""
        return {function: lane.in_flight for function, lane in self._lanes.items()}

    def _deliver_for_ever(self, lane: Lane) -> None:
        while True:
            event_id = lane.take()
            try:
                self._deliver(lane, event_id)
            finally:
                lane.done()

    def _deliver(self, lane: Lane, event_id: int) -> None:
        error = self._post(lane.url, event_id)
        if error is None:
            self._queue.delivered(event_id)
            return
        attempts = self._queue.failed(event_id, error, self._attempts)
        if attempts is None:
            logger.error("event %d is a dead letter after %d attempts: %s", event_id, self._attempts, error)
            return
        lane.put(event_id, self._wait(attempts))

    def _post(self, url: str, event_id: int) -> str | None:
        """Post an event; what went wrong, or None."""
        event = self._queue.get(event_id)
        try:
            response = self._http.request("POST", _at_any(url), body=event.body, headers=dict(event.headers))
        except (urllib3.exceptions.HTTPError, socket.gaierror) as error:
            return str(error)
        if 200 <= response.status < 300:
            return None
        return f"HTTP {response.status}: {response.data.decode(errors='replace')[:ERROR_CHARACTERS]}"

    def _wait(self, attempts: int) -> float:
        """Exponential backoff with jitter: events that failed together do not come back together."""
        longest = min(LONGEST_WAIT_SECONDS, self._first_wait * 2.0 ** (attempts - 1))
        return _random.uniform(longest / 2, longest)


def _at_any(url: str) -> str:
    """The URL at one of its host's addresses: a connection that is kept would give all events to one instance."""
    parts = urlsplit(url)
    address = _random.choice(socket.gethostbyname_ex(parts.hostname or "")[2])
    return parts._replace(netloc=f"{address}:{parts.port or 80}").geturl()
