"""What changed between the logs in two reports, as JSON."""

from __future__ import annotations

import pytest

from ppparser.output.data.function_changes_json import comparison_json_lines
from tests.helpers.schemas import validated
from tests.helpers.signatures import hostile_comparison
from tests.output.markdown.test_document import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_as_they_are(name: str) -> None:
    found = validated("functions", "\n".join(comparison_json_lines(hostile_comparison(name))))
    assert (found["new"]["name"], found["open"]["file"], found["open"]["line"]) == (name, name, None)
