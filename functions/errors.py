"""The two kinds of failure: one that a repeated delivery may mend, and one that it will not."""

from __future__ import annotations

from uuid import UUID


class PermanentError(Exception):
    """The upload cannot be processed, however often it is delivered.

    Its message becomes the reason of the FAILED run, so it is written for the owner of a shop: what is wrong,
    where, and what to do. Every other exception is transient: it is raised, and the platform delivers again.

    `attempt` is the owner's token of the lease under which it was found, where there was one.
    """

    attempt: UUID | None = None
