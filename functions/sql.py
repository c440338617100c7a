"""The project's SQL, which stands in files under sql/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "sql"


@cache
def query(name: str) -> str:
    """The text of sql/`name`.sql, for example `query("load/merge_sales")`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
