"""What a function does without, so that it starts sooner and needs less memory."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class _Absent(MetaPathFinder):
    """Answers a search for some packages: there are none."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self.packages = packages

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.packages:
            raise ModuleNotFoundError(f"{name} is kept out of a function that has no use for it", name=name)


def without(*packages: str) -> None:
    """Keep packages out of this process that others import just because they are installed.

    pyarrow does that to pandas with the first list that it sees, which costs half a second and 50 MB; only `score` has
    a use for it. The client of Cloud Storage does it to grpc, though it speaks HTTP.
    """
    others = [finder for finder in sys.meta_path if not isinstance(finder, _Absent)]
    sys.meta_path[:] = [_Absent(packages), *others]


@contextmanager
def importing() -> Iterator[None]:
    """Look for no garbage while the block imports, which makes none: the search would take a sixth of the time.

    What is there at the end is left out of every later search, so this is for the start of a process.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def give_back_memory() -> None:
    """Give what is free to the system, that between what is in use too: else a long file leaves more and more holes."""
    import ctypes

    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # what Python and numpy have; only glibc keeps it
        trim(0)
