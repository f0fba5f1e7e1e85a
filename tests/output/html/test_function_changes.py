"""What changed between the logs in two reports, as an HTML page."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from ppparser.diagnostics.function_changes import FunctionComparison
from ppparser.output.html.function_changes import comparison_html_lines
from tests.helpers.html_text import read_page, text_of
from tests.helpers.signatures import hostile_comparison
from tests.output.html.test_diagnostics import DIAGNOSTICS_ATTRIBUTES, DIAGNOSTICS_TAGS
from tests.output.html.test_page import MARKUP
from tests.output.markdown.test_document import HOSTILE


def page(comparison: FunctionComparison) -> Element:
    return read_page("\n".join(comparison_html_lines(comparison)))


@pytest.mark.parametrize("name", [*HOSTILE, *MARKUP])
def test_hostile_names_are_shown_as_text(name: str) -> None:
    root = page(hostile_comparison(name))
    assert {one.tag for one in root.iter()} <= DIAGNOSTICS_TAGS
    assert {attribute for one in root.iter() for attribute in one.attrib} <= DIAGNOSTICS_ATTRIBUTES
    assert text_of(root).count(" ".join(name.split())) > 2
    assert not list(root.iter("a"))
