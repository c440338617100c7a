"""A function imports what it needs and no more: cold starts are paid for in imports."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("function", ["main", "validate", "transform", "load", "maintain"])
def test_a_function_that_does_not_score_does_not_import_scikit_learn(function: str) -> None:
    check = f"import sys, functions.{function}; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
