"""A message over a real SMTP conversation: encrypted, with a login, refused, slow."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import trustme

from functions import mail
from functions.outbox import InDoubtError, Message
from functions.settings import Settings
from tests.alerts.servers import PASSWORD, USER, Mailbox, free_port, mail_server, silent_server

MESSAGE = Message(
    UUID("5f3c1a52-0f6e-4f0e-9d0b-1c2d3e4f5a6b"),
    "A file could not be processed: sales/Größen.csv",
    "sales/Größen.csv is empty.\n",
    datetime(2026, 1, 10, 12, tzinfo=UTC),
)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server on 127.0.0.1 needs to be trusted, by an authority that this test made."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def settings(port: int, **changes: object) -> Settings:
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "alert_email": "owner@example.com"}
    return Settings(**{**given, **changes})  # type: ignore[arg-type] # names are checked by Settings itself


@pytest.fixture
def plain() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.mark.parametrize("implicit", [False, True])
def test_it_goes_encrypted_and_with_a_login(tls: ssl.SSLContext, implicit: bool) -> None:
    with mail_server(tls, implicit, login=True) as mailbox:
        how = "implicit" if implicit else "on"
        mail.send(MESSAGE, settings(mailbox.port, smtp_user=USER, smtp_password=PASSWORD, smtp_tls=how))
    assert (mailbox.logins, mailbox.was_encrypted) == ([USER], [True])
    (received,) = mailbox.mails
    assert received["From"] == USER
    assert received["To"] == "owner@example.com"
    assert received["Subject"] == "[eco] A file could not be processed: sales/Größen.csv"
    assert received["Message-ID"] == "<5f3c1a52-0f6e-4f0e-9d0b-1c2d3e4f5a6b@example.com>"
    assert received["Date"].datetime == MESSAGE.written_at
    assert received.get_content().splitlines() == MESSAGE.body.splitlines()


def test_a_wrong_password_is_refused(tls: ssl.SSLContext) -> None:
    with mail_server(tls, login=True) as mailbox:
        with pytest.raises(OSError, match="535") as refusal:
            mail.send(MESSAGE, settings(mailbox.port, smtp_user=USER, smtp_password=PASSWORD[::-1]))
        assert mailbox.mails == []
    assert not isinstance(refusal.value, InDoubtError)
    assert PASSWORD[::-1] not in str(refusal.value)


def test_a_server_that_cannot_encrypt_gets_nothing(plain: Mailbox) -> None:
    with pytest.raises(OSError, match="STARTTLS"):
        mail.send(MESSAGE, settings(plain.port))
    assert plain.mails == []


def test_a_server_that_nobody_vouches_for_gets_nothing(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server(tls) as mailbox:
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.send(MESSAGE, settings(mailbox.port))
        assert mailbox.mails == []


def test_unencrypted_only_where_it_says_so_and_never_with_a_password(plain: Mailbox) -> None:
    off = settings(plain.port, smtp_tls="off")
    mail.send(MESSAGE, off)
    assert len(plain.mails) == 1
    with pytest.raises(OSError, match="SMTP_PASSWORD is not sent unencrypted"):
        mail.send(MESSAGE, settings(plain.port, smtp_tls="off", smtp_user=USER, smtp_password=PASSWORD))
    assert (len(plain.mails), plain.logins) == (1, [])


def test_one_wrong_address_does_not_keep_the_others_from_it(plain: Mailbox) -> None:
    plain.refuses = ("gone@example.com",)
    both = settings(plain.port, smtp_tls="off", alert_email="owner@example.com, gone@example.com")
    assert mail.send(MESSAGE, both) == " (refused for 1 of 2 addresses)"
    with pytest.raises(OSError, match="no such mailbox"):
        mail.send(MESSAGE, settings(plain.port, smtp_tls="off", alert_email="gone@example.com"))
    assert len(plain.mails) == 1


def test_a_server_that_is_down_or_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(ConnectionRefusedError):
        mail.send(MESSAGE, settings(free_port()))
    with silent_server() as port, pytest.raises(OSError, match="timed out") as refusal:
        mail.send(MESSAGE, settings(port))
    assert not isinstance(refusal.value, InDoubtError)


def test_a_server_that_takes_it_and_does_not_say_so_leaves_it_in_doubt(
    plain: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    plain.answers_late = 1
    with pytest.raises(InDoubtError):
        mail.send(MESSAGE, settings(plain.port, smtp_tls="off"))
    assert len(plain.mails) == 1
