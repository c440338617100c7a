"""A file held against its contract, chunk by chunk: what `validate` and `contract try` have in common."""

from __future__ import annotations

from collections.abc import Iterator

from functions import readers, rules
from functions.drift import Drift
from functions.readers.detect import Opened
from functions.repeats import Repeats
from functions.rules import Checked


def checked(opened: Opened, drift: Drift) -> Iterator[Checked]:
    """The rows of the file that `drift` is about, valid ones and rejected ones.

    Raises PermanentError where the file cannot be read, or where its columns are none that the contract takes.
    """
    contract = drift.contract
    chunks = ((rows, rules.check(contract, rows)) for rows in readers.read(opened, contract, drift.file))
    for _, result in Repeats(contract).without(drift.watching(chunks)):
        yield result
