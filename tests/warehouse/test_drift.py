"""Schema drift is recorded on the run, also on one that fails, and shown to the owner of the shop."""

from tests.pipeline import Pipeline

HEADER = "order_id,line_no,sale_timestamp,product_id,customer_id,quantity,unit_price,discount_rate,currency,country"
LINE = "A1,1,2026-01-31T10:30:00Z,P1,C1,2,9.5,,GBP,France"


def test_a_new_column_is_recorded_and_told(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", f"{HEADER},colour\n{LINE},blue\n")
    pipeline.process(upload)
    run = pipeline.run(upload)
    assert (run["status"], run["drift"]) == ("SUCCESS", {"new": ["colour"]})
    assert run["notice"] == "New columns, which are not read: colour."


def test_a_file_as_its_contract_says_has_no_drift(pipeline: Pipeline) -> None:
    upload = pipeline.upload("sales/a.csv", f"{HEADER}\n{LINE}\n")
    pipeline.process(upload)
    assert (pipeline.run(upload)["drift"], pipeline.run(upload)["notice"]) == (None, None)


def test_a_run_that_fails_keeps_what_was_seen_of_its_columns_and_rows(pipeline: Pipeline) -> None:
    text = f"{HEADER},colour\n{LINE},blue\n{LINE.replace(',2,', ',two,')},red\n".encode() + "é\n".encode() * 9000
    upload = pipeline.upload("sales/a.csv", text + b"\xe9\n" + b"x" * 5_000_000)
    pipeline.process(upload)
    run = pipeline.run(upload)
    assert run["status"] == "FAILED"
    assert "line 9,004 is not in UTF-8" in run["reason"]
