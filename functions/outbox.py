"""The outbox: messages about alerts, written in the database first, sent from there, and marked one by one.

A mail server and a database have no transaction in common, so nothing can send a message exactly once. The rule:

- who sends a message claims it first, and marks it as sent right after; each is a transaction of its own;
- an attempt that surely failed (the server said no, or nothing was handed over) gives the claim up: the next tick
  tries again;
- an attempt whose end nobody knows (it died, or the connection did after the text was handed over) leaves its claim,
  which lapses: then the message is sent again, word for word and under the same id.

So no message is lost, and a crash leaves at most the one in flight in doubt. Should that one come twice, both carry the
same Message-ID (by which most mailboxes keep one), and the same Idempotency-Key at a webhook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from functions import alert_text
from functions.settings import Settings
from functions.tick import Tick

# Longer than an attempt at a slow server can take.
CLAIM_MINUTES = 15


class NotSentError(OSError):
    """The message was not sent, for sure."""


class InDoubtError(OSError):
    """The message was handed over, but nobody said that it arrived."""


@dataclass(frozen=True)
class Message:
    """A message as it stands in the outbox; it never changes."""

    message_id: UUID
    title: str
    body: str
    written_at: datetime


# Sends a message; raises OSError where it did not, InDoubtError where nobody knows. Returns what is worth a note.
Send = Callable[[Message, Settings], str]


def write(tick: Tick, channel: str, kind: str) -> None:
    """Write a message about all alerts of a kind that are due, if there are any."""
    settings = tick.on.settings
    message_id = uuid4()
    with tick.on.warehouse.transaction() as transaction:
        transaction.run("alerts/lock")
        with transaction.connection.begin_nested() as attempt:
            count = transaction.run(
                "alerts/tell",
                message_id=message_id,
                channel=channel,
                kind=kind,
                now=tick.now,
                repeat_hours=settings.alert_repeat_hours,
                group_minutes=settings.alert_group_minutes,
            ).rowcount
            if not count:
                return
            told = transaction.run("alerts/told", message_id=message_id, most=alert_text.SHOWN).all()
            title = alert_text.title(kind, count, told)
            if tick.is_dry:
                attempt.rollback()
            else:
                body = alert_text.body(kind, count, told, settings.dashboard_url)
                transaction.run(
                    "alerts/write_message", message_id=message_id, channel=channel, kind=kind, title=title, body=body
                )
    if tick.is_dry:
        tick.tell("send_alerts", channel, "sent", title)


def send_waiting(tick: Tick, channel: str, send: Send) -> None:
    """Send what waits for a channel, oldest first, until one cannot be sent; raises OSError then."""
    while claimed := _claim(tick, channel):
        message, claim = claimed
        try:
            note = send(message, tick.on.settings)
        except OSError as error:
            _give_up(tick, message, claim, error)
            raise
        with tick.on.warehouse.transaction() as transaction:
            transaction.run("alerts/mark_sent", message_id=message.message_id, claimed_by=claim)
        tick.tell("send_alerts", channel, "sent", message.title + note)


def _claim(tick: Tick, channel: str) -> tuple[Message, UUID] | None:
    claim = uuid4()
    with tick.on.warehouse.transaction() as transaction:
        found = transaction.run("alerts/claim", channel=channel, claimed_by=claim, minutes=CLAIM_MINUTES).first()
    return (Message(found.message_id, found.title, found.body, found.written_at), claim) if found else None


def _give_up(tick: Tick, message: Message, claim: UUID, error: OSError) -> None:
    with tick.on.warehouse.transaction() as transaction:
        transaction.run(
            "alerts/give_up",
            message_id=message.message_id,
            claimed_by=claim,
            error=str(error)[:500],
            in_doubt=isinstance(error, InDoubtError),
        )
