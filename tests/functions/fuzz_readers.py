"""Fuzzing guided by coverage: `python -m tests.functions.fuzz_readers KIND FOLDER [-runs=2000 …]`.

Begins with the awkward files of the corpus and goes on from each change of a file that reaches new code of the readers.
Where a file breaks what accounting.py demands, it is kept in the folder and the exit code is not 0; to see it again,
name it behind the folder. `make fuzz` runs every kind.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["functions", "openpyxl"]):
    # Readers are imported by their first file, which would be too late.
    from functions.readers import columnar, delimited, json_rows, workbook  # noqa: F401
    from tests.functions.accounting import KINDS, Kind, account

MAX_BYTES = 64 * 1024
MAX_SECONDS = 60  # for one file
MAX_MEGABYTES = 2048


def main(kind: str, folder: Path, *options: str) -> None:
    """Fuzz one kind of file; ends the process."""
    limits = [f"-max_len={MAX_BYTES}", f"-timeout={MAX_SECONDS}", f"-rss_limit_mb={MAX_MEGABYTES}"]
    places = [str(planted(KINDS[kind], folder / kind)), f"-artifact_prefix={folder / kind}-"]
    again = any(not option.startswith("-") for option in options)
    atheris.Setup([sys.argv[0], *(options if again else [*limits, *places, *options])], holds(KINDS[kind]))
    atheris.Fuzz()


def holds(kind: Kind) -> Callable[[bytes], None]:
    def one(data: bytes) -> None:
        file = kind.packed(data)
        for name in kind.names:
            account(name, file)

    return one


def planted(kind: Kind, folder: Path) -> Path:
    """The folder with the seeds, and whatever an earlier run found worth keeping."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in kind.seeds():
        (folder / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    return folder


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
