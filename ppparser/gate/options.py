"""Read the options of a gate from the arguments of a program."""

from __future__ import annotations

import re

from ppparser.errors import UsageError
from ppparser.gate.acceptances import read_acceptances
from ppparser.gate.outcome import GateOptions
from ppparser.program.harness import Arguments

_PERCENT = re.compile(r"([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})\s*%?")


def read_gate_options(arguments: Arguments) -> GateOptions:
    """Return the options of a gate, with the entries of the file of `--accept`.

    Raises UsageError, or AcceptanceError for that file.
    """
    percent, goal, path = (arguments[option] for option in ("--fail-above", "--fail-below-goal", "--accept"))
    match = _PERCENT.fullmatch(percent or "")
    if percent and not match:
        raise UsageError("--fail-above takes a percentage, such as 10 or 7.5")
    if goal and goal.lower() not in ("fair", "good"):
        raise UsageError("--fail-below-goal takes fair or good")
    options = GateOptions(arguments["--fail-on-regression"], float(match[1]) if match else None, (goal or "").lower())
    if path and not options.rules:
        raise UsageError("--accept requires --fail-on-regression, --fail-above or --fail-below-goal")
    return options._replace(acceptances=read_acceptances(path)) if path else options
