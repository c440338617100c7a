"""Posts a message to a webhook as JSON that Slack takes, and whatever understands it."""

from __future__ import annotations

import html

import requests

from functions.outbox import InDoubtError, Message, NotSentError
from functions.settings import Settings

TIMEOUT_SECONDS = 20.0


def send(message: Message, settings: Settings) -> str:
    """Post it; what fails is told without the address, which is a secret."""
    try:
        response = requests.post(
            settings.alert_webhook_url,
            json={"text": html.escape(message.body, quote=False)},
            headers={"Idempotency-Key": str(message.message_id)},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except (requests.ConnectTimeout, ValueError) as error:  # the latter for an address that is none
        raise NotSentError(f"the webhook cannot be reached ({type(error).__name__})") from None
    except requests.RequestException as error:
        raise InDoubtError(f"the webhook did not answer ({type(error).__name__})") from None
    if not 200 <= response.status_code < 300:
        raise NotSentError(f"the webhook answered {response.status_code}")
    return ""
