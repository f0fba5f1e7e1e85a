"""The options of a gate, which two programs have: their names, and their lines in the help."""

from __future__ import annotations

# A suggested command does not repeat them: it is to look into a report, not to judge it.
GATE_OPTIONS = ("--fail-on-regression", "--fail-above", "--fail-below-goal", "--accept")
GATE_USAGE = """\
    --fail-on-regression                  Exit with status 4 if the insights
                                            contain a regression
    --fail-above PERCENT                  Exit with status 4 if a value exceeds
                                            that of the previous version by more
    --fail-below-goal GOAL                Exit with status 4 if a value is not
                                            fair, or not good, as GOAL says, or
                                            misses its recommended goal
    --accept FILE                         Do not fail for what this file lists:
                                            CATEGORY METRIC [DEVICE]
                                            [PERCENTILE] [until VERSION]
"""
