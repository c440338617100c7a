"""Alerts, as tasks of maintain: what a person should know of is found, kept in the database, and told.

What stands is found anew in every tick, from the ledger and the partitions themselves: nothing has to be remembered at
the moment of a failure, so a crash there loses no alert. Each is told in a message a kind (functions/outbox.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import requests

from functions import mail, months, outbox, webhook
from functions.alert_text import KINDS
from functions.outbox import Send
from functions.settings import Settings
from functions.tick import Tick
from functions.warehouse import Transaction

ANSWER_SECONDS = 10

# Writes what is wrong now to the table incoming_problem.
Fill = Callable[[Transaction], None]


def raise_alerts(tick: Tick) -> None:
    """Keep what is wrong now as alerts, each once, and close those that are over."""
    for kind, find in FINDERS.items():
        with tick.attempt("raise_alerts", kind):
            _settle(tick, kind, find(tick))


def send_alerts(tick: Tick) -> None:
    """Write what is due into messages, and send all that wait. A channel in trouble keeps its messages."""
    for channel, send in _channels(tick.on.settings).items():
        with tick.attempt("send_alerts", channel):
            for kind in KINDS:
                outbox.write(tick, channel, kind)
            if not tick.is_dry:
                outbox.send_waiting(tick, channel, send)


def _channels(settings: Settings) -> dict[str, Send]:
    """How messages leave, by name; without a setting for any, alerts stand in the database alone."""
    by_mail: dict[str, Send] = {"email": mail.send} if settings.smtp_host and settings.alert_email else {}
    by_webhook: dict[str, Send] = {"webhook": webhook.send} if settings.alert_webhook_url else {}
    return by_mail | by_webhook


def _settle(tick: Tick, kind: str, fill: Fill) -> None:
    with tick.on.warehouse.transaction() as transaction:
        transaction.run("alerts/lock")
        transaction.run("alerts/stage")
        fill(transaction)
        new = transaction.value("alerts/count_new", kind=kind)
        if not tick.is_dry:
            transaction.run("alerts/raise", kind=kind, advice=KINDS[kind].advice)
            transaction.run("alerts/close", kind=kind)
    if new:
        tick.tell("raise_alerts", kind, "raised", f"{new} new")


def _failed_runs(tick: Tick) -> Fill:
    return lambda transaction: _filled(transaction, "failed_run", hanging=False, now=tick.now)


def _hanging_runs(tick: Tick) -> Fill:
    """Those that fail_hanging gave up: until then, deliver_again is still trying."""
    return lambda transaction: _filled(transaction, "failed_run", hanging=True, now=tick.now)


def _quality_thresholds(tick: Tick) -> Fill:
    limits = {
        "rejected_percent": tick.on.settings.alert_rejected_percent,
        "held_percent": tick.on.settings.alert_held_percent,
    }
    return lambda transaction: _filled(transaction, "quality_threshold", now=tick.now, **limits)


def _missing_files(tick: Tick) -> Fill:
    return lambda transaction: _filled(transaction, "missing_file", today=tick.now.date())


def _short_horizon(tick: Tick) -> Fill:
    """Months that are still missing after make_partitions has had its turn; a dry one has made none."""
    wanted = months.ahead(tick.now.date(), tick.on.settings.horizon_months)
    with tick.on.warehouse.transaction() as transaction:
        missing = transaction.run("maintain/missing_months", months=wanted).scalars().all()
    if not missing or tick.is_dry:
        return _listed([])
    named = ", ".join(f"{first_day:%Y-%m}" for first_day in missing)
    return _listed([_problem("fact_sales", f"There are no partitions for {named}.", len(missing), tick)])


def _dead_letters(tick: Tick) -> Fill:
    """What the local relay gave up; in the cloud, a policy on the dead-letter topic alerts."""
    url = tick.on.settings.dead_letter_url
    if not url:
        return _listed([])
    response = requests.get(url, timeout=ANSWER_SECONDS)
    response.raise_for_status()
    dead: dict[str, int] = response.json()["dead"]
    return _listed(
        _problem(function, f"{count} events for the function {function} were given up.", count, tick)
        for function, count in dead.items()
    )


FINDERS: dict[str, Callable[[Tick], Fill]] = {
    "failed_run": _failed_runs,
    "hanging_run": _hanging_runs,
    "quality_threshold": _quality_thresholds,
    "missing_file": _missing_files,
    "partition_horizon": _short_horizon,
    "dead_letter": _dead_letters,
}


def _filled(transaction: Transaction, finder: str, **parameters: Any) -> None:
    transaction.run(f"alerts/find_{finder}", **parameters)


def _listed(problems: Iterable[dict[str, Any]]) -> Fill:
    def fill(transaction: Transaction) -> None:
        for problem in problems:
            transaction.run("alerts/add_problem", **problem)

    return fill


def _problem(subject: str, what: str, seen: int, tick: Tick) -> dict[str, Any]:
    """Something that is so now, and is seen again in each tick as long as it is."""
    return {"subject": subject, "object_name": None, "what": what, "seen": seen, "seen_at": tick.now}
