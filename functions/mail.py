"""Sends a message by SMTP: encrypted unless told otherwise, and never for longer than a slow server is worth."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from functions.outbox import InDoubtError, Message, NotSentError
from functions.secret import smtp_password
from functions.settings import Settings

ENCRYPTED_PORT = 465  # encrypted from the start; on all others, STARTTLS
TIMEOUT_SECONDS = 20.0  # for each answer of the server

# The server said no: it has not taken the message.
REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


def send(message: Message, settings: Settings) -> str:
    """Mail it to everyone in ALERT_EMAIL; returns a note where some of them were refused, and raises where all were."""
    recipients = [address.strip() for address in settings.alert_email.split(",") if address.strip()]
    with _connected(settings) as server:
        try:
            refused = server.send_message(as_mail(message, recipients, settings.smtp_user), to_addrs=recipients)
        except REFUSALS as error:
            raise NotSentError(f"the mail server refused the message: {error}") from error
        except OSError as error:
            raise InDoubtError(f"the mail server did not say whether it took the message: {error}") from error
    return f" (refused for {len(refused)} of {len(recipients)} addresses)" if refused else ""


def as_mail(message: Message, recipients: list[str], smtp_user: str) -> EmailMessage:
    """The mail, each time the same; it comes from the user at the mail server, or else from the first recipient."""
    sender = smtp_user if "@" in smtp_user else recipients[0]
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = f"[eco] {message.title}"
    mail["Date"] = message.written_at
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A server that takes mail; raises OSError where there is none."""
    if settings.smtp_user and settings.smtp_tls == "off":
        raise NotSentError("SMTP_PASSWORD is not sent unencrypted: set SMTP_TLS to on, or leave SMTP_USER empty")
    server = _opened(settings)
    try:
        if settings.smtp_user:
            server.login(settings.smtp_user, smtp_password(settings))
        yield server
    finally:
        with suppress(OSError):  # whether the message was taken is known by now
            server.quit()
        server.close()


def _opened(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    context = ssl.create_default_context()
    if settings.smtp_tls == "implicit" or (settings.smtp_tls == "on" and port == ENCRYPTED_PORT):
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    if settings.smtp_tls == "on":
        try:
            server.starttls(context=context)
        except OSError:
            server.close()
            raise
    return server
