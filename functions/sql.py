"""The project's SQL, which stands in files under sql/."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "sql"
COMMENT_LINE = re.compile(r"^\s*--.*\n", re.MULTILINE)


@cache
def query(name: str) -> str:
    """The text of sql/`name`.sql, for example `query("load/enter_part")`.

    Without the lines that are comments: the driver goes through it a character at a time, whenever it is executed.
    """
    return COMMENT_LINE.sub("", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
