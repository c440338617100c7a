"""What a function does without, so that it starts sooner and needs less memory."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    """Answers a search for pandas: there is none."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is kept out of a function that has no use for it", name=name)


def without_pandas() -> None:
    """Keep pyarrow from importing pandas in this process, which it does with the first list that it sees.

    Only `score` has a use for it; everywhere else it would cost half a second and 50 MB.
    """
    if not any(isinstance(finder, _NoPandas) for finder in sys.meta_path):
        sys.meta_path.insert(0, _NoPandas())


def give_back_memory() -> None:
    """Give what is free to the system, that between what is in use too: else a long file leaves more and more holes."""
    pa.default_memory_pool().release_unused()
