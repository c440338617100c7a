"""The session's stack with a shop in it: sales, products, customers, and files that cannot be read."""

import pytest

from tests.running_stack import RunningStack


@pytest.fixture(scope="session")
def shop(stack: RunningStack) -> RunningStack:
    """The stack after `python -m local demo`."""
    if not stack.rows("SELECT run_id FROM eco.pipeline_run LIMIT 1"):
        demo = stack.command_line.run("demo", timeout=400)
        assert demo.returncode == 0, demo.stdout + demo.stderr
    return stack
