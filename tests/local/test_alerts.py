"""`python -m local alerts`, as a person at the command line meets it."""

from pathlib import Path

from tests.running_stack import RunningStack


def test_a_file_that_failed_is_shown_with_what_to_do(stack: RunningStack, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("sku,price\nA,1\n")
    stack.command_line.run("upload", str(file), "--prefix", "unheard-of/", "--wait")
    maintained = stack.command_line.run("maintain")
    assert maintained.returncode == 0, maintained.stderr
    shown = stack.command_line.run("alerts")
    assert shown.returncode == 0, shown.stderr
    assert "prices.csv" in shown.stdout
    assert "upload it again" in shown.stdout
