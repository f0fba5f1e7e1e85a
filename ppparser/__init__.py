"""Parse the power and performance reports of the App Store Connect API, offline."""

from __future__ import annotations

__version__ = "1.0.0"


class Failure(Exception):
    """What a person must be told: the text is shown as it is, `exit_status` ends the program."""

    exit_status = 1
