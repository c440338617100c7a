"""Alerts are told in a message a kind, repeated only after an interval, and neither lost nor repeated by a crash."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from functions import alerts, mail
from functions.maintain import MaintenanceError
from functions.tick import Tick
from tests.alerts.servers import Hook, Mailbox, free_port, mail_server, webhook_server
from tests.pipeline import Pipeline, superuser
from tests.warehouse.crash import ProcessKilled, killed_at
from tests.warehouse.files import sale, sales

NO_SALES = "name,said\nJane Doe,a secret\n"
FAILED = """
INSERT INTO eco.pipeline_run (
    run_id, bucket, object_name, generation, uploaded_at, size_bytes, status, failed_stage, reason, finished_at
)
VALUES (gen_random_uuid(), 'b', :name, 1, now(), 1, 'FAILED', :stage, 'It is empty.', now())
"""


@pytest.fixture
def mailbox(pipeline: Pipeline) -> Iterator[Mailbox]:
    with mail_server() as opened:
        pipeline.changes.update(
            smtp_host="127.0.0.1",
            smtp_port=opened.port,
            smtp_tls="off",
            alert_email="owner@example.com",
            dashboard_url="https://shop.example.com/dashboard",
        )
        yield opened


@pytest.fixture
def hook(pipeline: Pipeline) -> Iterator[Hook]:
    with webhook_server() as opened:
        pipeline.changes["alert_webhook_url"] = opened.url
        yield opened


def bad_file(pipeline: Pipeline, name: str) -> None:
    pipeline.process(pipeline.upload(name, NO_SALES))


def subjects(mailbox: Mailbox) -> list[str]:
    return [mail["Subject"] for mail in mailbox.mails]


def after(**time: float) -> datetime:
    return datetime.now(UTC) + timedelta(**time)


def unsent(pipeline: Pipeline) -> int:
    return int(pipeline.value("SELECT count(*) FROM eco.alert_message WHERE sent_at IS NULL"))


def lapse_claims(pipeline: Pipeline) -> None:
    with contextlib.closing(superuser(pipeline.home, pipeline.name)) as connection:
        connection.run("UPDATE eco.alert_message SET claimed_until = now() WHERE claimed_until > now()")


def test_one_mail_tells_of_a_hundred_bad_files(pipeline: Pipeline, mailbox: Mailbox) -> None:
    for number in range(100):
        pipeline.deliver("validate", pipeline.upload(f"sales/{number:03}.csv", NO_SALES))
    for _ in range(3):
        pipeline.maintain()
    assert subjects(mailbox) == ["[eco] 100 files could not be processed"]
    text = mailbox.mails[0].get_content()
    assert "- sales/099.csv sales/099.csv lacks 7 of the columns" in text
    assert "- and 80 more" in text
    assert "Put it right and upload it again" in text
    assert "https://shop.example.com/dashboard" in text
    assert "Jane" not in text and "secret" not in text


def test_each_kind_of_trouble_has_a_mail_of_its_own(pipeline: Pipeline, mailbox: Mailbox) -> None:
    bad_file(pipeline, "sales/bad.csv")
    pipeline.process(pipeline.upload("sales/half.csv", sales(sale("A1", 1), sale("A1", 2, quantity="x"))))
    pipeline.maintain()
    assert sorted(subjects(mailbox)) == [
        "[eco] A file could not be processed: sales/bad.csv",
        "[eco] Many rows of a file were rejected or held: sales/half.csv",
    ]


def test_more_of_the_same_kind_waits_for_the_interval_and_is_then_told_once(
    pipeline: Pipeline, mailbox: Mailbox
) -> None:
    bad_file(pipeline, "sales/1.csv")
    pipeline.maintain()
    for name in ("sales/2.csv", "sales/3.csv"):
        bad_file(pipeline, name)
    pipeline.maintain(now=after(minutes=55))
    assert len(mailbox.mails) == 1
    pipeline.maintain(now=after(minutes=65))
    pipeline.maintain(now=after(minutes=65))
    assert subjects(mailbox)[1:] == ["[eco] 2 files could not be processed"]
    assert "sales/1.csv" not in mailbox.mails[1].get_content()


def test_what_goes_on_is_told_again_only_after_a_day(pipeline: Pipeline, mailbox: Mailbox) -> None:
    bad_file(pipeline, "sales/1.csv")
    pipeline.maintain()
    bad_file(pipeline, "sales/1.csv")
    pipeline.maintain(now=after(hours=23))
    assert len(mailbox.mails) == 1
    pipeline.maintain(now=after(hours=25))
    pipeline.maintain(now=after(hours=50))  # nothing more was seen since
    assert len(mailbox.mails) == 2
    assert "(2 times, last" in mailbox.mails[1].get_content()


def test_with_nobody_to_tell_alerts_stand_all_the_same(pipeline: Pipeline) -> None:
    bad_file(pipeline, "sales/1.csv")
    pipeline.maintain()
    assert pipeline.value("SELECT count(*) FROM eco.alert") == 1
    assert pipeline.value("SELECT count(*) FROM eco.alert_message") == 0


def test_a_webhook_gets_json_that_slack_takes(pipeline: Pipeline, hook: Hook) -> None:
    bad_file(pipeline, "sales/<a>.csv")
    pipeline.maintain()
    ((posted, key),) = hook.posts
    assert posted.keys() == {"text"}
    assert posted["text"].startswith("A file could not be processed: sales/&lt;a&gt;.csv.")
    assert key == str(pipeline.value("SELECT message_id FROM eco.alert_message"))


def test_a_webhook_that_refuses_is_asked_again_and_its_address_is_told_to_nobody(
    pipeline: Pipeline, hook: Hook, mailbox: Mailbox
) -> None:
    hook.status = 500
    bad_file(pipeline, "sales/a.csv")
    with pytest.raises(MaintenanceError, match="send_alerts of webhook: the webhook answered 500"):
        pipeline.maintain()
    assert len(mailbox.mails) == 1  # the other channel does not wait for it
    hook.status = 204
    pipeline.maintain()
    (first, second) = hook.posts
    assert first == second
    for table in ("maintenance_log", "alert_message"):
        assert pipeline.rows(f"SELECT * FROM eco.{table} AS row WHERE row::text LIKE '%secret%'") == []  # noqa: S608


def test_while_the_server_is_down_the_outbox_keeps_it_and_all_else_is_done(
    pipeline: Pipeline, mailbox: Mailbox
) -> None:
    pipeline.changes["smtp_port"] = free_port()
    bad_file(pipeline, "sales/1.csv")
    with pytest.raises(MaintenanceError, match="send_alerts of email"):
        pipeline.maintain()
    told = pipeline.rows("SELECT task, outcome FROM eco.maintenance_log ORDER BY maintenance_id")
    assert {"task": "make_partitions", "outcome": "done"} in told
    assert told[-1] == {"task": "send_alerts", "outcome": "failed"}
    assert "refused" in pipeline.value("SELECT last_error FROM eco.alert_message")
    assert unsent(pipeline) == 1

    bad_file(pipeline, "sales/2.csv")
    with pytest.raises(MaintenanceError):
        pipeline.maintain(now=after(hours=2))
    assert unsent(pipeline) == 1  # no second message before the first is gone

    pipeline.platforms["maintain"].warehouse.engine.dispose()
    del pipeline.platforms
    pipeline.changes["smtp_port"] = mailbox.port
    pipeline.maintain()
    pipeline.maintain(now=after(hours=2))
    assert subjects(mailbox) == [f"[eco] A file could not be processed: sales/{number}.csv" for number in (1, 2)]


def test_a_server_too_slow_to_answer_leaves_the_message_in_doubt_until_the_claim_lapses(
    pipeline: Pipeline, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    mailbox.answers_late = 1
    bad_file(pipeline, "sales/1.csv")
    with pytest.raises(MaintenanceError, match="did not say whether it took"):
        pipeline.maintain()
    mailbox.answers_late = 0
    pipeline.maintain()
    assert len(mailbox.mails) == 1
    lapse_claims(pipeline)
    pipeline.maintain()
    first, again = mailbox.mails
    assert first.as_bytes() == again.as_bytes()
    assert unsent(pipeline) == 0


def test_two_that_send_at_once_send_each_message_once(pipeline: Pipeline, mailbox: Mailbox) -> None:
    mailbox.answers_late = 0.2
    bad_file(pipeline, "sales/1.csv")
    pipeline.rows(FAILED, "eco_validator", stage="maintain", name="hung.csv")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: pipeline.maintain(), range(4)))
    assert (len(mailbox.ids), len(set(mailbox.ids))) == (2, 2)


def test_a_crash_at_any_step_loses_none_and_repeats_only_the_one_in_flight(
    pipeline: Pipeline, mailbox: Mailbox
) -> None:
    """Two messages wait each time. Whatever step the process dies at, both arrive; twice at most one, word for word."""
    pipeline.changes.update(alert_group_minutes=0)
    pipeline.maintain()  # makes the partitions, whose absence would be an alert
    repeated, finished = [], False
    for step in range(1, 100):
        for stage in ("validate", "maintain"):
            pipeline.rows(FAILED, "eco_validator", stage=stage, name=f"{stage}-{step}.csv")
        mailbox.mails.clear()
        finished = _die(pipeline, step)
        lapse_claims(pipeline)
        alerts.send_alerts(_tick(pipeline))
        copies = Counter(mailbox.ids)
        assert len(copies) == 2, step
        assert len({mail.as_bytes() for mail in mailbox.mails}) == 2, step
        assert sorted(copies.values())[0] == 1, step
        repeated += [step] if max(copies.values()) > 1 else []
        if finished:
            break
    assert finished
    assert unsent(pipeline) == 0
    # Dying at the mark itself or at its commit: of each of the two messages.
    assert len(repeated) == 4, repeated


def _die(pipeline: Pipeline, step: int) -> bool:
    """Send alerts in a process that dies at the step-th statement; whether it had done all by then."""
    tick = _tick(pipeline)
    alerts.raise_alerts(tick)
    done = False
    with pytest.raises(ProcessKilled), killed_at(pipeline.platforms["maintain"].warehouse.engine, step):
        alerts.send_alerts(tick)
        done = True
    return done


def _tick(pipeline: Pipeline) -> Tick:
    return Tick(pipeline.platforms["maintain"], datetime.now(UTC), is_dry=False)
