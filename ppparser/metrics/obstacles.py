"""Why something cannot be judged: one name and one phrase for each obstacle."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

_INSTEAD = "--fail-above and --fail-below-goal judge the measurements, without insights"


class Obstacle(Enum):
    """What prevents a judgement. The value is the phrase of messages, in which `{detail}` is replaced."""

    # Of the insights of a report:
    NO_REGRESSION_LIST = "they have no list of regressions"
    UNREADABLE_REGRESSION = "a regression among them does not name its metric"
    # Of a whole report:
    NO_INSIGHTS = f"it has no insights {{detail}}.\n  {_INSTEAD}"
    OTHER_INSIGHTS = f"its insights are into {{detail}}, not into the version to judge.\n  {_INSTEAD}"
    NO_METRICS = "it has no measurements of any --device"
    ONLY_MODELS = "it has no device group (all_...).\n  Name a model with --device: {detail}"
    NO_GOALS = "what it would check has no goals. Another --device may have some"
    UNREADABLE_PARTS = "parts of it cannot be read: {detail}"
    # Of a metric or a dataset:
    NO_GROUP = "no device group (all_...); --device=MODEL checks a model"
    NO_POINTS = "no value"
    NO_VERSION = "the newest version is unknown"
    OTHER_VERSION = "the last value is of {detail}"
    NO_VALUE = "the value is missing or not a number"
    NO_BASELINE = "no earlier version to compare with; --fail-below-goal needs none"
    NO_BASELINE_VALUE = "no value of {detail} to compare with"
    SAME_VERSION = "the version would be compared with itself"
    NO_BAND = "the value has no goal, although others have one"
    UNKNOWN_BAND = "the goal {detail} is unknown"
    NO_RECOMMENDED_VALUE = "the recommended goal is not a number"


class Unjudged(NamedTuple):
    """Something that cannot be judged; `detail` is part of the phrase, "" if the phrase has no place for it."""

    obstacle: Obstacle
    detail: str = ""

    @property
    def text(self) -> str:
        """Return the phrase; of several lines, all but the first are indented."""
        return self.obstacle.value.format(detail=self.detail)
