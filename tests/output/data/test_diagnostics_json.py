"""Tests of a diagnostics report as JSON."""

from __future__ import annotations

import pytest

from ppparser.output.data.diagnostics_json import report_json_lines
from tests.helpers.schemas import validated
from tests.helpers.signatures import hostile_report
from tests.output.markdown.test_document import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_as_they_are(name: str) -> None:
    found = validated("diagnostics", "\n".join(report_json_lines(hostile_report(name))))
    assert (found["app"]["name"], found["signatures"][0]["name"], found["details"][0]["id"]) == (name, name, name)
    assert found["details"][0]["tree"]["rows"][0]["function"] == name
    assert found["details"][0]["logs"][0]["detail"] == name
