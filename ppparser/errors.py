"""Exceptions whose text is the message for the user, and the exit statuses."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitStatus(IntEnum):
    """How a program ended; docs/environment.md lists the meanings."""

    SUCCESS = 0
    FAILURE = 1
    USAGE = 2
    API = 3
    REGRESSION = 4
    INTERRUPTED = 130


def listed(names: Sequence[str], most: int = 20) -> str:
    """Return names for a message; of many, the first ones and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


class UserError(Exception):
    """An error whose text is the message for the user; the program ends with `exit_status`."""

    exit_status = ExitStatus.FAILURE


class UsageError(UserError):
    """The command line does not match the usage."""

    exit_status = ExitStatus.USAGE


class DocumentError(UserError):
    """A file or a response is not the report that was requested."""


class NoDataError(UserError):
    """A report is valid but contains nothing to print, or nothing that matches the filters."""


class OutputError(UserError):
    """A file cannot be written."""


class AcceptanceError(UserError):
    """The file of `--accept` cannot be read."""


class CredentialsError(UserError):
    """A key, an ID, a token or the base URL cannot be used."""


class APIError(UserError):
    """The API or the network did not deliver what was requested."""

    exit_status = ExitStatus.API


class NotFoundError(APIError):
    """The API has nothing with that ID, or not for this key."""


class GateError(UserError):
    """A gate cannot judge a report, or a part of it."""


class GateFailedError(GateError):
    """The gate found a regression, a rise or a missed goal."""

    exit_status = ExitStatus.REGRESSION
