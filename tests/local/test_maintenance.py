"""`maintain --dry-run` and `restore`, as a person at the command line meets them."""

import pytest

from tests.running_stack import RunningStack


def test_a_dry_run_of_maintain_says_what_it_would_do_and_logs_nothing(stack: RunningStack) -> None:
    logged = "SELECT count(*) FROM eco.maintenance_log WHERE outcome LIKE 'would be %'"
    shown = stack.command_line.run("maintain", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "would be done" in shown.stdout
    assert stack.rows(logged) == [{"count": 0}]


@pytest.mark.parametrize("month", ["2025-13", "2025-1", "25-12", "2025-12-01", "december", "0000-01", "٢٠٢٥-١٢"])
def test_a_month_is_written_with_its_year(stack: RunningStack, month: str) -> None:
    refused = stack.command_line.run("restore", month)
    assert refused.returncode == 2
    assert f"{month!r} is not a month. Write it as YYYY-MM, for example 2025-12." in refused.stderr


def test_a_month_that_is_not_archived_cannot_be_restored(stack: RunningStack) -> None:
    refused = stack.command_line.run("restore", "1999-01")
    assert refused.returncode == 1
    assert "1999-01 was not brought back: 1999-01 is not archived; archived months: none" in refused.stderr
