"""What a person at the command line is told when something does not work."""

from __future__ import annotations


class LocalError(Exception):
    """The local stack cannot do what was asked; the message says what was wrong, where, and what to do."""


class UsageError(LocalError):
    """The command line or an environment variable is not what it has to be."""
