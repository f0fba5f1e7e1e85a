"""What changed between two builds, as a table of an HTML page."""

from __future__ import annotations

import pytest

from ppparser.diagnostics.signature_changes import Outcome
from ppparser.output.html.signature_changes import change_element, function_element
from tests.helpers.html_text import text_of


@pytest.mark.parametrize(
    ("change", "class_"),
    [
        (Outcome.NEW, "badge bad"),
        (Outcome.WORSE, "word bad"),
        (Outcome.UNKNOWN, "word quiet"),
        (Outcome.UNCHANGED, "word quiet"),
        (Outcome.BETTER, "word good"),
        (Outcome.GONE, "word good"),
    ],
)
def test_change_is_a_word_in_its_colour(change: Outcome, class_: str) -> None:
    made = change_element(change)
    assert (made.text, made.get("class")) == (change.value, class_)


def test_function_has_its_place_below_if_it_is_known() -> None:
    assert [text_of(function_element("f", place)) for place in ("A.m:5", "")] == ["f A.m:5", "f"]
