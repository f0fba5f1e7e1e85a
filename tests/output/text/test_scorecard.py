"""Tests of the scorecard as lines of text."""

from __future__ import annotations

from ppparser.metrics.changes import Goal
from ppparser.output.text.scorecard import goal_text
from ppparser.program.terminal import COLOUR
from tests.helpers.support import Check, tagged


def test_goal_is_a_band_or_says_how_far_it_is_missed(check: Check) -> None:
    goals = [Goal("fair"), Goal("", 0), Goal("", 4.6), Goal("", float("inf")), Goal()]
    check(tagged(goal_text(goal, COLOUR) for goal in goals))
