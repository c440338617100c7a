"""The functions as they are served: real events through the bucket, and events that are none."""

import json
from pathlib import Path

import pytest
import urllib3

from local.home import FUNCTIONS
from tests.running_stack import RunningStack
from tests.warehouse.files import sale, sales

HTTP = urllib3.PoolManager()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_no_cloud_event_is_refused(stack: RunningStack, function: str) -> None:
    assert HTTP.request("POST", stack.home.url(function), body=b"hello").status == 415


@pytest.mark.parametrize("body", [b"{broken", b"[]", b'{"bucket": "eco-raw"}'])
def test_an_event_without_an_object_is_an_error(stack: RunningStack, body: bytes) -> None:
    headers = {
        "ce-id": "1", "ce-source": "//storage.googleapis.com/projects/_/buckets/eco-raw", "ce-specversion": "1.0",
        "ce-type": "google.cloud.storage.object.v1.finalized", "content-type": "application/json",
    }  # fmt: skip
    assert HTTP.request("POST", stack.home.url("validate"), body=body, headers=headers, retries=False).status == 500


def test_files_that_cannot_be_read_fail_with_a_sentence_and_the_next_one_loads(
    stack: RunningStack, tmp_path: Path
) -> None:
    contents = {
        "picture.csv": b"\x89PNG\r\n\x1a\n",
        "empty.csv": b"",
        "header.csv": sales().encode(),
        "words.xlsx": b"not a workbook",
        "good.csv": sales(sale(order="E2E")).encode(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    results = {result["object"].split("/")[-1]: result for result in stack.upload(tmp_path, prefix="sales/mixed/")}
    status = {name: result["status"] for name, result in results.items()}
    assert status == {
        "picture.csv": "FAILED", "empty.csv": "FAILED", "words.xlsx": "FAILED",
        "header.csv": "SUCCESS", "good.csv": "SUCCESS",
    }  # fmt: skip
    assert "is a PNG picture" in results["picture.csv"]["reason"]
    assert "is empty" in results["empty.csv"]["reason"]
    assert "named as an Excel workbook" in results["words.xlsx"]["reason"]
    assert results["header.csv"]["rows_read"] == 0
    assert stack.rows("SELECT quantity FROM eco.fact_sales WHERE order_id = 'E2E'") == [{"quantity": 1}]


def test_an_upload_of_an_unknown_source_fails_with_the_names_that_are_known(
    stack: RunningStack, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    result = stack.upload(tmp_path / "a.csv", prefix="suppliers/")[0]
    assert result["status"] == "FAILED"
    assert "No contract matches 'suppliers/a.csv'" in result["reason"]


def test_logs_are_json_with_run_and_stage_and_without_rows(stack: RunningStack, tmp_path: Path) -> None:
    (tmp_path / "logged.csv").write_text(sales(sale(order="SECRETORDER", customer="SECRETPERSON")))
    result = stack.upload(tmp_path / "logged.csv", prefix="sales/logged/")[0]
    for function in ("validate", "score", "transform", "load"):
        text = stack.home.log(function).read_text()
        assert "SECRET" not in text
        entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        assert any(entry.get("run_id") == result["run_id"] and entry["stage"] == function for entry in entries)
